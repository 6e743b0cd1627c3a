import Definitions
import EventModel
import Testing

/// The catalogue with random damage: read or refused with places inside the file, never a crash.
/// A seed in a failure repeats it.
@Suite struct MutationTests {
    private struct Randomness: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            // SplitMix64: Steele, Lea, Flood, Fast Splittable Pseudorandom Number Generators (2014).
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
    }

    private static let pieces = [
        "{", "}", "[", "]", ":", ": ", ",", "'", "\"", "\n", "\n  ", "- ", "fact", "latest ", "any",
        "é",
        "\t", "*", "&a ", "!", "#", "|", ">", "%", "---\n", "(", ")", ".", "9", "\u{0}", "\u{2028}",
    ]

    private func damaged(_ text: String, _ random: inout Randomness) -> String {
        var scalars = Array(text.unicodeScalars)
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let place = Int.random(in: 0..<scalars.count, using: &random)
            let length = min(Int.random(in: 1...12, using: &random), scalars.count - place)
            let piece = Self.pieces.randomElement(using: &random) ?? ""
            switch Int.random(in: 0..<4, using: &random) {
            case 0: scalars.removeSubrange(place..<place + length)
            case 1: scalars.insert(contentsOf: piece.unicodeScalars, at: place)
            case 2:
                let copy = scalars[place..<place + length]
                let other = Int.random(in: 0...scalars.count, using: &random)
                scalars.insert(contentsOf: Array(copy), at: other)
            default: scalars.swapAt(place, Int.random(in: 0..<scalars.count, using: &random))
            }
            if scalars.isEmpty { scalars = ["x"] }
        }
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }

    @Test(arguments: 0..<40)
    func `Damaged definitions are read or refused with places inside the file`(_ seed: Int) throws {
        var random = Randomness(state: UInt64(seed))
        let library = try CatalogueTests.library()
        let reader = library.reader()
        for _ in 0..<25 {
            let file = try #require(CatalogueTests.files.randomElement(using: &random))
            let document = try #require(
                SourceDocument.split(file.text, file: file.path).randomElement(using: &random))
            let text = damaged(document.text, &random)
            let lines = text.utf8.count { $0 == 10 } + 1
            do throws(DefinitionFaults) {
                let read = try reader.read(text, file: "damaged.yaml")
                for definition in read { #expect(!definition.explanation(in: .indonesian).isEmpty) }
            } catch {
                for fault in error.faults {
                    #expect(
                        (1...lines).contains(fault.line) && fault.column >= 1
                            && !fault.what.isEmpty,
                        "seed \(seed): \(fault) in\n\(text)")
                }
            }
        }
    }
}
