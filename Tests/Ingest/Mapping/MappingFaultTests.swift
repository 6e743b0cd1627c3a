import Definitions
import Ingest
import Testing

@Suite("Mapping files: every fault has its place and the nearest valid word")
struct MappingFaultTests {
    /// What is wrong with a mapping, one line each.
    private func faults(_ yaml: String, files: [String: String] = [:]) -> [String] {
        do {
            _ = try Mapping.read(yaml, file: "m.yaml", in: surroundings(files: files))
            return []
        } catch {
            return error.faults.map(\.description)
        }
    }

    private func faults(inEvent event: String) -> [String] {
        faults(MappedReaderTests.head + "events:\n" + event)
    }

    @Test("unknown keys, types, fields, words and lookups")
    func words() {
        let found = faults(
            """
            mapping: m
            sorce: desk
            source: desk
            csv: {delimiter: colon}
            time: {format: d/Q/yyyy, zone: Asia/Jakrta}
            times: {at: "{waktu}"}
            case: "ticket/{no}"
            at: att
            events:
              - type: ticket.opend
              - type: ticket.opened
                data: {origin: custmer, chanel: phone, channel: {from: "{k}", lookup: kanal}}
              - {type: ticket.removed, data: {reason: x}, changed: [raeson], repeats: cuont}
              - {type: definition.dropped}
            """)
        #expect(
            found == [
                "m.yaml:2:1: a mapping file has no key \"sorce\". Did you mean source?",
                "m.yaml:4:18: \"colon\" is no delimiter; expected one of comma, semicolon, tab, bar, "
                    + "auto.",
                "m.yaml:5:16: \"d/Q/yyyy\" is no time format: Q means nothing in it; expected yyyy or "
                    + "yy, M, MM or MMM, d or dd, H or HH, mm, ss; letters that stand for themselves in "
                    + "quotes, as in 'T'; serial, serial1904, epoch-seconds, epoch-milliseconds; or iso.",
                "m.yaml:5:32: there is no time zone \"Asia/Jakrta\"; expected an IANA name such as "
                    + "Asia/Jakarta, WIB, WITA, WIT, UTC, or +07:00.",
                "m.yaml:8:5: there is no time \"att\". Did you mean at?",
                "m.yaml:10:11: there is no event type \"ticket.opend\". Did you mean ticket.opened?",
                "m.yaml:12:20: \"custmer\" is no origin. Did you mean customer?",
                "m.yaml:12:29: ticket.opened has no field \"chanel\". Did you mean channel?",
                "m.yaml:12:75: there is no lookup \"kanal\".",
                "m.yaml:13:75: \"cuont\" is no way to take repeated rows. Did you mean count?",
                "m.yaml:13:57: the event's data has no field \"raeson\". Did you mean reason?",
                "m.yaml:14:12: only the log itself records \"definition.dropped\".",
            ])
    }

    @Test("what is missing is said where it belongs")
    func missing() {
        #expect(faults("") == ["m.yaml:1:1: the file holds no mapping."])
        #expect(
            faults("mapping: m\n") == [
                "m.yaml:1:1: \"source\" is missing; expected the name of the system.",
                "m.yaml:1:1: \"case\" is missing; expected the case, for example ticket/{number}.",
                "m.yaml:1:1: \"at\" is missing; expected the row's time, one of \"times\".",
                "m.yaml:1:1: \"events\" is missing; expected the events a row gives.",
            ])
        #expect(
            faults(inEvent: "  - {type: ticket.opened, data: {origin: customer}}\n")
                == ["m.yaml:8:5: ticket.opened needs the field \"channel\"."])
    }

    @Test("an order is the source's or that of the rows")
    func orders() {
        let event = "events: [{type: ticket.assigned, data: {agent: x}}]\n"
        let both = MappedReaderTests.head + "order: urut\nrow-order: newest-first\n" + event
        #expect(
            faults(both) == [
                "m.yaml:8:12: a mapping has \"order\" and \"row-order\"; expected one of them: the "
                    + "source's own order where there is one."
            ])
        #expect(
            faults(MappedReaderTests.head + "row-order: newest\n" + event) == [
                "m.yaml:7:12: \"newest\" is no order of rows. Did you mean newest-first?"
            ])
        #expect(
            faults(MappedReaderTests.head + "roworder: newest-first\n" + event) == [
                "m.yaml:7:1: a mapping file has no key \"roworder\". Did you mean row-order?"
            ])
    }

    @Test("only what is so from now on may have changed: each row says it again")
    func changedFields() {
        #expect(
            faults(
                inEvent: """
                      - {type: ticket.status_changed, data: {status: "{s}", note: "{n}"}, changed: [status, note]}
                      - {type: ticket.removed, data: {reason: "{r}"}, changed: [reason]}
                    """) == [
                    "m.yaml:8:89: ticket.status_changed doesn't say with \"note\" what is so from now on, "
                        + "so that each of its events tells; expected one of status, or no "
                        + "\"changed\".",
                    "m.yaml:9:61: ticket.removed doesn't say with \"reason\" what is so from now on, so "
                        + "that each of its events tells; expected no \"changed\".",
                ])
    }

    @Test("constants are held against the field they stand in")
    func constants() {
        let found = faults(
            inEvent: """
                  - {type: ticket.opened, data: {origin: customer, channel: c, level: 11}}
                  - {type: call.ended, data: {outcome: handled, resolved: perhaps}}
                  - {type: ticket.opened, data: {origin: customer, channel: "{a"}}
                """)
        #expect(
            found == [
                "m.yaml:8:71: \"11\" stands here; expected a whole number from 0 to 10.",
                "m.yaml:9:59: \"perhaps\" stands here; expected true or false.",
                "m.yaml:10:61: a brace stands alone in \"{a\"; expected {column}, or {{ for a brace.",
            ])
    }

    @Test("lookup files that are missing, lack a column or say two things")
    func lookupFiles() {
        func found(_ lookup: String, _ files: [String: String]) -> [String] {
            faults(
                MappedReaderTests.head + "lookups:\n  a: \(lookup)\nevents:\n"
                    + "  - {type: ticket.removed, data: {reason: x}}\n", files: files)
        }
        #expect(
            found("{file: a.csv, key: id, value: name}", [:]) == [
                "m.yaml:8:13: the lookup file can't be read: a.csv: there is no such file. Check the "
                    + "spelling and the folder."
            ])
        #expect(
            found("{file: a.csv, key: idd, value: name}", ["a.csv": "id,name\n1,x\n"]) == [
                "m.yaml:8:25: a.csv has no column \"idd\". Did you mean id?"
            ])
        #expect(
            found("{file: a.csv, key: id, value: name}", ["a.csv": "id,name\n1,x\n1,y\n"]) == [
                "m.yaml:8:25: a.csv, line 3: \"1\" is given twice."
            ])
        #expect(
            found("{a: b, c: d, otherwise: skip, values: {}}", [:]).count == 2,
            "a table is either short or has keys of its own")
    }

    @Test("an id is a text, or a digest of one")
    func ids() {
        func found(_ id: String) -> [String] {
            do {
                _ = try Mapping.read(
                    """
                    mapping: m
                    version: 1
                    title: m
                    source: m
                    times: {at: "{at}"}
                    case: "ticket/{no}"
                    at: at
                    events:
                      - {type: ticket.assigned, id: \(id), data: {agent: "{agent}"}}
                    """, file: "m.yaml", in: surroundings())
                return []
            } catch {
                return "\(error)".split(separator: "\n").map(String.init)
            }
        }
        #expect(found(#"{digest: "{no}"}"#).isEmpty && found(#""{no}""#).isEmpty)
        #expect(found(#"{digset: "{no}"}"#).first?.contains("Did you mean digest?") == true)
        #expect(found("{}").count == 1 && found("[a]").count == 1)
    }

    @Test("all shipped mappings are read without a fault")
    func shipped() throws {
        for name in ["servicenow", "helpdesk", "calls", "nps", "telco"] {
            #expect(try shippedMapping(name).name == name)
        }
    }
}
