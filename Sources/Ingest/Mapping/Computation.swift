/// A number that is reckoned from others and from times: `({score} - 1) * 25`, `closed - opened`.
///
/// Exact, in fractions. Numbers of columns are read as `numbers` says; a time's name stands for its milliseconds,
/// so that the difference of two is a length of time.
struct Computation: Sendable {
    indirect enum Term: Sendable {
        case number(ExactFraction)
        case text(Template.Part)
        case time(Int)
        case result(Operation, Term, Term)
    }
    enum Operation: Character, Sendable {
        case plus = "+"
        case minus = "-"
        case times = "*"
        case by = "/"
    }
    /// As it was written.
    var text: String
    var term: Term
    /// Decimals that are kept, half away from nought; nil: all, of which there must be an end.
    var decimals: Int?

    /// What the texts and times that it is reckoned from are.
    var parts: (texts: [Template.Part], times: [Int]) {
        func collect(_ term: Term, _ found: inout (texts: [Template.Part], times: [Int])) {
            switch term {
            case .number: break
            case .text(let part): found.texts.append(part)
            case .time(let index): found.times.append(index)
            case .result(_, let left, let right):
                collect(left, &found)
                collect(right, &found)
            }
        }
        var found: (texts: [Template.Part], times: [Int]) = ([], [])
        collect(term, &found)
        return found
    }
}

/// Reads a computation.
struct ComputationParser {
    /// Why a text is none.
    struct Fault: Error {
        var problem: String
        var expected: String
    }

    private let text: [Character]
    private var place = 0
    private let times: [String]
    private let reference: (String) -> Template.Part

    /// - Parameters:
    ///   - times: the names of times that may be used.
    ///   - reference: what a name in braces stands for.
    init(_ text: String, times: [String], reference: @escaping (String) -> Template.Part) {
        self.text = Array(text)
        self.times = times
        self.reference = reference
    }

    mutating func read() throws(Fault) -> Computation.Term {
        let term = try sum()
        guard place == text.count else { throw fault("\"\(text[place])\" stands in it") }
        return term
    }

    private func fault(_ problem: String) -> Fault {
        Fault(
            problem: problem,
            expected: "numbers, {columns}, names of times, + - * / and parentheses"
                + (times.isEmpty ? "" : "; times above it are \(times.joined(separator: ", "))"))
    }

    private mutating func next() -> Character? {
        while place < text.count, text[place].isWhitespace { place += 1 }
        return place < text.count ? text[place] : nil
    }

    private mutating func sum() throws(Fault) -> Computation.Term {
        var term = try product()
        while let sign = next(), sign == "+" || sign == "-" {
            place += 1
            term = .result(Computation.Operation(rawValue: sign)!, term, try product())
        }
        return term
    }

    private mutating func product() throws(Fault) -> Computation.Term {
        var term = try factor()
        while let sign = next(), sign == "*" || sign == "/" {
            place += 1
            term = .result(Computation.Operation(rawValue: sign)!, term, try factor())
        }
        return term
    }

    private mutating func factor() throws(Fault) -> Computation.Term {
        guard let first = next() else { throw fault("it ends where a number should stand") }
        switch first {
        case "(":
            place += 1
            let term = try sum()
            guard next() == ")" else { throw fault("a parenthesis is not closed") }
            place += 1
            return term
        case "-":
            place += 1
            return .result(.minus, .number(ExactFraction(0)), try factor())
        case "{":
            guard let end = text[place...].firstIndex(of: "}") else {
                throw fault("a brace is not closed")
            }
            let name = String(text[place + 1..<end])
            place = end + 1
            return .text(reference(name))
        case "0"..."9":
            let written = text[place...].prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
            guard let number = ExactFraction(String(written)) else {
                throw fault("\(String(written)) is no number")
            }
            place += written.count
            return .number(number)
        default:
            // The longest name first: one may begin with another.
            let found = times.filter { text[place...].starts(with: $0) }.max { $0.count < $1.count }
            guard let name = found, let index = times.firstIndex(of: name) else {
                let word = text[place...].prefix { !$0.isWhitespace && !"+-*/()".contains($0) }
                throw fault("there is no time \"\(String(word))\"")
            }
            place += name.count
            return .time(index)
        }
    }
}

