import EventModel
import Foundation
import Ingest
import Testing

@Suite("The event parser: what it takes, and what it says of the rest")
struct EventParserTests {
    /// A good line, with some of its text replaced.
    private func line(_ replacements: (String, String)...) -> String {
        var text =
            #"{"specversion":"1.0","id":"1","source":"desk","type":"message.posted","#
            + #""subject":"ticket/1","time":"2025-07-14T08:12:00+07:00","data":{"direction":"in","#
            + #""visibility":"public","actor_kind":"customer","actor":"Ani","automatic":false}}"#
        for (old, new) in replacements {
            #expect(text.contains(old))
            text = text.replacingOccurrences(of: old, with: new)
        }
        return text
    }

    private func parse(_ text: String) -> (batch: EventBatch, rejection: Rejection?) {
        var parser = EventParser(shippedTypes)
        var batch = EventBatch()
        let rejection = parser.parse(text, line: 3, into: &batch)
        if rejection != nil {
            #expect(batch.rows.isEmpty && batch.bytes.isEmpty && batch.slots.isEmpty, "\(text)")
        }
        return (batch, rejection)
    }

    @Test("A good line becomes its canonical form, with the time as UTC")
    func good() {
        let (batch, rejection) = parse(line())
        #expect(rejection == nil)
        #expect(
            batch.text(batch.rows[0].canonical)
                == #"{"data":{"actor":"Ani","actor_kind":"customer","automatic":false,"#
                + #""direction":"in","visibility":"public"},"id":"1","source":"desk","#
                + #""specversion":"1.0","subject":"ticket/1","time":"2025-07-14T01:12:00.000Z","#
                + #""type":"message.posted"}"#)
    }

