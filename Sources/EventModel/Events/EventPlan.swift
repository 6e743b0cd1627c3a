/// The event types as the validator's loop wants them: flat arrays of plain values, looked up by
/// comparing words of eight bytes, without a string. Shared by all workers.
struct EventPlan: Sendable {
    /// One event type.
    struct TypeEntry {
        /// Where its fields start in `fields`, and how many there are (sorted by name).
        var fieldStart: Int
        var fieldCount: Int
        /// Where its fields' hash table starts in `places`, and its size less one.
        var tableStart: Int
        var tableMask: Int
        /// Fields that must be there, as bits; and whether some field asks for another.
        var required: UInt64
        var hasDependencies: Bool
        /// `"type":"…"` in `blob`.
        var ending: Range<Int>
        /// Its kinds of subject, in `subjects`; empty: any.
        var kinds: Range<Int>
        var whole: Range<Int>
        var isLogsOwn: Bool
        /// By column of the form its place among those of the type, in the plan's `columnPlaces`;
        /// and whether that is another one for some.
        var columnPlaces: Range<Int>
        var isRearranged: Bool
    }

    /// What a field's value must be; `integer` and what follows are bounds on numbers.
    enum Kind: UInt8 {
        case text, enumeration, boolean, integer, day
    }

    /// One field of a type.
    struct FieldEntry {
        /// `"name":` in `blob`.
        var key: Range<Int>
        var kind: Kind
        var column: ColumnKind?
        var personal: PersonalKind?
        /// Whether it holds the subject of another case.
        var isSubject = false
        /// Bounds: of the number, or of the length in Unicode scalars.
        var minimum: Int64
        var maximum: Int64
        /// The words of an enumeration in `words`.
        var values: Range<Int>
        /// Fields that must stand beside it, as bits.
        var requires: UInt64
    }

    let types: EventTypes
    /// Forms that events have: by type id its newest version; then earlier versions, and what
    /// recorded events of any version are read by.
    let forms: [EventSchema]
    /// By form.
    let entries: [TypeEntry]
    /// By type id, the form that recorded events are read by.
    let readingForms: [Int]
    let columnPlaces: [Int]
    /// By type id, how many columns it has.
    let columnCounts: [Int]
    let fields: [FieldEntry]
    let values: [TextWord]
    let subjects: [TextWord]
    /// Kinds of case that are persons.
    let persons: [TextWord]
    /// Hash tables: `place` is a field's number within its type, or a type's id; -1 where empty.
    let places: [TextWord]
    let typeTable: (start: Int, mask: Int)
    let blob: [UInt8]

    init(_ types: EventTypes) {
        self.types = types
        var builder = Builder()
        var forms = types.schemas
        var owners = Array(forms.indices)
        var readingForms = owners
        for (id, schema) in types.schemas.enumerated() where !schema.earlier.isEmpty {
            readingForms[id] = forms.count
            forms.append(schema.forReading())
            forms += schema.earlier
            owners += repeatElement(id, count: forms.count - owners.count)
        }
        self.forms = forms
        self.readingForms = readingForms
        entries = zip(forms, owners).map { builder.add($0, to: types.schemas[$1]) }
        columnPlaces = builder.columnPlaces
        columnCounts = types.schemas.map(\.columns.count)
        persons = types.personalKinds.sorted().map { builder.word($0, place: 0) }
        typeTable = builder.table(types.schemas.map(\.type))
        fields = builder.fields
        values = builder.values
        subjects = builder.subjects
        places = builder.places
        blob = builder.blob
    }

    /// The place of a text in one of the hash tables; -1 where it is not in it.
    @inline(__always)
    func find(
        _ text: Span<UInt8>, _ offset: Int, _ length: Int, start: Int, mask: Int
    ) -> Int {
        let word = TextWord(text, offset, length)
        var slot = Int(truncatingIfNeeded: word.hash) & mask
        while true {
            let candidate = places[start + slot]
            if candidate.place < 0 { return -1 }
            if candidate.isEqual(word, text, offset, blob) { return Int(candidate.place) }
            slot = (slot + 1) & mask
        }
    }
}

/// A text as words: its first eight bytes, its last eight, its length. Up to 16 bytes that is all
/// of it; beyond, the bytes are compared.
struct TextWord {
    var first: UInt64
    var last: UInt64
    var length: Int32
    /// What it stands for.
    var place: Int32
    /// Where its bytes are in the plan's `blob`.
    var offset: Int32

    /// A word to look for; eight bytes behind the text must be readable.
    @inline(__always)
    init(_ text: Span<UInt8>, _ offset: Int, _ length: Int) {
        first = text.word(at: offset)
        if length < 8 {
            first &= (1 << UInt64(truncatingIfNeeded: length * 8)) &- 1
            last = 0
        } else {
            last = text.word(at: offset + length - 8)
        }
        self.length = Int32(truncatingIfNeeded: length)
        place = -1
        self.offset = 0
    }

    @inline(__always)
    var hash: UInt64 {
        let mixed =
            (first ^ last &* 0x9E37_79B9_7F4A_7C15 ^ UInt64(truncatingIfNeeded: length))
            &* 0xBF58_476D_1CE4_E5B9
        return mixed >> 40
    }

