/// What is alive in the simulation and waits for its next step.
struct Case: Sendable {
    enum Kind: UInt8 {
        case ticket, call, recommendation, shift, `import`, campaign, comeback
    }

    /// Where a ticket or call stands: what its next step does.
    enum Phase: UInt8 {
        case acknowledge, assign, robot, reply, customer, remind, note, attributes, transfer
        case escalate, hold, resume, resolve, giveUp, reopen, survey, answer, close, merge, remove
        case annul, surveyAgain
        case aftermath
        case pickUp, hangUp, wrap
    }

    /// What has happened or is still to come.
    struct Marks: OptionSet, Sendable {
        let rawValue: UInt16
        static let isLive = Marks(rawValue: 1)
        static let pending = Marks(rawValue: 2)
        static let escalated = Marks(rawValue: 4)
        static let reopened = Marks(rawValue: 8)
        static let surveyed = Marks(rawValue: 16)
        static let hasTarget = Marks(rawValue: 32)
        static let closed = Marks(rawValue: 64)
        static let byRobot = Marks(rawValue: 128)
        // The opening stands where it belongs and only once; the call was handed on.
        static let isOpeningPlain = Marks(rawValue: 8192)
        static let transferred = Marks(rawValue: 16384)
        // Still to come when it is closed, in this order.
        static let answerLate = Marks(rawValue: 256)
        static let answerAgain = Marks(rawValue: 512)
        static let review = Marks(rawValue: 1024)
        static let money = Marks(rawValue: 2048)
        static let followUp = Marks(rawValue: 4096)
    }

    var kind: Kind
    var phase: Phase
    /// The number in its name; for a shift the agent, for a campaign its first respondent.
    var number: Int
    var customer = 0
    /// Lines so far, which number its events; and the one that may be voided next, if any.
    var ordinal = 0
    var voidable = 0
    /// Replies still to be given, or lines of a shift.
    var left = 0
    var opened: Int64 = 0
    var closes: Int64 = 0
    /// Milliseconds between messages of a long case; 0 for others.
    var pace: Int64 = 0
    var agent = Workforce.nobody
    var marks: Marks = []
    var team: UInt8 = 0
    var channel: UInt8 = 0
    var category: UInt8 = 0
    var subcategory: UInt8 = 0
    var priority: UInt8 = 1
    var reason: UInt8 = 0
    var about: UInt8 = 0
    var level: UInt8 = 1
    var product: UInt8 = 0
    var score: UInt8 = 0

    init(kind: Kind, phase: Phase, number: Int) {
        self.kind = kind
        self.phase = phase
        self.number = number
    }
}
