import EventModel
import Testing

@Suite("The validator: drafts become rows, and rows entries, that say what the drafts said")
struct EventValidatorTests {
    private let time = Instant(milliseconds: 1_752_480_720_000)

    private func draft(
        _ type: String = "ticket.opened", subject: String = "ticket/1",
        _ fields: [EventDraft.Field] = [], attributes: [EventDraft.Field] = []
    ) -> EventDraft {
        EventDraft(
            id: "1", source: "desk", type: type, subject: subject, time: time, fields: fields,
            attributes: attributes)
    }

    private var opened: EventDraft {
        draft(fields: [.init("origin", .text("customer")), .init("channel", .text("email"))])
    }

    private func draft(fields: [EventDraft.Field]) -> EventDraft { draft("ticket.opened", fields) }

    /// Admits one draft to an empty batch.
    private func admit(
        _ draft: EventDraft, as admission: Admission = .input
    ) -> (batch: EventBatch, rejection: Rejection?) {
        var validator = EventValidator(shippedTypes)
        var batch = EventBatch()
        let rejection = validator.admit(draft, as: admission, line: 7, into: &batch)
        #expect((rejection == nil) == (batch.rows.count == 1))
        if rejection != nil { #expect(batch.slots.isEmpty && batch.bytes.isEmpty) }
        return (batch, rejection)
    }

    @Test("A draft becomes canonical JSON, with its texts and fingerprints")
    func canonical() throws {
        let (batch, rejection) = admit(opened)
        #expect(rejection == nil)
        let row = batch.rows[0]
        #expect(
            batch.text(row.canonical) == #"{"data":{"channel":"email","origin":"customer"},"#
                + #""id":"1","source":"desk","specversion":"1.0","subject":"ticket/1","#
                + #""time":"2025-07-14T08:12:00.000Z","type":"ticket.opened"}"#)
        #expect(batch.text(row.id) == "1")
        #expect(batch.text(row.source) == "desk")
        #expect(batch.text(row.subject) == "ticket/1")
        #expect(row.subjectFingerprint == Fingerprint(of: "ticket/1".utf8Span.span))
        #expect(
            row.identity
                == Fingerprint(
                    Fingerprint(of: "desk".utf8Span.span), Fingerprint(of: "1".utf8Span.span)))
        #expect(row.time == time)
        #expect(row.line == 7)
    }

    /// A row's slots as people would write them; nil where absent.
    private func values(_ batch: EventBatch, row: Int = 0) -> [String: String] {
        let schema = shippedTypes.schemas[Int(batch.rows[row].type)]
        var values: [String: String] = [:]
        for (place, field) in schema.columns.enumerated() {
            let slot = Int(batch.rows[row].firstSlot) + place * 2
            let word = batch.slots[slot]
            let number = Int64(bitPattern: word)
            switch field.column! {
            case .name where word == .max: continue
            case .name:
                let text = batch.text(
                    TextRange(offset: Int(word >> 32), length: Int(word & 0xFFFF_FFFF)))
                #expect(batch.slots[slot + 1] == Fingerprint(of: text.utf8Span.span).value)
                values[field.name] = text
            case .enumeration:
                guard word > 0, case .enumeration(let words) = field.kind else { continue }
                values[field.name] = words[Int(word) - 1]
            case .boolean: values[field.name] = ["", "false", "true"][Int(word)]
            case .integer: values[field.name] = String(number)
            case .day: values[field.name] = Day(number: Int32(max(number, -1_000_000))).description
            }
            if [.integer, .day].contains(field.column!), number == .min {
                values[field.name] = nil
            }
            if field.column == .boolean, word == 0 { values[field.name] = nil }
        }
        return values
    }

