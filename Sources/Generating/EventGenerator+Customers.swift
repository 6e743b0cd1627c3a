private let hour: Int64 = 3_600_000

/// Customers who subscribe, leave, buy, and say whether they would recommend.
extension EventGenerator {
    /// The customers there were before come in from the old system in the first hour.
    mutating func importCustomers(_ current: inout Case) -> Int64? {
        guard current.left > 0 else { return nil }
        current.left -= 1
        writeSubscribed(customers.subscribe(), channel: "web")
        return now + max(0, current.pace)
    }

    mutating func customerActs() {
        switch random.below(100) {
        case 0..<24:
            writeSubscribed(
                customers.subscribe(),
                channel: words.channels[words.channelLottery.draw(&random)].name)
        case 24..<26:
            // A change of plan by somebody who stays.
            if let stayer = customers.someSubscriber(active: true, &random) {
                writeSubscribed(
                    stayer, channel: "in-app", plan: words.plans[random.below(words.plans.count)])
            }
        case 26..<28:
            if let back = customers.someSubscriber(active: false, &random) {
                customers.comeBack(back)
                writeSubscribed(back, channel: "in-app")
            }
        case 28..<46:
            if let leaver = customers.someSubscriber(active: true, &random) {
                customers.leave(leaver)
                beginCustomer("customer.churned", leaver)
                put(
                    "\"reason\":\"", words.churnReasons[random.below(words.churnReasons.count)])
                put(",\"plan\":\"", plan(of: leaver))
                put(",\"segment\":\"", segment(of: leaver))
                endLine()
                // Some think better of it, within days or weeks.
                if random.chance(1, of: 6) {
                    var new = Case(kind: .comeback, phase: .answer, number: serial)
                    new.customer = leaver
                    schedule(new, at: now + hour + random.exponential(mean: 9 * 24 * hour))
                }
            }
        default:
            // One in eight buys without a subscription.
            let buyer =
                random.chance(1, of: 8)
                ? customers.someContact(&random) : customers.someSubscriber(active: true, &random)
            if let buyer {
                beginCustomer("customer.purchased", buyer)
                line.put("\"amount\":")
                if random.chance(1, of: 30) {
                    line.put((1 + random.below(60)) * 795)
                    line.put(",\"currency\":\"SGD\"")
                } else {
                    line.put((1 + random.below(60)) * 1_500_000)
                    line.put(",\"currency\":\"IDR\"")
                }
                put(",\"product\":\"", words.products[random.below(words.products.count)])
                put(",\"channel\":\"", words.channels[words.channelLottery.draw(&random)].name)
                endLine()
            }
        }
    }

    private func plan(of customer: Int) -> String {
        words.plans[Int(SplitMix64.mixed(UInt64(customer)) % UInt64(words.plans.count))]
    }

    private func segment(of customer: Int) -> String {
        words.segments[
            Int((SplitMix64.mixed(UInt64(customer)) >> 32) % UInt64(words.segments.count))]
    }

    private mutating func beginCustomer(_ type: String, _ customer: Int) {
        begin(type, idPrefix: "PLG-", source: "/pelanggan")
        line.put("customer/P")
        line.put(customer, digits: 7)
        putTimeAndData()
    }

    /// Who left is back, unless they were won back meanwhile.
    mutating func comeBack(_ current: inout Case) -> Int64? {
        guard !customers.isActive(current.customer) else { return nil }
        customers.comeBack(current.customer)
        writeSubscribed(current.customer, channel: "phone")
        return nil
    }

    private mutating func writeSubscribed(
        _ customer: Int, channel: String, plan: String? = nil
    ) {
        beginCustomer("customer.subscribed", customer)
        put("\"plan\":\"", plan ?? self.plan(of: customer))
        put(",\"segment\":\"", segment(of: customer))
        put(",\"channel\":\"", channel)
        endLine()
    }

    /// Asks a customer whether they would recommend the company; one in three answers.
    mutating func askForRecommendation() {
        guard let customer = customers.someSubscriber(active: true, &random) else { return }
        var new = Case(kind: .recommendation, phase: .answer, number: serial + 1)
        new.customer = customer
        begin("survey.sent", idPrefix: "NPS-", source: "/survei")
        line.put("customer/P")
        line.put(customer, digits: 7)
        putTimeAndData()
        line.put("\"survey\":\"rekomendasi\",\"kind\":\"nps\",\"via\":\"survey\"")
        putCustomer(",\"customer\":\"", customer)
        line.put(",\"valid_days\":14")
        endLine()
        if random.chance(34, of: 100) {
            schedule(new, at: now + 60_000 + random.skewed(mean: 26 * 3_600_000))
        }
    }

    mutating func answerRecommendation(_ current: inout Case) -> Int64? {
        begin("survey.answered", idPrefix: "NPS-", source: "/survei")
        line.put("customer/P")
        line.put(current.customer, digits: 7)
        putTimeAndData()
        line.put("\"survey\":\"rekomendasi\",\"kind\":\"nps\",\"score\":")
        line.put(recommendation())
        line.put(",\"scale_minimum\":0,\"scale_maximum\":10,\"via\":\"survey\"")
        putCustomer(",\"customer\":\"", current.customer)
        if random.chance(1, of: 5) {
            put(",\"comment\":\"", words.comments[random.below(words.comments.count)])
        }
        endLine()
        // Some think better of it later.
        guard current.left == 0, random.chance(3, of: 100) else { return nil }
        current.left = 1
        return now + 3_600_000 + random.exponential(mean: 3 * 86_400_000)
    }

    /// Half promoters (9 and 10), a fifth detractors (0 to 6).
    mutating func recommendation() -> Int {
        switch random.below(100) {
        case 0..<48: 9 + random.below(2)
        case 48..<79: 7 + random.below(2)
        default: random.below(7)
        }
    }
}
