import Testing

@testable import Recording

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
}
