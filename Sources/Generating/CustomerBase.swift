/// Who the customers are: one bit each for being subscribed now, so that memory stays small.
///
/// Customers are numbered. The first ones subscribe, later numbers are people who only ask.
struct CustomerBase: Sendable {
    private var isActive: [UInt64] = []
    private(set) var subscribed = 0
    private let contacts: Int
    /// How many are imported in the first hour: the customers there were before.
    let imported: Int

    init(events: Int) {
        contacts = max(50, events / 20)
        imported = events / 120
    }

    /// Someone who gets in touch; a few do so often.
    mutating func someContact(_ random: inout Randomness) -> Int {
        let one = random.below(contacts)
        return random.chance(1, of: 3) ? min(one, random.below(contacts)) : one
    }

    /// The next new subscriber.
    mutating func subscribe() -> Int {
        let customer = subscribed
        subscribed += 1
        if customer / 64 == isActive.count { isActive.append(0) }
        isActive[customer / 64] |= 1 << UInt64(customer % 64)
        return customer
    }

    /// Someone who is subscribed, or was (`active` false); nil when a few tries find nobody.
    mutating func someSubscriber(active: Bool, _ random: inout Randomness) -> Int? {
        guard subscribed > 0 else { return nil }
        for _ in 0..<16 {
            let customer = random.below(subscribed)
            if isActive(customer) == active { return customer }
        }
        return nil
    }

    /// Whether someone who subscribed once is subscribed now.
    func isActive(_ customer: Int) -> Bool {
        isActive[customer / 64] >> UInt64(customer % 64) & 1 == 1
    }

    mutating func leave(_ customer: Int) {
        isActive[customer / 64] &= ~(1 << UInt64(customer % 64))
    }

    mutating func comeBack(_ customer: Int) {
        isActive[customer / 64] |= 1 << UInt64(customer % 64)
    }
}
