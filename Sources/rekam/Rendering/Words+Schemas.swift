package import EventModel

/// What the commands about event types say, in both languages.
package struct SchemaWords: SubjectWords {
    package let language: Language

    package init(_ language: Language) { self.language = language }

    /// The headings of the list of types: type, version, events, fields.
    package var listHeadings: [String] {
        [
            pick("Type", "Jenis"), pick("Version", "Versi"), words.events,
            pick("Fields", "Isian"),
        ]
    }

    /// The headings of one type's fields: name, what it holds, whether it must be there, its meaning.
    package var fieldHeadings: [String] {
        [pick("Field", "Isian"), pick("Holds", "Berisi"), "", pick("Means", "Arti")]
    }

    package func heading(_ schema: EventSchema) -> String {
        "\(schema.type), \(words.version(schema.version)): \(schema.title)"
    }

    /// Whether a field must be there, or is kept in the entry only.
    package func remark(_ field: FieldSchema) -> String {
        field.isRequired
            ? pick("required", "wajib")
            : field.column == nil ? pick("entry only", "hanya di entri") : ""
    }

    package func renamed(_ old: String, _ new: String) -> String {
        pick(
            "\(old) is called \(new) now; both names mean it.",
            "\(old) kini disebut \(new); kedua nama berarti sama.")
    }

    package func without(_ field: String, readsAs value: String) -> String {
        pick(
            "An event without \(field) reads as \(value).",
            "Peristiwa tanpa \(field) dibaca sebagai \(value).")
    }

    // MARK: Registering

    package func registered(_ schema: EventSchema, isDryRun: Bool) -> String {
        let version = "\(schema.type), \(words.version(schema.version))"
        return pick(
            (isDryRun ? "Would register " : "Registered ") + version,
            version + (isDryRun ? " akan didaftarkan" : " didaftarkan"))
    }

    package func builtAnew(_ names: [String]) -> String {
        pick("Built anew: ", "Dibangun ulang: ") + names.joined(separator: ", ")
    }

    /// What a version brings, in a line.
    package func change(_ change: SchemaChange) -> String {
        switch change {
        case .holds(let field):
            "\(field.name): \(expectation(field))"
                + (field.column == nil
                    ? pick(", kept in the entry only", ", disimpan di entri saja") : "")
        case .added(let field):
            pick("new field ", "isian baru ") + "\(field.name): \(expectation(field))"
        case .renamed(let old, let new):
            pick(
                "\(old) is called \(new); both names mean it",
                "\(old) disebut \(new); kedua nama berarti sama")
        case .widened(let field, let added):
            field + pick(" may be ", " boleh ") + added.joined(separator: ", ")
        case .retyped(let field):
            pick(
                "\(field.name) is \(expectation(field)) now",
                "\(field.name) kini \(expectation(field))")
        case .required(let field, true): field + pick(" must be there", " wajib ada")
        case .required(let field, false):
            field + pick(" need no longer be there", " tidak lagi wajib ada")
        case .removed(let field):
            pick(
                "\(field) is no longer taken; events that have it keep it",
                "\(field) tidak lagi diterima; peristiwa yang memuatnya tetap memuatnya")
        case .reads(let field, let value):
            pick(
                "an event without \(field) reads as \(value)",
                "peristiwa tanpa \(field) dibaca sebagai \(value)")
        }
    }

    /// What a field may hold: `a text of at most 50 characters`.
    package func expectation(_ field: FieldSchema) -> String {
        guard language == .indonesian else { return field.expectation }
        switch field.kind {
        case .text(let minimum, let maximum):
            if minimum == maximum { return "teks \(maximum) karakter" }
            return minimum > 0
                ? "teks \(minimum) sampai \(maximum) karakter" : "teks maksimal \(maximum) karakter"
        case .enumeration(let words):
            guard words.count > 1 else { return words.first ?? "" }
            if words.count > 12 {
                return words.prefix(12).joined(separator: ", ")
                    + ", … (\(words.count) seluruhnya)"
            }
            return words.dropLast().joined(separator: ", ") + " atau " + words[words.count - 1]
        case .boolean: return "true atau false"
        case .integer(let minimum, let maximum):
            if minimum <= -WholeNumber.largest, maximum >= WholeNumber.largest {
                return "bilangan bulat"
            }
            if maximum >= WholeNumber.largest { return "bilangan bulat mulai \(minimum)" }
            return "bilangan bulat \(minimum) sampai \(maximum)"
        case .day: return "tanggal seperti 2025-07-14"
        }
    }
}
