public import Definitions
import EventModel

/// What `kpi list` and `kpi show` print.
public enum KPIPages {
    /// All KPIs by group, in the groups' given order: name, title, unit, direction, statistics.
    ///
    /// - Complexity: O(KPIs).
    public static func list(_ kpis: [KPIDefinition], _ style: TextStyle) -> String {
        let words = Words(language: style.language)
        var groups: [String] = []
        for kpi in kpis where !groups.contains(kpi.group) { groups.append(kpi.group) }
        let ordered = groups.map { group in
            kpis.filter { $0.group == group }.sorted { $0.name < $1.name }
        }
        let columns = columns(ordered.flatMap { $0 }, words)
        var rows = fitted(columns, style.width).lines(isColoured: style.isColoured)[...]
        var lines = TextLines(style: style)
        lines.add(rows.removeFirst())
        for (group, members) in zip(groups, ordered) {
            lines.add("")
            lines.add(pieces: [words.group(group)], tone: .strong)
            lines.add(Array(rows.prefix(members.count)))
            rows = rows.dropFirst(members.count)
        }
        lines.add("")
        let next = words.next("rekam kpi show " + (kpis.first?.name ?? "NAME").printable)
        lines.add(wrapping: next, tone: .quiet)
        return lines.text
    }

    /// Name, title, unit, direction, statistics.
    static func columns(_ kpis: [KPIDefinition], _ words: Words) -> [TableColumn] {
        var columns = [
            TableColumn(title: words.kpi), TableColumn(title: words.title),
            TableColumn(title: words.unit), TableColumn(title: words.good),
            TableColumn(title: words.statistics),
        ]
        for kpi in kpis {
            columns[0].cells.append(.init(text: kpi.name.printable))
            columns[1].cells.append(.init(text: kpi.title.text(words.language).printable))
            columns[2].cells.append(.init(text: words.name(kpi.unit), tone: .quiet))
            let direction = words.direction(kpi.better, kpi.unit)
            columns[3].cells.append(.init(text: direction, tone: .quiet))
            let statistics = kpi.statistics.map(\.name).joined(separator: " ")
            columns[4].cells.append(.init(text: statistics.printable, tone: .quiet))
        }
        return columns
    }

    /// Columns dropped from the right, then titles cut, until it fits.
    private static func fitted(_ columns: [TableColumn], _ width: Int?) -> TableLayout {
        var table = TableLayout(columns: columns)
        guard let width else { return table }
        while table.width > width, table.columns.count > 2 { table.columns.removeLast() }
        let excess = table.width - width
        if excess > 0 {
            table.columns[1] = table.columns[1].cut(
                to: max(8, table.columns[1].cellWidth - excess))
        }
        if table.width > width { table.columns.removeLast() }
        if table.width > width { table.columns[0] = table.columns[0].cut(to: width) }
        return table
    }

    /// One KPI: what it is, its formula in words, unit and direction, the events it needs, what it
    /// can be asked by, what to know, where it comes from.
    ///
    /// - Parameter projections: those its formulas read.
    public static func page(
        _ kpi: KPIDefinition, projections: [ProjectionDefinition], _ style: TextStyle
    ) -> String {
        let words = Words(language: style.language)
        let language = style.language
        var lines = TextLines(style: style)
        let title = kpi.title.text(language).printable
        lines.add(
            pieces: [
                title, kpi.name.printable, words.version(kpi.version), words.group(kpi.group),
            ],
            tone: .strong)
        let description = kpi.description.text(language).printable
        if !description.isEmpty { lines.add(wrapping: description, tone: .plain) }
        lines.add("")
        var rows: [(String, String)] = [(words.value, kpi.value.inWords(in: language))]
        rows.append((words.unit, words.name(kpi.unit)))
        rows.append((words.good, words.direction(kpi.better, kpi.unit)))
        for (index, statistic) in kpi.statistics.enumerated() {
            rows.append(
                (
                    index == 0 ? words.statistics : "",
                    kpi.name + "." + statistic.name + " = "
                        + statistic.formula.inWords(in: language)
                ))
        }
        rows.append((words.by, dimensions(projections).joined(separator: ", ")))
        rows.append((words.events, events(projections).joined(separator: ", ")))
        rows.append(
            (
                words.projections,
                projections.map { "\($0.name)@\($0.version)" }
                    .joined(separator: ", ")
            ))
        for (index, note) in kpi.notes.enumerated() {
            rows.append((index == 0 ? words.notes : "", note.text(language)))
        }
        rows.append((words.source, kpi.source))
        let width = rows.reduce(0) { max($0, TextWidth.of($1.0)) } + 3
        for (name, text) in rows where !text.isEmpty {
            lines.add(hanging: TextWidth.padded(name, to: width), text.printable)
        }
        lines.add("")
        let example = "rekam query \(kpi.name.printable) --period last-month"
        lines.add(wrapping: words.next(example), tone: .quiet)
        return lines.text
    }

    /// Dimensions that all of the projections have.
    static func dimensions(_ projections: [ProjectionDefinition]) -> [String] {
        guard var shared = projections.first?.dimensions.map(\.name) else { return [] }
        for projection in projections.dropFirst() {
            let names = projection.dimensions.map(\.name)
            shared = shared.filter { names.contains($0) }
        }
        return shared
    }

    static func events(_ projections: [ProjectionDefinition]) -> [String] {
        Set(projections.flatMap { $0.reads.map(\.type) }).sorted()
    }
}
