import EventModel

/// What may be sent to a terminal: text, line ends, and colours; nothing else that it would obey.
public enum TerminalText {
    /// Output with every control character made visible that is no line end and no part of a colour
    /// (`ESC [ digits m`). A safety net under `String.printable`, which all texts from input pass
    /// through on their way into tables: this sees JSON, CSV and recorded entries as well.
    ///
    /// - Complexity: O(length).
    public static func safe(_ bytes: [UInt8]) -> [UInt8] {
        // C1 control characters begin with C2, marks of direction with E2; most text has neither.
        let isPlain = bytes.allSatisfy { ($0 >= 0x20 && $0 < 0x7F) || $0 == 0x0A }
        if isPlain { return bytes }
        let scalars = Array(String(decoding: bytes, as: UTF8.self).unicodeScalars)
        var text = ""
        var place = 0
        while place < scalars.count {
            let scalar = scalars[place]
            let isEnd =
                scalar == "\n"
                || (scalar == "\r" && place + 1 < scalars.count && scalars[place + 1] == "\n")
            if isEnd {
                text.unicodeScalars.append(scalar)
            } else if scalar == "\u{1B}", let end = colourEnd(scalars, place) {
                text.unicodeScalars.append(contentsOf: scalars[place...end])
                place = end
            } else {
                text += String(Character(scalar)).harmless
            }
            place += 1
        }
        return Array(text.utf8)
    }

    /// The last place of a colour that begins here.
    private static func colourEnd(_ scalars: [Unicode.Scalar], _ start: Int) -> Int? {
        guard start + 1 < scalars.count, scalars[start + 1] == "[" else { return nil }
        var place = start + 2
        while place < scalars.count, place < start + 16 {
            if scalars[place] == "m" { return place }
            guard scalars[place] == ";" || ("0"..."9").contains(scalars[place]) else { return nil }
            place += 1
        }
        return nil
    }
}
