import Definitions
import EventModel
import Foundation
import Ingest
import Shipped

extension FuzzTarget {
    /// What turns rows into events.
    static let mappings: [FuzzTarget] = [
        FuzzTarget(
            "mapping", cost: 3, seeds: { bytes(Shipped.texts(in: "mappings").map(\.text)) },
            read: { read($0, file: { _ in Array("key,value\na,b\n".utf8) }) != nil }),
        FuzzTarget(
            "lookup",
            seeds: {
                bytes([
                    "key,value\na,b\n\"c,d\",\n", "value;key\r\n\"x\ny\";z\r\n", "a: b\nc: ~\n",
                    "{a: b, \"c\": d}", "key\tvalue\nK\t1\nk\t2\n",
                ])
            },
            read: { input in
                var accepted = 0
                for (file, columns) in [("t.csv", ", key: key, value: value"), ("t.yaml", "")] {
                    let lookup =
                        "lookups:\n  t: {file: \(file)\(columns), otherwise: keep, ignore_case: true}\n"
                    if read(Array((small + lookup).utf8), file: { _ in input }) != nil {
                        accepted += 1
                    }
                }
                return accepted > 0
            }),
        FuzzTarget(
            "mapped-rows", cost: 2,
            seeds: {
                bytes([
                    """
                    number,at,clock,hours,days,months,cents,kind
                    1,2025-07-14 08:12,1:02:03,1.5,2,3,"1.234,50",open
                    2,14/07/2025 8.12,59:59,0,-1,-12,"0,5",closed
                    1,Jul 14 2025 8:12 PM,999999:00:00,99999999999,3999999,-3999999,9,open
                    3,,,,,,,

                    """
                ])
            },
            read: { readRows($0, through: mapping) }),
        FuzzTarget(
            "json-rows", cost: 2,
            seeds: {
                bytes([
                    #"{"month":"7","list":[{"id":1,"at":"2025-07-14","e":[{"n":"a"},{"n":null}]}]}"#,
                    #"{"list":[{"id":"x","at":"2025-07-14T08:12:00Z","e":[{"n":1.5e3}]}]}"#
                        + "\n{}\n",
                    #"[{"list":[]},{"list":[{"id":2,"at":"2025-07-14","e":[{"n":[1]}]}]}]"#,
                    "{\"list\":[{]}\n{\"list\":[{\"id\":\"\\ud83d\\ude00\",\"at\":\"2025-07-14\",\"e\":[{}]}]}",
                ])
            },
            read: { readRows($0, through: documents) }),
        FuzzTarget(
            "xes-rows", cost: 2,
            seeds: {
                bytes([
                    """
                    <?xml version="1.0"?><log xes.version="1.0"><trace><string key="id" value="1"/>
                    <event><date key="at" value="2025-07-14T08:12:00Z"/><int key="n" value="7"/>
                    <list key="l"><values><string key="a" value="&lt;"/></values></list></event>
                    <event/></trace></log>
                    """
                ])
            },
            read: { readRows($0, through: traces) }),
        // Kept inputs are its seeds: zip files.
        FuzzTarget(
            "workbook", cost: 4, seeds: { [] },
            read: { input in
                let path = NSTemporaryDirectory() + "/rekam-fuzz-\(getpid()).xlsx"
                defer { try? FileManager.default.removeItem(atPath: path) }
                guard (try? Data(input).write(to: URL(fileURLWithPath: path))) != nil,
                    let source = try? InputSource(path: path)
                else { return false }
                return readRows(source, through: sheet)
            }),
    ]

    private static let small = """
        mapping: m
        version: 1
        title: M
        source: s
        time: {format: iso, zone: UTC}
        times: {done: "{at}"}
        case: "ticket/{number}"
        at: done
        events:
          - type: ticket.opened
            data: {origin: customer, channel: web}

        """

    /// Every kind of time, step and value there is.
    private static let whole = """
        mapping: m
        version: 1
        title: M
        source: s
        numbers: {decimal: comma}
        time:
          format: [yyyy-MM-dd HH:mm, dd/MM/yyyy H.mm, MMM d yyyy h:mm a]
          zone: "+07:00"
        values:
          kind: {from: "{kind}", map: {open: web, closed: phone}, otherwise: keep}
        times:
          opened: "{at}"
          answered: {after: opened, plus: {clock: "{clock}", hours: "{hours}", days: "{days}"}}
          closed: {after: answered, plus: {hours: "{hours}", months: "{months}"}}
          ended: {after: opened, minus: {hours: "{hours}", days: "{days}", months: "{months}"}}
        case: "ticket/{number}"
        at: opened
        order: hours
        merge: [kind]
        events:
          - type: ticket.opened
            first: true
            data: {origin: customer, channel: "{kind}"}
          - type: ticket.status_changed
            at: answered
            data: {status: open}
          - type: ticket.status_changed
            at: closed
            data: {status: closed}
          - type: cost.recorded
            at: ended
            data: {amount: {from: "{cents}", scale: 2}, currency: IDR}

        """

    private static let mapping = sound(whole)
    private static let documents = sound(
        rows(
            #"{item: "$.list[*]", event: "@.e[*]"}"#, number: "item.id", at: "item.at",
            kind: "event.n"))
    private static let traces = sound(
        rows(
            #"{trace: "$", event: "@.events[*]"}"#, number: "trace.id", at: "event.at",
            kind: "event.n"))
    private static let sheet = sound(rows(nil, number: "number", at: "at", kind: "kind"))

    /// A mapping of few columns.
    private static func rows(_ rows: String?, number: String, at: String, kind: String) -> String {
        """
        mapping: m
        source: s
        \(rows.map { "rows: \($0)" } ?? "sheet: {skip: 1}")
        optional: ["\(kind)"]
        times: {done: "{\(at)}"}
        case: "ticket/{\(number)}"
        at: done
        events:
          - type: ticket.opened
            data: {origin: customer, channel: {from: "{\(kind)}", missing: web}}

        """
    }

    private static func sound(_ text: String) -> Mapping {
        let surroundings = MappingSurroundings(types: shippedTypes, storeZone: .utc)
        do throws(DefinitionFaults) {
            return try Mapping.read(text, file: "whole.yaml", in: surroundings)
        } catch {
            preconditionFailure("the mapping is faulty: \(error)")
        }
    }

    private static func read(_ input: [UInt8], file: @escaping (String) -> [UInt8]) -> Mapping? {
        let surroundings = MappingSurroundings(
            types: shippedTypes, storeZone: .utc, file: { file($0) })
        do throws(DefinitionFaults) {
            return try Mapping.read(text(input), file: "fuzz.yaml", in: surroundings)
        } catch {
            precondition(!error.faults.isEmpty, "refused without a word")
            return nil
        }
    }

    private static func readRows(_ input: [UInt8], through mapping: Mapping) -> Bool {
        readRows(InputSource(bytes: input, name: "fuzz"), through: mapping)
    }

    /// Rows are counted once, and every event lies between the years 0001 and 9999.
    private static func readRows(_ source: InputSource, through mapping: Mapping) -> Bool {
        var sink = CountingSink { batch in
            for row in batch.rows {
                precondition(row.time >= .earliest && row.time <= .latest, "a time out of range")
            }
        }
        do {
            let outcome = try ingest(
                source, through: mapping, into: &sink, types: shippedTypes)
            precondition(sink.count == outcome.counts.accepted, "an event got lost")
            return outcome.counts.accepted > 0
        } catch is MappingMismatch {
            return false
        } catch {
            fatalError("rows ended their import with an error: \(error)")
        }
    }
}
