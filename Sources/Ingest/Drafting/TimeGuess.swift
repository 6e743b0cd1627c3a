/// In which formats the texts of a column are times.
struct TimeGuess: Hashable, Sendable {
    /// The formats that read all of it, each for itself: where there are several, they differ in what
    /// they read, and somebody has to say which one is meant.
    var formats: [String]
    /// Whether no format reads all of it, and each text is of one of `formats`.
    var isTogether = false
    /// Whether they state offsets.
    var hasOffset = false
    /// Whether they are days alone.
    var isDay = false
    /// Whether they are times of day alone.
    var isTimeOfDay = false

    private static let dates = [
        "yyyy/M/d", "d/M/yyyy", "M/d/yyyy", "d-M-yyyy", "M-d-yyyy", "d.M.yyyy", "d/M/yy", "M/d/yy",
        "d-M-yy", "M-d-yy", "d.M.yy", "yyyy.M.d", "d MMM yyyy", "d-MMM-yyyy", "d-MMM-yy",
        "d/MMM/yy",
        "MMM d, yyyy", "EEE, d MMM yyyy", "d MMM yy", "yyyy-M-d",
    ]
    private static let clocks = [
        "", "H:mm", "H:mm:ss", "H:mm:ss.S", "h:mm a", "h:mm:ss a", "H.mm", "H.mm.ss",
    ]
    private static let offsets = ["", " X", "X"]

    private static let all: [TimeFormat] = {
        var formats = [TimeFormat.iso]
        for date in dates {
            for clock in clocks {
                for between in clock.isEmpty ? [""] : [" ", "'T'", ", ", " 'pukul' "] {
                    for offset in clock.isEmpty ? [""] : offsets {
                        guard let format = try? TimeFormat(date + between + clock + offset) else {
                            continue
                        }
                        formats.append(format)
                    }
                }
            }
        }
        return formats
    }()

    /// Nil where the texts are no times.
    ///
    /// - Parameter isTimely: whether the column's name speaks of time, without which a number is none.
    init?(_ texts: [String], isTimely: Bool) {
        guard let first = texts.first else { return nil }
        if let counted = TimeGuess.counted(texts, isTimely) {
            formats = [counted]
            hasOffset = counted.hasPrefix("epoch")
            return
        }
        guard first.utf8.count <= 60, first.contains(where: \.isNumber) else { return nil }
        if TimeGuess.isTimeOfDay(texts), isTimely {
            formats = []
            isTimeOfDay = true
            return
        }
        var fitting = TimeGuess.all.filter { $0.read(first) != nil }
        for text in texts where !fitting.isEmpty {
            fitting.removeAll { $0.read(text) == nil }
        }
        // Of formats that read the same, the first.
        var found: [[TimeFormat.Reading?]] = []
        var kept: [TimeFormat] = []
        for format in fitting {
            let readings = texts.map { format.read($0) }
            if found.contains(readings) { continue }
            found.append(readings)
            kept.append(format)
        }
        if fitting.isEmpty, let together = TimeGuess.together(texts) {
            formats = together.map(\.text)
            isTogether = true
            hasOffset = texts.allSatisfy { text in
                together.lazy.compactMap { $0.read(text) }.first?.offsetMilliseconds != nil
            }
            return
        }
        guard let reading = found.first?.first ?? nil else { return nil }
        formats = kept.map(\.text)
        isDay = reading.isDay
        hasOffset = found[0].allSatisfy { $0?.offsetMilliseconds != nil }
    }

    /// A few formats that read all texts between them, the one that reads most before the others; nil where
    /// there are none.
    private static func together(_ texts: [String]) -> [TimeFormat]? {
        var rest = texts
        var found: [TimeFormat] = []
        while !rest.isEmpty, found.count < 3 {
            // What begins otherwise than any format needs no further look.
            guard let first = rest.first, first.utf8.count <= 60,
                first.contains(where: \.isNumber)
            else { return nil }
            let candidates = all.filter { $0.read(first) != nil }
            let counts = candidates.map { format in rest.count { format.read($0) != nil } }
            guard let most = counts.max(), let place = counts.firstIndex(of: most) else {
                return nil
            }
            let format = candidates[place]
            found.append(format)
            rest.removeAll { format.read($0) != nil }
        }
        return rest.isEmpty ? found : nil
    }

    private static func counted(_ texts: [String], _ isTimely: Bool) -> String? {
        guard isTimely else { return nil }
        func all(_ digits: ClosedRange<Int>, _ fraction: Bool) -> Bool {
            texts.allSatisfy { text in
                let parts = text.split(separator: ".", omittingEmptySubsequences: false)
                return parts.count <= (fraction ? 2 : 1) && digits.contains(parts[0].count)
                    && parts.allSatisfy {
                        !$0.isEmpty && $0.allSatisfy { ("0"..."9").contains($0) }
                    }
            }
        }
        if all(10...10, true) { return "epoch-seconds" }
        if all(13...13, true) { return "epoch-milliseconds" }
        if all(5...5, true), texts.allSatisfy({ ("25"..."60").contains(String($0.prefix(2))) }) {
            return "serial"
        }
        return nil
    }

    private static func isTimeOfDay(_ texts: [String]) -> Bool {
        texts.allSatisfy { text in
            let parts = text.split(separator: ":", omittingEmptySubsequences: false)
            return (2...3).contains(parts.count) && (Int(parts[0]) ?? 99) < 25
                && parts.allSatisfy { $0.count <= 2 && Int($0) != nil }
                && parts.dropFirst().allSatisfy { $0.count == 2 && (Int($0) ?? 99) < 60 }
        }
    }
}
