import EventModel
import Testing

@testable import Ingest

/// A log as the JSON that mappings read, so many bytes at a time.
private func json(_ xml: String, most: Int = .max) throws -> String {
    let source = XESSource(PiecewiseSource(bytes: Array(xml.utf8), longest: most), name: "test.xes")
    var text: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 97)
    while true {
        var span = chunk.mutableSpan
        let count = try source.read(into: &span)
        if count == 0 { return String(decoding: text, as: UTF8.self) }
        text += chunk[..<count]
    }
}

@Suite("Process logs (XES), by example and on a real one")
struct XESTests {
    private static let log = """
        <?xml version="1.0"?>
        <log xes.version="1.0"><string key="concept:name" value="not read"/>
        <global scope="event"><string key="x" value="not read"/></global>
        <trace>
          <string key="concept:name" value="A &amp; &quot;B&quot;"><int key="meta" value="1"/></string>
          <event>
            <date key="time:timestamp" value="2025-07-14T08:00:00+07:00"/>
            <int key="n" value="12"/><float key="f" value="NaN"/><boolean key="b" value="true"/>
            <list key="l"><values><string key="i" value="x"/><int key="i" value="2"/></values></list>
          </event>
          <event/>
          <int key="late" value="3"/>
        </trace>
        <trace><string key="concept:name" value="empty"/></trace>
        </log>
        """

    @Test("A trace is an object with its events, each in the line of the file")
    func shape() throws {
        let expected =
            "\n\n\n{\"concept:name\":\"A & \\\"B\\\"\",\"events\":[\n\n{"
            + "\"time:timestamp\":\"2025-07-14T08:00:00+07:00\",\"n\":12,\"f\":\"NaN\",\"b\":\"true\","
            + "\"l\":[\"x\",2]},\n\n\n\n\n{}],\"late\":3}\n\n\n{\"concept:name\":\"empty\"}"
        for most in [1, 3, 50, .max] { try #expect(json(XESTests.log, most: most) == expected) }
    }

    @Test("Entities are refused, whatever they stand for; what is no XML by its line")
    func faults() {
        let bomb = """
            <!DOCTYPE log [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
            <log xes.version="1.0"><trace><string key="x" value="&b;"/></trace></log>
            """
        let outside = """
            <!DOCTYPE log [<!ENTITY a SYSTEM "file:///etc/passwd">]>
            <log xes.version="1.0"><trace><string key="x" value="x"/></trace></log>
            """
        for text in [bomb, outside] {
            let fault = #expect(throws: InputFault.self) { try json(text) }
            #expect(
                fault?.description
                    == "test.xes declares entities, which no export needs: they are not read, in line 1."
            )
        }
        let fault = #expect(throws: InputFault.self) { try json("<log xes='1'>\n<trace>\n</log>") }
        #expect(fault?.description == "test.xes is no XML: mismatched tag, in line 3.")
    }

    @Test("The BPI Challenge's closed problems: events, cases, throughput and handovers")
    func closedProblems() throws {
        let file = "data/exports/xes/bpic2013-closed-problems.xes.gz"
        guard hasShared(file) else { return }
        let read = try MappedFile(
            shippedMapping("xes"), InputSource(path: sharedPath(file)))
        #expect(read.rejections.isEmpty)
        #expect(read.refusals().isEmpty)
        #expect(read.rows == 1_487 + 6_660)
        var cases: [String: [EventDraft]] = [:]
        for draft in read.of("ticket.assigned") { cases[draft.subject, default: []].append(draft) }
        #expect(cases.count == 1_487)
        #expect(read.of("ticket.assigned").count == 6_660)
        var (throughput, withChange, changes) = (Int64(0), 0, 0)
        for drafts in cases.values {
            let times = drafts.map(\.time.milliseconds)
            throughput += (times.max() ?? 0) - (times.min() ?? 0)
            let teams = drafts.map { $0.text("team") ?? "" }
            let moved = zip(teams, teams.dropFirst()).count { $0 != $1 }
            changes += moved
            withChange += moved > 0 ? 1 : 0
        }
        // 6,384,043.4744 hours.
        #expect((throughput + 180) / 360 == 63_840_434_744)
        #expect(withChange == 123 && changes == 220)
    }
}
