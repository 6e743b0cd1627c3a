import EventModel
import Testing

@Suite("Texts as they are recorded, and names as people take them")
struct NormalTextTests {
    @Test(
        "What nobody sees at a text's ends is cut, and nothing within",
        arguments: [
            ("\u{202A}Budi\u{202C}", "Budi"), ("\u{200E}Budi\u{200F}", "Budi"),
            ("\u{2066}Budi Pratama\u{2069}", "Budi Pratama"), ("Budi\u{61C}", "Budi"),
            ("\u{2060} \u{FEFF}\u{AD}Budi\u{180E}", "Budi"), ("\u{202E}", ""),
            ("Bu\u{200E}di", "Bu\u{200E}di"), ("❤\u{FE0F}", "❤\u{FE0F}"),
            ("🏴\u{E0067}\u{E007F}", "🏴\u{E0067}\u{E007F}"),
        ])
    func ends(text: String, form: String) {
        #expect(NormalText.form(of: text).utf8.elementsEqual(form.utf8))
    }

    @Test("What a quick look is sure of is its own form, whatever stands beside it")
    func quickLook() {
        let scalars = (0x21...0x10FFFF as ClosedRange<UInt32>).compactMap(UnicodeScalar.init)
        var sure = 0
        for scalar in scalars {
            let text = "\(scalar)e\(scalar)"
            let bytes = text.utf8Span.span
            if NormalText.mayDiffer(bytes, 0, bytes.count) { continue }
            sure += 1
            #expect(
                NormalText.form(of: text).utf8.elementsEqual(text.utf8), "\(scalar.value)")
        }
        // Latin letters, dashes and quotation marks, pictures.
        #expect(sure == 94 + 1 + 0x240 + 24 + 0x1000)
        for text in ["e\u{301}", "…\u{301}", "😡\u{301}", "\u{2028}x", "😡\u{200B}", "\u{1100}"] {
            let mayDiffer = NormalText.mayDiffer(text.utf8Span.span, 0, text.utf8.count)
            #expect(mayDiffer, "\(text)")
        }
    }

    @Test(
        "Names that people take for one have one likeness",
        arguments: [
            ("İpek", "ipek"), ("IPEK", "ipek"), ("Straße", "STRASSE"), ("Ana  Maria", "ana maria"),
            ("Ana\u{A0}\u{2003}Maria", "Ana Maria"), (" Ana Maria ", "Ana Maria"),
            ("Bu\u{200B}di", "Budi"), ("Ha\u{3164}na", "Hana"), ("ipek", "i\u{307}pek"),
        ])
    func alike(one: String, other: String) {
        #expect(one.nameLikeness.utf8.elementsEqual(other.nameLikeness.utf8))
    }

    @Test("What is taken of a name where it lies is what is taken of its text")
    func fingerprints() {
        // All ASCII by itself, within words and beside blanks, then letters that are folded.
        let pieces = (0...0x7F).map { String(UnicodeScalar(UInt8($0))) } + ["é", "İ", "\u{200B}"]
        var names = ["", " ", "\t \n", "İpek", "Straße", "Ana\u{A0}Maria"]
        for piece in pieces {
            names += [piece, "A\(piece)z", " \(piece) Z", "A \(piece)", "\(piece)\(piece)"]
        }
        for name in names {
            let found = Fingerprint(likenessOf: name.utf8Span.span)
            let expected = Fingerprint(of: name.nameLikeness.utf8Span.span)
            #expect(found == expected, "\(name.debugDescription)")
        }
    }

    @Test("Other names have others", arguments: [("Dewi", "Dewí"), ("AnaMaria", "Ana Maria")])
    func unlike(one: String, other: String) { #expect(one.nameLikeness != other.nameLikeness) }

    @Test("A conflict quotes texts once, and tells a number from the text of its digits")
    func quotes() {
        func summary(_ field: String, _ value: String, _ recorded: String) -> String {
            Rejection(
                field: field, value: value, problem: "it differs",
                recorded: .init(value: recorded, sequence: 3)
            ).summary
        }
        #expect(
            summary("sequence", "0", "\"0\"")
                == "it differs: sequence is 0 here and \"0\" in entry 3")
        #expect(
            summary("data.agent", "Budi", "")
                == "it differs: data.agent is \"Budi\" here and nothing in entry 3")
    }
}
