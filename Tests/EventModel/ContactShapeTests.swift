import Testing

@testable import EventModel

/// Method: texts by hand, with what they look like.
@Suite("What looks like a phone number or an address")
struct ContactShapeTests {
    @Test(
        "Numbers in every spelling, and addresses",
        arguments: [
            "081234567890", "0812-3456-7890", "0812 3456 7890", "+62 812-3456-7890",
            "6281234567890",
            "wa:0812.3456.7890", "+1 (415) 555-0100", "x/0812/3456/7890", "ticket-+6281234567890",
            "budi@example.com", "from budi.santoso@mail.example.co.id today",
        ])
    func contacts(text: String) {
        #expect(ContactShape.find(text.utf8Span.span, 0..<text.utf8.count) != nil)
    }

    @Test(
        "Numbers of tickets, days and times are none",
        arguments: [
            "ticket/20931", "20250714-0001", "2025-07-14 08:00:00", "08-12-2025 10:30", "T-08123",
            "order 0812", "0812a34567890", "budi@desk", "@example.com", "1234567890123456", "",
            "helpdesk.example", "31/08/2025 0000001", "0081234567890",
        ])
    func others(text: String) {
        #expect(ContactShape.find(text.utf8Span.span, 0..<text.utf8.count) == nil)
    }

    @Test("The quick look counts as bytes one by one do, in texts of every length")
    func quickLook() {
        var random = SystemRandomNumberGenerator()
        let alphabet = Array("0123456789/:@?+,*z".utf8) + [0, 0x2F, 0x3A, 0xB0, 0xC0, 0xFF]
        for count in 0..<40 {
            for _ in 0..<50 {
                // An address in one text of four only: else each would have one.
                let mayHaveSign = Int.random(in: 0..<4, using: &random) == 0
                let text = (0..<count).map { _ in alphabet.randomElement(using: &random)! }
                    .map { $0 == 0x40 && !mayHaveSign ? 0x41 : $0 }
                let digits = text.count { $0 >= 0x30 && $0 <= 0x39 }
                let least = text.contains(0x2B) ? 8 : 10
                #expect(
                    ContactShape.mayBe(in: text.span) == (digits >= least || text.contains(0x40)),
                    "\(text)")
            }
        }
    }
}