/// A fraction of whole numbers of 128 bits, in lowest terms.
struct ExactFraction: Sendable, Hashable {
    private(set) var numerator: Int128
    private(set) var denominator: Int128

    init(_ number: Int128) {
        numerator = number
        denominator = 1
    }

    /// - Parameter written: digits, with a decimal point perhaps.
    init?(_ written: String) {
        let parts = written.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, parts.allSatisfy({ !$0.isEmpty }), written.count <= 30,
            let number = Int128(parts.joined())
        else { return nil }
        var scale: Int128 = 1
        for _ in 0..<(parts.count == 2 ? parts[1].count : 0) { scale *= 10 }
        self.init(number, over: scale)
    }

    /// - Returns: nil where it can't be kept, or the denominator is nought.
    private init?(_ numerator: Int128, over denominator: Int128) {
        guard denominator != 0, numerator != .min, denominator != .min else { return nil }
        var (a, b) = (numerator.magnitude, denominator.magnitude)
        while b != 0 { (a, b) = (b, a % b) }
        let divisor = Int128(max(a, 1))
        let sign: Int128 = denominator < 0 ? -1 : 1
        self.numerator = numerator / divisor * sign
        self.denominator = denominator / divisor * sign
    }

    /// A whole number divided by ten so many times.
    init?(_ number: Int64, decimals: Int) {
        var scale: Int128 = 1
        for _ in 0..<min(decimals, 20) { scale *= 10 }
        self.init(Int128(number), over: scale)
    }

    /// - Returns: nil where the result can't be kept, or it is divided by nought.
    func applying(_ operation: Computation.Operation, _ other: ExactFraction) -> ExactFraction? {
        switch operation {
        case .plus, .minus:
            let (left, a) = numerator.multipliedReportingOverflow(by: other.denominator)
            let (right, b) = other.numerator.multipliedReportingOverflow(by: denominator)
            let (below, c) = denominator.multipliedReportingOverflow(by: other.denominator)
            let (sum, d) =
                operation == .plus
                ? left.addingReportingOverflow(right) : left.subtractingReportingOverflow(right)
            return a || b || c || d ? nil : ExactFraction(sum, over: below)
        case .times, .by:
            let isTimes = operation == .times
            let (above, a) = numerator.multipliedReportingOverflow(
                by: isTimes ? other.numerator : other.denominator)
            let (below, b) = denominator.multipliedReportingOverflow(
                by: isTimes ? other.denominator : other.numerator)
            return a || b ? nil : ExactFraction(above, over: below)
        }
    }

    /// Written with a decimal sign.
    ///
    /// - Parameter decimals: how many are kept, half away from nought; nil for all.
    /// - Returns: nil where the decimals have no end within 18 places, or it is too long.
    func text(decimals: Int?, sign: UInt8) -> String? {
        var scaled = numerator
        var places = 0
        if let decimals {
            for _ in 0..<decimals {
                let (next, isTooLarge) = scaled.multipliedReportingOverflow(by: 10)
                guard !isTooLarge else { return nil }
                scaled = next
            }
            places = decimals
            let (quotient, rest) = scaled.magnitude.quotientAndRemainder(
                dividingBy: denominator.magnitude)
            let size = quotient + (rest >= denominator.magnitude - rest ? 1 : 0)
            scaled = numerator < 0 ? -Int128(size) : Int128(size)
        } else {
            while scaled % denominator != 0 {
                let (next, isTooLarge) = scaled.multipliedReportingOverflow(by: 10)
                guard !isTooLarge, places < 18 else { return nil }
                scaled = next
                places += 1
            }
            scaled /= denominator
        }
        var digits = String(scaled.magnitude)
        if places > 0 {
            digits = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
            let whole = digits.dropLast(places)
            digits = "\(whole)\(Character(Unicode.Scalar(sign)))\(digits.suffix(places))"
        }
        return (scaled < 0 ? "-" : "") + digits
    }
}