    @Test("White space, escapes, order and other attributes change nothing but themselves")
    func otherForms() {
        let plain = parse(line()).batch
        let spaced = line(
            (",", " ,\t"), (":{", " : {"), ("Ani", #"\u0041ni"#), ("desk", #"des\u006b"#))
        #expect(parse(spaced).batch.bytes == plain.bytes)
        #expect(parse(spaced).batch.slots == plain.slots)
        let traced = parse(
            line((#""id""#, #""traceparent":"a/b","rank":2.0,"sampled":true,"id""#)))
        #expect(
            traced.batch.text(traced.batch.rows[0].canonical).hasSuffix(
                #""id":"1","rank":2,"sampled":true,"source":"desk","specversion":"1.0","#
                    + #""subject":"ticket/1","time":"2025-07-14T01:12:00.000Z","#
                    + #""traceparent":"a/b","type":"message.posted"}"#))
    }

    @Test(
        "A bad line is refused in words that name field, value and expectation",
        arguments: [
            (
                #""direction":"in","#, "",
                "message.posted without \"direction\" (expected in or out)"
            ),
            (
                #""direction":"in""#, #""direction":"sideways""#,
                "direction \"sideways\" is not in or out"
            ),
            (#""in""#, "5", "direction \"5\" is not in or out"),
            (#""in""#, "null", "message.posted without \"direction\" (expected in or out)"),
            (#""in""#, "{}", "direction is a list or an object (expected in or out)"),
            ("false", "1", "automatic \"1\" is not true or false"),
            (
                "direction", "directoin",
                "message.posted has no field \"directoin\" (did you mean direction?)"
            ),
            ("2025-07-14", "2025-02-30", "time \"2025-02-30T08:12:00+07:00\" is no date"),
            ("+07:00", "", "time \"2025-07-14T08:12:00\" has no time zone"),
            (
                "2025-07", "0000-07",
                "time \"0000-07-14T08:12:00+07:00\" lies outside the years 0001 to 9999"
            ),
            (
                "message.posted", "message.postd",
                "there is no event type \"message.postd\" (did you mean message.posted?)"
            ),
            (
                "ticket/1", "call/1",
                "subject \"call/1\" is none that message.posted can have (expected ticket/…)"
            ),
            (
                "ticket/1", "ticket/",
                "subject \"ticket/\" is none that message.posted can have (expected ticket/…)"
            ),
            (#""id":"1","#, "", "event without \"id\" (expected a text of 1 to 256 characters)"),
            (#""id":"1""#, #""id":"""#, "id is no text (expected 1 to 256 characters)"),
            (#""id":"1""#, #""id":1"#, "id \"1\" is no text (expected 1 to 256 characters)"),
            (
                #""id":"1""#, #""id":"a\nb""#,
                "id \"a\nb\" holds a control character or half a surrogate pair"
            ),
            (#""1.0""#, #""0.3""#, "specversion \"0.3\" is not \"1.0\""),
            (#""id""#, #""id":"2","id""#, "the key \"id\" stands there twice"),
            (#""actor""#, #""actor":"B","actor""#, "the key \"actor\" stands there twice"),
            (
                #""id""#, #""rekamposition":1,"id""#,
                "rekamposition \"1\" is given by the log alone (leave out attributes that begin "
                    + "with rekam)"
            ),
            (
                #""id""#, #""rekamtime":"x","id""#,
                "rekamtime \"x\" is given by the log alone (leave out attributes that begin with "
                    + "rekam)"
            ),
            (
                #""id""#, #""data_base64":"x","id""#,
                "data_base64 is not read (expected data as a JSON object)"
            ),
            (
                #""id""#, #""Rank":"x","id""#,
                "attribute \"Rank\" is not named by a-z and 0-9, as CloudEvents asks"
            ),
            (#""id""#, #""rank":0.5,"id""#, "rank \"0.5\" is no text, boolean or whole number"),
            ("Ani", #"A\u0000"#, "actor \"A\u{0}\" holds U+0000 or half a surrogate pair"),
            ("Ani", #"A\ud800"#, "the line holds half a surrogate pair"),
            (#""data":{"#, #""data":[{"#, "the line has no \"]\" where one belongs"),
            ("}}", "}", "the line ends too early"),
            ("}}", "}}}", "the line goes on after its value"),
            (#""Ani""#, #""Ani"#, "the line has no \",\" or \"}\" where one belongs"),
        ])
    func bad(old: String, new: String, summary: String) {
        let rejection = parse(line((old, new))).rejection
        if summary.hasPrefix("the line has no") {
            #expect(rejection?.problem.hasPrefix("the line ") == true)
        } else {
            #expect(rejection?.summary == summary)
        }
        #expect(rejection?.line == 3)
        #expect(rejection.map { !$0.problem.contains("line 3") } == true)
    }

    @Test(
        "Numbers are whole, within ±(2^53−1), and within their field's bounds",
        arguments: [
            ("5", "5"), ("5.0", "5"), ("1e1", "10"), ("1E+1", "10"), ("100e-1", "10"), ("-0", "0"),
            ("0.0", "0"), ("-1", nil), ("11", nil), ("0.5", nil), ("1e400", nil), ("1e19", nil),
            ("18446744073709551615", nil), ("18446744073709551616", nil),
            ("99999999999999999999999999", nil), ("-9223372036854775809", nil), ("01", nil),
            ("+1", nil), ("1.", nil), (".5", nil), ("1e", nil), ("0x1", nil), ("NaN", nil),
            ("Infinity", nil), ("\"5\"", nil), ("true", nil),
        ] as [(String, String?)])
    func numbers(text: String, canonical: String?) {
        let (batch, rejection) = parse(
            #"{"specversion":"1.0","id":"1","source":"desk","type":"agent.profile_set","#
                + #""subject":"agent/1","time":"2025-07-14T08:12:00Z","data":{"level":\#(text)}}"#)
        #expect(
            (rejection == nil) == (canonical != nil), "\(text): \(String(describing: rejection))")
        if let canonical {
            #expect(
                batch.text(batch.rows[0].canonical).hasPrefix(#"{"data":{"level":\#(canonical)}"#))
        }
    }

    @Test("The largest numbers are kept to the last digit")
    func largest() {
        for text in ["9007199254740991", "-9007199254740991", "9007199254740991.0"] {
            let (batch, rejection) = parse(
                #"{"specversion":"1.0","id":"1","source":"desk","type":"customer.purchased","#
                    + #""subject":"customer/1","time":"2025-07-14T08:12:00Z","#
                    + #""data":{"amount":\#(text),"currency":"IDR"}}"#)
            #expect(rejection == nil)
            #expect(
                batch.text(batch.rows[0].canonical).contains(
                    "\"amount\":" + text.replacingOccurrences(of: ".0", with: "")))
        }
    }

    @Test("Lengths count characters, not bytes")
    func lengths() {
        let long = String(repeating: "😀", count: 256)
        #expect(parse(line(("Ani", long))).rejection == nil)
        #expect(
            parse(line(("Ani", long + "x"))).rejection?.problem
                == "actor is longer than 256 characters")
        #expect(parse(line((#""id":"1""#, #""id":"\#(long)""#))).rejection == nil)
        #expect(
            parse(line((#""id":"1""#, #""id":"\#(long)x""#))).rejection?.problem
                == "id is longer than 256 characters")
    }

    @Test("Bytes that are not UTF-8, a NUL, a long line, none and many keys are refused, named")
    func bytes() {
        var parser = EventParser(shippedTypes)
        var batch = EventBatch()
        func problem(_ bytes: [UInt8]) -> String? {
            parser.parse(0..<bytes.count, of: bytes.span, line: 1, into: &batch)?.problem
        }
        let good = Array(line().utf8)
        let name = good.firstIndex(of: UInt8(ascii: "A"))!
        for bad: [UInt8] in [
            [0xFF], [0xC3], [0xED, 0xA0, 0x80], [0xC0, 0x80], [0xF5, 0x80, 0x80, 0x80],
        ] {
            var bytes = good
            bytes.replaceSubrange(name...name, with: bad)
            #expect(problem(bytes) == "the line holds bytes that are not UTF-8")
        }
        var withNUL = good
        withNUL[name] = 0
        #expect(problem(withNUL) == "the line holds a control character inside a string")
        #expect(problem([]) == "the line is no JSON object")
        #expect(problem(Array("[]".utf8)) == "the line is no JSON object")
        #expect(problem(Array("null".utf8)) == "the line is no JSON object")
        #expect(problem(Array("{}".utf8)) == "event without \"specversion\" (expected \"1.0\")")
        #expect(problem(good + good) == "the line goes on after its value")
        let spaces = [UInt8](repeating: 0x20, count: EventParser.longestLine - good.count)
        #expect(problem(good + spaces) == nil)
        #expect(problem(good + spaces + [0x20]) == "the line is longer than 1048576 bytes")
        let keys = (0..<600).map { "\"k\($0)\":1" }.joined(separator: ",")
        #expect(problem(Array("{\(keys)}".utf8)) == "the line has more than 512 keys")
        let deep = String(repeating: "[", count: 100_000)
        #expect(problem(Array(deep.utf8)) == "the line is no JSON object")
        #expect(problem(Array("{\"id\":\(deep)".utf8)) == "the line is nested too deeply")
        #expect(batch.rows.count == 1)
    }

    @Test("Long values are cut, and a problem never holds them")
    func cut() {
        let long = String(repeating: "x", count: 5000)
        let rejection = parse(line((#""in""#, "\"\(long)\""))).rejection
        #expect(rejection?.value.count == 200)
        #expect(rejection?.problem == "direction is not in or out")
        #expect(rejection?.summary.count ?? 0 < 80)
        let key = parse(line(("direction", long))).rejection
        #expect(key?.problem.count ?? 0 < 120)
    }
}
