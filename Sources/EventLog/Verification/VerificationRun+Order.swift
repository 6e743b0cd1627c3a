import EventModel
import LMDB

/// What depends on the order of entries: ids in order of first appearance, histories, places among
/// types, and the counts.
extension VerificationRun {
    private struct Walk {
        var nextCase: UInt32 = 0
        var nextName = LogState.firstName
        var lastOfCase: [UInt32] = []
        var typeCounts: [UInt32]
        var earliest = Int64.max
        var latest = Int64.min
        var recorded = Int64.min
        var voids: [(voided: UInt32, by: UInt32)] = []
        var changes: [UInt32] = []
        var schemaCount: UInt32 = 0
        var nextSource: UInt32 = 0
    }

    /// Walks the columns from the first entry to the last.
    func checkOrder() throws {
        var walk = Walk(typeCounts: Array(repeating: 0, count: layout.typeCount))
        walk.lastOfCase.reserveCapacity(min(Int(state.caseCount), 1 << 20))
        var first = 0
        while first < count {
            let end = min(first + VerificationRun.sliceEntries, count)
            try store.read { view in
                let range = UInt32(first)..<UInt32(end)
                for segment in try view.uncheckedSegments(covering: range) {
                    try follow(segment, &walk)
                }
            }
            first = end
        }
        try store.read { view in
            try checkLastSequences(walk.lastOfCase, in: view)
            try checkVoids(walk.voids, in: view)
            walk.schemaCount = try checkDefinitions(walk.changes, in: view)
            let stored = try view.transaction.count(of: view.tables.sources)
            guard view.entryCount != state.entryCount || stored == Int(walk.nextSource) else {
                throw LogDifference(
                    table: view.tables.sources.name, key: "",
                    problem: "there are \(stored) sources where \(walk.nextSource) belong")
            }
        }
        func same(_ holds: Bool, _ what: String) throws {
            guard holds else {
                throw LogDifference(
                    table: "registry", key: StoreFormat.stateKey,
                    problem: "\(what) is not what the entries say")
            }
        }
        try same(walk.nextCase == state.caseCount, "the number of cases")
        try same(walk.nextName == state.nameCount, "the number of names")
        let counts = state.typeCounts
        let missing = repeatElement(
            0 as UInt32, count: max(0, walk.typeCounts.count - counts.count))
        try same(walk.typeCounts == counts + missing, "the number of entries of a type")
        try same(walk.schemaCount == state.schemaCount, "the number of registered event types")
        try same(UInt32(walk.voids.count) == state.voidedCount, "the number of voided entries")
        guard count > 0 else { return }
        try same(walk.earliest == state.earliestTime.milliseconds, "the earliest time")
        try same(walk.latest == state.latestTime.milliseconds, "the latest time")
        try same(walk.recorded == state.lastRecorded.milliseconds, "the last recording time")
    }

    private func follow(_ segment: ColumnSegment, _ walk: inout Walk) throws {
        var ordinals = [Int](repeating: 0, count: layout.typeCount)
        func difference(_ row: Int, _ problem: String) -> LogDifference {
            LogDifference(
                table: "segments", key: String(segment.first),
                sequence: segment.first + UInt32(row), problem: problem)
        }
        for row in 0..<segment.count where Int(segment.first) + row < count {
            let id = segment.cases[row]
            let previous = segment.previous[row]
            if id == walk.nextCase {
                walk.nextCase += 1
                walk.lastOfCase.append(.max)
            }
            guard id < walk.nextCase else {
                throw difference(row, "case ids are not in order of first appearance")
            }
            guard previous == walk.lastOfCase[Int(id)] else {
                throw difference(row, "the case's previous entry is another one")
            }
            walk.lastOfCase[Int(id)] = segment.first + UInt32(row)
            if let source = segment.orders.flatMap({ OrderSource(word: $0.sources[row]).source }) {
                if source == walk.nextSource { walk.nextSource += 1 }
                guard source < walk.nextSource else {
                    throw difference(row, "sources are not in order of first appearance")
                }
            }
            let type = Int(segment.types[row])
            guard type < layout.typeCount, Int(segment.ordinals[row]) == ordinals[type] else {
                throw difference(row, "the place among its type is another one")
            }
            try followNames(segment, row, type, ordinals[type], &walk, difference)
            ordinals[type] += 1
            walk.typeCounts[type] += 1
            walk.earliest = min(walk.earliest, segment.times[row])
            walk.latest = max(walk.latest, segment.times[row])
            guard segment.recorded[row] >= walk.recorded else {
                throw difference(row, "the recording time decreases")
            }
            walk.recorded = segment.recorded[row]
        }
    }

