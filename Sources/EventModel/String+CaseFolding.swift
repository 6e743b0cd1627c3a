extension String {
    /// The text without regard to letter case, in no locale: `STRASSE`, `Straße` and `STRAẞE` have the
    /// same, and so have `ipek` and `İpek`.
    ///
    /// To lower case first, for great letters that have a small one of their own; then to upper case and
    /// back, so that letters with several small forms, or whose great form is two letters, meet. The dot
    /// that Unicode puts over the small form of İ is the one that i has anyway.
    package var caseFolded: String {
        let folded = lowercased().uppercased().lowercased()
        guard folded.unicodeScalars.contains("\u{307}") else { return folded }
        var text = String.UnicodeScalarView()
        for scalar in folded.unicodeScalars where scalar != "\u{307}" || text.last != "i" {
            text.append(scalar)
        }
        return String(text)
    }

    /// What all names have in common that people take for one: without what is not seen, one blank for
    /// any that stand together and none at the ends, in letters of one case.
    package var nameLikeness: String {
        var text = String.UnicodeScalarView()
        var isBlankDue = false
        for scalar in unicodeScalars where !scalar.isUnseen {
            if scalar.properties.isWhitespace {
                isBlankDue = !text.isEmpty
                continue
            }
            if isBlankDue { text.append(" ") }
            isBlankDue = false
            text.append(scalar)
        }
        let seen = String(text)
        if seen.utf8.allSatisfy({ $0 < 0x80 }) { return seen.lowercased() }
        return NormalText.form(of: seen.caseFolded)
    }
}

extension Unicode.Scalar {
    /// Whether it leaves no mark: joiners, directions, selectors and the like.
    package var isUnseen: Bool {
        !isASCII
            && (properties.isDefaultIgnorableCodePoint || properties.generalCategory == .format)
    }
}

extension Fingerprint {
    /// The fingerprint of what a name has in common with all that people take for it.
    ///
    /// Names are mostly ASCII, which is folded byte by byte: an import folds every name of the log.
    package init(likenessOf name: Span<UInt8>) {
        var folded: [UInt8] = []
        folded.reserveCapacity(name.count)
        var isBlankDue = false
        for index in name.indices {
            switch name[index] {
            case 0x80...:
                self.init(of: name.text.nameLikeness.utf8Span.span)
                return
            case 0x09...0x0D, 0x20: isBlankDue = !folded.isEmpty
            case let byte:
                if isBlankDue { folded.append(0x20) }
                isBlankDue = false
                folded.append(0x41...0x5A ~= byte ? byte | 0x20 : byte)
            }
        }
        self.init(of: folded.span)
    }
}
