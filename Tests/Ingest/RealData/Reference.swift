import EventModel
import Foundation
import Testing

/// What a script under tools/reference counts in a raw file, without any of our code.
struct Reference {
    private let values: [String: Any]

    /// Whether Python is there to run the scripts.
    static let isAvailable = (try? run(["-c", "pass"])) != nil

    /// Runs tools/reference/`name`.py on a file.
    init(_ name: String, _ file: String) throws {
        let path = repository.appendingPathComponent("tools/reference/\(name).py").path
        values = try Reference.object(try Reference.run(["-B", path, file]))
    }

    /// The figures that came with a data set.
    init(given folder: String) throws {
        let url = URL(fileURLWithPath: sharedPath("data/\(folder)/reference.json"))
        values = try Reference.object(Data(contentsOf: url))
    }

    private static func object(_ data: Data) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    private static func run(_ arguments: [String]) throws -> Data {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3"] + arguments
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw CocoaError(.fileReadUnknown) }
        return data
    }

    /// A whole number by its path.
    subscript(path: String...) -> Int? { (value(path) as? NSNumber)?.intValue }

    /// A number by its path, as the decimal text it has in JSON.
    func decimal(_ path: String...) -> Double? { (value(path) as? NSNumber)?.doubleValue }

    /// Whole numbers by name.
    func table(_ path: String...) -> [String: Int] {
        (value(path) as? [String: NSNumber] ?? [:]).mapValues(\.intValue)
    }

    /// The names below a path.
    func names(_ path: String...) -> [String] {
        (value(path) as? [String: Any] ?? [:]).keys.sorted()
    }

    private func value(_ path: [String]) -> Any? {
        path.reduce(values as Any?) { ($0 as? [String: Any])?[$1] }
    }
}

/// The events of each case, in the order of the log: by time, then as they came; an id once.
struct Timelines {
    private(set) var cases: [String: [EventDraft]] = [:]

    init(_ drafts: [EventDraft]) {
        var seen: Set<String> = []
        for draft in drafts where seen.insert(draft.id).inserted {
            cases[draft.subject, default: []].append(draft)
        }
        for subject in cases.keys {
            let sorted = cases[subject]!.enumerated()
                .sorted { left, right in
                    (left.element.time, left.element.number, left.offset)
                        < (right.element.time, right.element.number, right.offset)
                }
            cases[subject] = sorted.map(\.element)
        }
    }

    /// How many events of a type say another thing of some fields than the one before them in their
    /// case.
    func changes(of fields: [String], by type: String) -> Int {
        cases.values.reduce(0) { count, events in
            let said = events.filter { $0.type == type }.map { event in fields.map(event.text) }
            return count + zip(said, said.dropFirst()).count { $0 != $1 }
        }
    }

    /// The same without the changes of status that say again what was so, and no more.
    var withoutRepeats: Timelines {
        var result = self
        for (subject, events) in cases {
            var status: String?
            result.cases[subject] = events.filter { event in
                guard event.type == "ticket.status_changed" else { return true }
                let isNew = event.text("status") != status || event.text("resolution") != nil
                status = event.text("status")
                return isNew
            }
        }
        return result
    }

    /// Events per type, an id once.
    var counts: [String: Int] {
        cases.values.joined().reduce(into: [:]) { $0[$1.type, default: 0] += 1 }
    }

    /// How many cases have both moments, and the milliseconds between them in sum.
    func sum(
        from: (EventDraft) -> Bool, toLast: (EventDraft) -> Bool, orFirst: Bool = false
    ) -> (count: Int, milliseconds: Int) {
        var count = 0
        var sum = 0
        for events in cases.values {
            guard let start = events.first(where: from),
                let end = orFirst ? events.first(where: toLast) : events.last(where: toLast)
            else { continue }
            count += 1
            sum += Int(end.time.milliseconds - start.time.milliseconds)
        }
        return (count, sum)
    }

    /// Times a ticket went from an end state to a working one, in all and per case.
    var reopenings: (count: Int, cases: Int) {
        var count = 0
        var reopened = 0
        for events in cases.values {
            let states = events.filter { $0.type == "ticket.status_changed" }
                .map { ["resolved", "closed"].contains($0.text("status")) }
            let here = zip(states, states.dropFirst()).count { $0 && !$1 }
            count += here
            reopened += here > 0 ? 1 : 0
        }
        return (count, reopened)
    }

    /// Cases by the last value of a field among some types.
    func last(_ field: String, of types: Set<String>) -> [String: Int] {
        cases.values.reduce(into: [:]) { result, events in
            let value = events.last { types.contains($0.type) && $0.text(field) != nil }
            if let text = value?.text(field) { result[text, default: 0] += 1 }
        }
    }
}

/// `2017-03` of a time in UTC.
func month(_ time: Instant) -> String { String(time.rfc3339.prefix(7)) }

/// How often each key comes.
func tally<Key: Hashable>(_ keys: some Sequence<Key>) -> [Key: Int] {
    keys.reduce(into: [:]) { $0[$1, default: 0] += 1 }
}

extension EventDraft {
    /// The source's order, where it is a number.
    fileprivate var number: Int64 {
        if case .integer(let number)? = order { number } else { 0 }
    }
}