    @Test("Every kind of column has its slot, with and without escapes before it")
    func slots() {
        let fields: [EventDraft.Field] = [
            .init("channel", .text("e\"mail")), .init("origin", .text("agent")),
            .init("title", .text("say \"no\"\n\\ 😀")), .init("team", .text("Tim \\ Dua")),
            .init("agent", .text("")), .init("level", .integer(3)),
            .init("priority", .text("urgent")),
        ]
        let (batch, rejection) = admit(draft(fields: fields))
        #expect(rejection == nil)
        #expect(
            values(batch) == [
                "channel": "e\"mail", "origin": "agent", "team": "Tim \\ Dua", "agent": "",
                "level": "3", "priority": "urgent",
            ])
        #expect(
            batch.text(batch.rows[0].canonical).hasPrefix(
                #"{"data":{"agent":"","channel":"e\"mail","level":3,"origin":"agent","#
                    + #""priority":"urgent","team":"Tim \\ Dua","title":"say \"no\"\n\\ 😀"}"#))
        let cost = draft(
            "cost.recorded", subject: "company",
            [
                .init("amount", .integer(-9_007_199_254_740_991)), .init("currency", .text("IDR")),
                .init("from_day", .text("2025-07-01")), .init("to_day", .text("2025-07-31")),
            ])
        #expect(
            values(admit(cost).batch) == [
                "amount": "-9007199254740991", "currency": "IDR", "from_day": "2025-07-01",
                "to_day": "2025-07-31",
            ])
        let message = draft(
            "message.posted",
            [
                .init("direction", .text("out")), .init("visibility", .text("public")),
                .init("actor_kind", .text("bot")), .init("actor", .text("B")),
                .init("automatic", .boolean(true)),
            ])
        #expect(values(admit(message).batch)["automatic"] == "true")
    }

    @Test("Identity texts with escapes are kept decoded")
    func escapedIdentity() {
        var event = opened
        event.id = "a\"b\\c"
        event.source = "d\"e"
        event.subject = "ticket/\"1\""
        let (batch, _) = admit(event)
        #expect(batch.text(batch.rows[0].id) == event.id)
        #expect(batch.text(batch.rows[0].source) == event.source)
        #expect(batch.text(batch.rows[0].subject) == event.subject)
    }

    @Test("An entry is canonical and reads back to the same row, wherever other attributes sort")
    func entries() throws {
        let names = [
            "aaa", "partitionkey", "region", "s", "seq", "sequences", "traceparent", "zone",
        ]
        for count in 0...names.count {
            var event = opened
            event.attributes = names.prefix(count).map { .init($0, .text($0.uppercased() + "\"")) }
            event.attributes += [.init("n", .integer(5)), .init("yes", .boolean(true))]
            let (batch, rejection) = admit(event)
            #expect(rejection == nil)
            var marks = LogMarks(
                recorded: Instant(milliseconds: 1_752_480_999_123), position: 4_294_967_294)
            marks.provenance.sender = "helpdesk \"1\""
            marks.provenance.clock = count % 3 == 0 ? Provenance.givenClock : nil
            marks.order = .integer(-7)
            marks.isPlace = count % 2 == 0
            marks.salt = count % 2 == 0 ? "0123456789_-abcdefghiQ" : nil
            let entry = sealedEntry(batch.rows[0], of: batch, marks)
            #expect(try JSONValue(parsing: entry.span).canonical == entry)

            var validator = EventValidator(shippedTypes)
            var back = EventBatch()
            let read = try validator.admit(entry: entry.span, into: &back)
            #expect(read == marks)
            var again: [UInt8] = []
            back.appendEntry(back.rows[0], read, to: &again)
            #expect(again == entry)
            #expect(back.slots.count == batch.slots.count)
            #expect(back.rows[0].identity == batch.rows[0].identity)
            #expect(back.rows[0].order == OrderKey(.integer(-7)))
            #expect(back.rows[0].isPlace == marks.isPlace)
            #expect(
                back.personal.map(\.kind) == batch.personal.map(\.kind)
                    && back.personal.map(\.pair) == batch.personal.map(\.pair))
            #expect(back.content.count == batch.content.count)
        }
    }

    /// A row's entry with the token `AAA…` in the place of each personal text.
    private func sealedEntry(_ row: EventRow, of batch: EventBatch, _ marks: LogMarks) -> [UInt8] {
        var sealed = EventBatch()
        let token = Array(repeating: UInt8(ascii: "A"), count: PersonalText.tokenBytes)
        var bytes: [UInt8] = []
        var from = Int(row.canonical.offset)
        var row = row
        for place in row.personal {
            let personal = batch.personal[place]
            let at = Int(row.canonical.offset + personal.at)
            bytes += batch.bytes[from..<at]
            bytes += personal.isNumber ? [0x22] + token + [0x22] : token
            from = at + Int(personal.length)
        }
        bytes += batch.bytes[from..<row.canonical.indices.upperBound]
        sealed.bytes = bytes
        // Its place has moved by what the texts before it grew.
        var entry: [UInt8] = []
        let before = batch.personal[row.personal].filter { $0.at < row.logAt }
        let grown = before.reduce(0) {
            $0 + token.count - Int($1.length) + ($1.isNumber ? 2 : 0)
        }
        row.logAt = UInt32(Int(row.logAt) + grown)
        row.canonical = TextRange(offset: 0, length: bytes.count)
        sealed.appendEntry(row, marks, to: &entry)
        return entry
    }

    @Test("Joined pieces are the batch that one would have made")
    func joining() {
        var generator = SeededGenerator(seed: 5)
        var validator = EventValidator(shippedTypes)
        var whole = EventBatch()
        var pieces = [EventBatch()]
        for number in 0..<200 {
            var event = opened
            event.id = number % 3 == 0 ? "\"\(number)" : "\(number)"
            event.set("title", .text(String(repeating: "x\"", count: number % 7)))
            event.set("agent", .text(number % 2 == 0 ? "Budi" : "Ci\"tra"))
            #expect(validator.admit(event, line: number, into: &whole) == nil)
            if Int.random(in: 0..<10, using: &generator) == 0 { pieces.append(EventBatch()) }
            #expect(validator.admit(event, line: number, into: &pieces[pieces.count - 1]) == nil)
        }
        let joiner = BatchJoiner(shippedTypes)
        var joined = EventBatch()
        for piece in pieces {
            let cut = Int.random(in: 0...piece.rows.count, using: &generator)
            joiner.append(0..<cut, of: piece, to: &joined)
            joiner.append(cut..<piece.rows.count, of: piece, to: &joined)
        }
        #expect(joined.bytes == whole.bytes)
        #expect(joined.slots == whole.slots)
        #expect(joined.rows.map(\.line) == whole.rows.map(\.line))
        for (left, right) in zip(joined.rows, whole.rows) {
            #expect(left.canonical == right.canonical && left.id == right.id)
            #expect(left.firstSlot == right.firstSlot && left.subject == right.subject)
        }
    }

    @Test("The log's own types are for the log alone")
    func logsOwn() {
        let own = draft(
            "period.reopened", subject: "log/periods",
            [.init("period", .text("2025-07")), .init("reason", .text("late costs"))])
        #expect(admit(own, as: .logsOwn).rejection == nil)
        #expect(admit(own).rejection?.problem == "period.reopened is recorded by the log alone")
        #expect(admit(opened, as: .logsOwn).rejection != nil)
        var reserved = opened
        for name in [
            "rekamposition", "rekamtime", "rekamclock", "rekamsalt", "rekamsender", "rekamx",
        ] {
            reserved.attributes = [.init(name, .integer(1))]
            #expect(
                admit(reserved).rejection?.problem
                    == "\(name) is given by the log alone (leave out attributes that begin with rekam)"
            )
        }
        // An order that rows told may come again, as a dry run prints it.
        for name in ["rekamorder", "rekamplace"] {
            reserved.attributes = [.init(name, .integer(7))]
            let (batch, rejection) = admit(reserved)
            #expect(rejection == nil && batch.rows[0].order == OrderKey(7))
            #expect(batch.rows[0].isPlace == (name == "rekamplace"))
            #expect(
                String(decoding: batch.input(batch.rows[0]), as: UTF8.self).contains(
                    "\"\(name)\":7,\"source\""))
            reserved.attributes = [.init(name, .boolean(true))]
            #expect(admit(reserved).rejection?.field == name)
            let own = EventDraft(
                id: own.id, source: own.source, type: own.type, subject: own.subject,
                time: own.time, fields: own.fields, attributes: [.init(name, .integer(7))])
            #expect(admit(own, as: .logsOwn).rejection?.field == name)
        }
        reserved.attributes = [
            .init("rekamorder", .integer(7)), .init("rekamplace", .integer(7)),
        ]
        #expect(admit(reserved).rejection != nil)
        // So may an entry as a log shows it: what that log added is passed over.
        reserved.attributes = [
            .init("rekamorder", .text("a")), .init("rekamposition", .integer(9)),
            .init("rekamsender", .text("desk")),
            .init("rekamtime", .text("2025-07-14T08:12:00.000Z")),
        ]
        let (shown, rejection) = admit(reserved)
        #expect(rejection == nil && shown.rows[0].order == OrderKey(.text("a")))
        let plain = admit(opened).batch
        #expect(shown.text(shown.rows[0].canonical) == plain.text(plain.rows[0].canonical))
        // What CloudEvents registers is the sender's.
        for name in ["sequence", "recordedtime", "traceparent", "partitionkey"] {
            reserved.attributes = [.init(name, .text("1"))]
            #expect(admit(reserved).rejection == nil)
        }
    }

    @Test("An entry ends at 65,535 bytes, the log's own attributes counted at their longest")
    func longest() {
        func length(_ characters: Int) -> Rejection? {
            let body = String(repeating: "x", count: characters)
            var own = draft("definition.registered", subject: "log/definitions")
            own.fields = [
                .init("kind", .text("kpi")), .init("name", .text("csat")),
                .init("version", .integer(1)), .init("body", .text(body)),
                .init("digest", .text(String(repeating: "0", count: 64))),
            ]
            return admit(own, as: .logsOwn).rejection
        }
        #expect(length(60_000) == nil)
        #expect(length(60_001)?.problem == "body is longer than 60000 characters")
        var long = opened
        // The longest that fits, by halving; every text counts in clear and as a token.
        var (low, high) = (60_000, 65_535)
        while low < high {
            let middle = (low + high + 1) / 2
            long.attributes = [.init("note", .text(String(repeating: "x", count: middle)))]
            if admit(long).rejection == nil { low = middle } else { high = middle - 1 }
        }
        #expect(low > 64_500 && low < 65_300)
        long.attributes = [.init("note", .text(String(repeating: "x", count: low + 1)))]
        #expect(
            admit(long).rejection?.problem == "the event is longer than the 65535 bytes of an entry"
        )
    }
}