    /// Whether a text read from the input is this one.
    @inline(__always)
    func isEqual(
        _ word: TextWord, _ text: Span<UInt8>, _ textOffset: Int, _ blob: [UInt8]
    ) -> Bool {
        guard first == word.first, last == word.last, length == word.length else { return false }
        return length <= 16 || hasSameBytes(text, textOffset, blob)
    }

    private func hasSameBytes(_ text: Span<UInt8>, _ textOffset: Int, _ blob: [UInt8]) -> Bool {
        for index in 0..<Int(length) where text[textOffset + index] != blob[Int(offset) + index] {
            return false
        }
        return true
    }
}

extension EventPlan {
    /// Collects the flat arrays.
    private struct Builder {
        var fields: [FieldEntry] = []
        var values: [TextWord] = []
        var subjects: [TextWord] = []
        var places: [TextWord] = []
        var columnPlaces: [Int] = []
        var blob: [UInt8] = []

        mutating func store(_ text: String) -> Range<Int> {
            let start = blob.count
            blob.append(contentsOf: text.utf8)
            return start..<blob.count
        }

        mutating func word(_ text: String, place: Int) -> TextWord {
            let stored = store(text)
            let padded = Array(text.utf8) + [UInt8](repeating: 0, count: 8)
            var word = TextWord(padded.span, 0, stored.count)
            word.place = Int32(place)
            word.offset = Int32(stored.lowerBound)
            return word
        }

        mutating func table(_ texts: [String]) -> (start: Int, mask: Int) {
            var size = 4
            while size < texts.count * 2 { size *= 2 }
            let start = places.count
            let empty = TextWord([UInt8](repeating: 0, count: 8).span, 0, 0)
            places.append(contentsOf: repeatElement(empty, count: size))
            for (place, text) in texts.enumerated() {
                let word = word(text, place: place)
                var slot = Int(truncatingIfNeeded: word.hash) & (size - 1)
                while places[start + slot].place >= 0 { slot = (slot + 1) & (size - 1) }
                places[start + slot] = word
            }
            return (start, size - 1)
        }

        /// Where the columns of a form stand among those of its type.
        private mutating func places(of form: EventSchema, in type: EventSchema) -> Range<Int> {
            let places = form.fields.filter { $0.column != nil }.compactMap {
                type.columnIndex(of: $0.name)
            }
            let start = columnPlaces.count
            columnPlaces += places
            return start..<columnPlaces.count
        }

        mutating func add(_ schema: EventSchema, to type: EventSchema) -> TypeEntry {
            precondition(schema.fields.count <= EventSchema.mostFields, "too many fields")
            let fieldStart = fields.count
            func bits(_ names: [String]) -> UInt64 {
                schema.fields.enumerated().reduce(0) {
                    names.contains($1.element.name) ? $0 | 1 << UInt64($1.offset) : $0
                }
            }
            for field in schema.fields { add(field, requires: bits(field.requires)) }
            let (tableStart, tableMask) = table(schema.fields.map(\.name))
            let whole = schema.wholeSubjects
            let kindStart = subjects.count
            for kind in schema.subjectKinds where !whole.contains(kind) {
                subjects.append(word(kind, place: 0))
            }
            let wholeStart = subjects.count
            for subject in whole { subjects.append(word(subject, place: 0)) }
            let places = places(of: schema, in: type)
            return TypeEntry(
                fieldStart: fieldStart, fieldCount: schema.fields.count, tableStart: tableStart,
                tableMask: tableMask,
                required: bits(schema.fields.filter(\.isRequired).map(\.name)),
                hasDependencies: schema.fields.contains { !$0.requires.isEmpty },
                ending: store("\"type\":\"\(schema.type)\""), kinds: kindStart..<wholeStart,
                whole: wholeStart..<subjects.count, isLogsOwn: schema.isLogsOwn,
                columnPlaces: places,
                isRearranged: Array(columnPlaces[places]) != Array(type.columns.indices))
        }

        mutating func add(_ field: FieldSchema, requires: UInt64) {
            var entry = FieldEntry(
                key: store("\"\(field.name)\":"), kind: .boolean, column: field.column,
                personal: field.personal, minimum: 0, maximum: 0, values: 0..<0,
                requires: requires)
            entry.isSubject = field.isSubject
            switch field.kind {
            case .text(let minimum, let maximum):
                entry.kind = .text
                entry.minimum = Int64(minimum)
                entry.maximum = Int64(maximum)
            case .enumeration(let texts):
                entry.kind = .enumeration
                let start = values.count
                for (place, text) in texts.enumerated() {
                    values.append(word(text, place: place + 1))
                }
                entry.values = start..<values.count
            case .boolean: entry.kind = .boolean
            case .integer(let minimum, let maximum):
                entry.kind = .integer
                entry.minimum = max(minimum, -WholeNumber.largest)
                entry.maximum = min(maximum, WholeNumber.largest)
            case .day: entry.kind = .day
            }
            fields.append(entry)
        }
    }
}
