import Auditing
import EventModel
import Querying
import Testing

/// Method: bounds that scipy 1.17.1 computed (`scipy.stats.beta.ppf(c, k + 1, n - k)`), to nine decimals; sizes
/// that auditors' tables give for no error expected; and each size one below is not enough.
@Suite("Bounds of errors")
struct ErrorBoundTests {
    private static let published: [(errors: Int, tested: Int, confidence: String, bound: String)] =
        [
            (0, 59, "95", "0.049507610"),
            (0, 1, "95", "0.950000000"),
            (1, 1, "95", "1.000000000"),
            (0, 1, "50", "0.500000000"),
            (1, 2, "99.9", "0.999499875"),
            (3, 60, "90", "0.107965237"),
            (5, 60, "95", "0.167263076"),
            (59, 60, "95", "0.999145477"),
            (60, 60, "95", "1.000000000"),
            (0, 299, "95", "0.009969147"),
            (0, 459, "99", "0.009982887"),
            (12, 10000, "95", "0.001943533"),
            (0, 10000, "99", "0.000460411"),
            (9999, 10000, "95", "0.999994871"),
            (1, 1000, "97.5", "0.005558924"),
            (250, 1000, "80", "0.262229175"),
            (4, 5, "99.99", "0.999979999"),
            (2159, 2500, "90", "0.872382979"),
            (16, 40, "95", "0.542216692"),
            (37, 500, "99.99", "0.126901735"),
            (38, 93, "97.5", "0.515448408"),
            (446, 500, "97.5", "0.917819608"),
            (15, 93, "95", "0.237439453"),
            (10, 25, "95", "0.583161963"),
            (1066, 2500, "95", "0.442927096"),
            (2114, 2500, "90", "0.854857843"),
            (17, 25, "99.99", "0.937124693"),
            (140, 500, "90", "0.307356791"),
            (5, 5, "80", "1.000000000"),
            (4, 5, "95", "0.989793782"),
            (0, 5, "95", "0.450719728"),
            (12, 25, "97.5", "0.686942956"),
            (112, 150, "99", "0.825054896"),
            (5, 5, "99.99", "1.000000000"),
            (4, 5, "99", "0.997991952"),
            (324, 500, "95", "0.683412383"),
            (3, 25, "99.99", "0.493587605"),
            (1993, 2500, "99", "0.815623858"),
            (99, 500, "95", "0.229614969"),
            (79, 93, "90", "0.896129839"),
        ]

    private func share(_ text: String) throws -> ErrorShare {
        try #require(ErrorShare(text, isPercent: true))
    }

    @Test("A bound is that of Clopper and Pearson, to nine decimals", arguments: published)
    func bounds(errors: Int, tested: Int, confidence: String, bound: String) throws {
        let found = ErrorBound.upper(
            errors: errors, tested: tested, confidence: try share(confidence))
        let rounded = try #require(found.fraction.rounded(places: 9))
        #expect(rounded.text() == bound, "\(errors) of \(tested) at \(confidence)")
    }

    @Test("A planned size is enough, and one less is not")
    func sizes() throws {
        // AICPA, Audit Sampling, table of sample sizes for tests of controls.
        let tables: [(String, String, Int, Int)] = [
            ("95", "5", 0, 59), ("95", "5", 1, 93), ("95", "10", 0, 29), ("95", "3", 0, 99),
            ("90", "5", 0, 45), ("90", "10", 0, 22), ("99", "1", 0, 459), ("95", "2", 0, 149),
        ]
        for (confidence, tolerable, expected, size) in tables {
            let (confidence, tolerable) = (try share(confidence), try share(tolerable))
            #expect(
                ErrorBound.size(
                    confidence: confidence, tolerable: tolerable, expected: expected) == size)
            for (tested, holds) in [(size, true), (size - 1, false)] {
                let bound = ErrorBound.upper(
                    errors: expected, tested: tested, confidence: confidence)
                #expect((bound <= tolerable) == holds, "\(tested)")
            }
        }
        #expect(
            ErrorBound.size(confidence: try share("95"), tolerable: ErrorShare(parts: 1)) == nil)
    }

    @Test("A share is read to its last decimal, and what is none is refused")
    func shares() {
        #expect(ErrorShare("97.5", isPercent: true)?.text == "0.975")
        #expect(ErrorShare("0.95", isPercent: false)?.text == "0.95")
        #expect(ErrorShare("100", isPercent: true)?.text == "1")
        #expect(ErrorShare(".5", isPercent: false)?.text == "0.5")
        for text in ["", ".", "-1", "1e2", "101", "5,5", "1.2.3", "99.99999999999999", " 5"] {
            #expect(ErrorShare(text, isPercent: true) == nil, "\(text)")
        }
    }
}