    private func followNames(
        _ segment: ColumnSegment, _ row: Int, _ type: Int, _ ordinal: Int, _ walk: inout Walk,
        _ difference: (Int, String) -> LogDifference
    ) throws {
        let sequence = segment.first + UInt32(row)
        for place in layout.nameStart[type]..<layout.nameStart[type + 1] {
            let index = layout.nameColumns[place]
            guard let column = segment.column(type: UInt16(type), index: index) else { continue }
            let id = UInt32(truncatingIfNeeded: column[ordinal])
            if id == walk.nextName { walk.nextName += 1 }
            guard id < walk.nextName else {
                throw difference(row, "name ids are not in order of first appearance")
            }
        }
        if UInt16(type) == layout.voidType {
            let index = layout.slotColumns[type]
            guard let column = segment.column(type: UInt16(type), index: index),
                let voided = UInt32(exactly: column[ordinal]), voided < sequence
            else { throw difference(row, "the void names no earlier entry") }
            walk.voids.append((voided, sequence))
        }
        let definitions = [layout.registeredType, layout.promotedType, layout.droppedType]
        if definitions.contains(UInt16(type)) { walk.changes.append(sequence) }
    }

    private func checkLastSequences(
        _ expected: [UInt32], in view: borrowing LogView
    ) throws {
        // Cases may have gone on since the verification began.
        guard view.entryCount == state.entryCount else { return }
        for id in expected.indices
        where try view.lastSequence(ofCase: UInt32(id)) != expected[id] {
            throw LogDifference(
                table: "case_last", key: String(id), sequence: expected[id],
                problem: "the case's last entry is another one")
        }
    }

    private func checkVoids(
        _ expected: [(voided: UInt32, by: UInt32)], in view: borrowing LogView
    ) throws {
        var stored: [UInt32: UInt32] = [:]
        for void in try view.voids() where void.by < state.entryCount {
            stored[void.voided] = void.by
        }
        for void in expected {
            func difference(_ problem: String) -> LogDifference {
                LogDifference(
                    table: "voids", key: String(void.voided), sequence: void.by, problem: problem)
            }
            guard stored.removeValue(forKey: void.voided) == void.by else {
                throw difference("the void is missing, or another one's")
            }
            let target = try view.uncheckedSegment(containing: void.voided)
            let own = try view.uncheckedSegment(containing: void.by)
            let targetRow = Int(void.voided - target.first)
            guard target.cases[targetRow] == own.cases[Int(void.by - own.first)],
                target.types[targetRow] != layout.voidType,
                try namesTarget(void, in: view)
            else { throw difference("the void is of another event") }
        }
        if let left = stored.first {
            throw LogDifference(
                table: "voids", key: String(left.key), sequence: left.value,
                problem: "no entry voids this one")
        }
    }

    /// Whether a void's data name the source and id of the entry it takes out.
    private func namesTarget(
        _ void: (voided: UInt32, by: UInt32), in view: borrowing LogView
    ) throws -> Bool {
        let own = try view.entry(void.by)
        let target = try view.entry(void.voided)
        let bytes = own.span
        guard let data = CanonicalJSON.member("data", of: 0..<own.count, in: bytes) else {
            return false
        }
        for name in ["source", "id"] {
            guard let left = CanonicalJSON.member(name, of: data, in: bytes),
                let right = CanonicalJSON.member(
                    name, of: 0..<target.count, in: target.span),
                CanonicalJSON.equals(left, in: bytes, right, in: target.span)
            else { return false }
        }
        return true
    }

    /// - Returns: how many of them register an event type.
    private func checkDefinitions(
        _ expected: [UInt32], in view: borrowing LogView
    ) throws -> UInt32 {
        let stored = try view.uncheckedDefinitions(upTo: state.entryCount).changes
        func difference(_ sequence: UInt32) -> LogDifference {
            LogDifference(
                table: "definitions", key: String(sequence), sequence: sequence,
                problem: "the record is not what the entry says")
        }
        for (change, sequence) in zip(stored, expected) {
            guard change.sequence == sequence else {
                throw difference(min(change.sequence, sequence))
            }
            let entry = try view.entry(sequence)
            let again = DefinitionChange(
                canonical: 0..<entry.count, in: entry.span, action: change.action,
                sequence: sequence)
            let segment = try view.uncheckedSegment(containing: sequence)
            let type = segment.types[Int(sequence - segment.first)]
            guard again == change, action(of: type) == change.action else {
                throw difference(sequence)
            }
        }
        guard stored.count == expected.count else {
            throw difference((stored.map(\.sequence) + expected).max() ?? 0)
        }
        return UInt32(
            stored.count { $0.kind == "event_schema" && $0.action == .registered })
    }

    private func action(of type: UInt16) -> DefinitionChange.Action? {
        switch type {
        case layout.registeredType: .registered
        case layout.promotedType: .promoted
        case layout.droppedType: .dropped
        default: nil
        }
    }
}
