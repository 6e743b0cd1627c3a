internal import EventModel

/// Writes the events of an invented but realistic support organisation, one CloudEvent a line:
/// an Indonesian internet provider with its teams, shifts, holidays, channels, tickets, calls,
/// surveys and customers. The same seed and options give the same bytes on every machine,
/// whatever the size of the chunks.
///
/// ```swift
/// var options = GeneratorOptions()
/// options.events = 1_000_000
/// var generator = try EventGenerator(seed: 7, options: options)
/// var chunk: [UInt8] = []
/// while generator.nextChunk(into: &chunk) {
///     output.write(chunk)
/// }
/// ```
///
/// It is a simulation in the order of time: a queue holds the next moment of every case alive, so
/// memory grows with the cases open at once (20 MiB at 100 million events a year), not with the
/// number of events. How many cases begin is steered hour by hour, so that the events asked
/// for fill the span.
///
/// - Complexity: O(log cases open) for an event.
public struct EventGenerator: Sendable {
    let options: GeneratorOptions
    let words = Vocabulary()
    var random: Randomness
    var line: LineBuffer
    var workforce: Workforce
    var customers: CustomerBase
    var pacer: Pacer

    var queue = PendingQueue()
    /// Cases alive, by slot; free slots are listed for reuse.
    var cases: [Case] = []
    var freeSlots: [Int32] = []
    var delayed = DelayedLines()

    /// Lines written so far, and events by kind of case (the numbers in their names).
    public private(set) var written = 0
    var tickets = 1_000_000
    var calls = 1_000_000
    var serial = 0
    var respondents = 0
    var longCasesLeft: Int

    /// The moment simulated now, in milliseconds since the start of the span; and the span's end.
    var now: Int64 = 0
    let end: Int64
    var isClosing = false
    /// Whether the last line stands where it belongs and only once: only such a line is ever
    /// voided, so that no void comes before what it voids, nor a repeat after it.
    var isLastLinePlain = false

    let latePerMillion: Int
    let duplicatesPerMillion: Int
    let shiftShare: Int

    /// A generator at its first line; throws where an option is out of its limits.
    public init(seed: UInt64, options: GeneratorOptions = GeneratorOptions())
        throws(GeneratorOptions.Fault)
    {
        try options.check()
        self.options = options
        random = Randomness(seed: seed)
        let curve = LoadCurve(from: options.from, days: options.dayCount)
        end = Int64(options.dayCount) * 86_400_000
        // Asia/Jakarta has kept UTC+07:00 since 1964.
        line = LineBuffer(epoch: Int64(options.from.number) * 86_400_000 - 7 * 3_600_000)
        workforce = Workforce(
            count: options.agentCount, from: options.from, curve: curve, words: words,
            random: &random)
        customers = CustomerBase(events: options.events)
        let present = workforce.agents.count { $0.joins == 0 }
        pacer = Pacer(
            events: options.events, upfront: customers.imported + present, curve: curve)
        longCasesLeft = min(options.longCases, options.events / 1000)
        latePerMillion = GeneratorOptions.perMillion(options.lateShare)
        // Of a share s of all lines, each line that is no repeat is repeated with s / (1 − s).
        duplicatesPerMillion = GeneratorOptions.perMillion(
            options.duplicateShare / (1 - options.duplicateShare))
        // Shifts are about eight lines each and may take a fifteenth of all.
        let shifts = max(1, options.agentCount * options.dayCount * 2 / 3 * 8)
        shiftShare = min(1000, options.events / 15 * 1000 / shifts)
    }

    /// Fills a buffer with the next whole lines, about `size` bytes of them; what it held before is
    /// dropped, its memory kept. False, with an empty buffer, when all events have been written.
    public mutating func nextChunk(into buffer: inout [UInt8], size: Int = 1 << 20) -> Bool {
        let size = max(1, size)
        line.begin(with: &buffer, size: size)
        while line.position < size, written < options.events { advance() }
        line.finish(into: &buffer)
        return !buffer.isEmpty
    }

    /// Simulates the next moment.
    private mutating func advance() {
        let delayedTime = delayed.nextTime
        if isClosing {
            if delayedTime != nil { releaseDelayed() } else { openTicket(followUpOf: nil) }
            return
        }
        let caseTime = queue.first.map(PendingQueue.time(of:)) ?? .max
        let arrivalTime = pacer.nextArrival
        let earliest = min(pacer.nextHour, delayedTime ?? .max, arrivalTime, caseTime)
        if earliest >= end {
            // What is still to happen lies behind the span: late lines come in, and the few events
            // that are missing happen in its last instant.
            isClosing = true
            now = end - 1
            return
        }
        now = earliest
        if pacer.nextHour == earliest {
            startHour()
        } else if delayedTime == earliest {
            releaseDelayed()
        } else if arrivalTime == earliest {
            arrive()
            pacer.scheduleArrival(after: now, random: &random)
        } else {
            step(PendingQueue.slot(of: queue.removeFirst()))
        }
    }

    private mutating func releaseDelayed() {
        line.startLine()
        line.put(bytes: delayed.removeFirst())
        written += 1
    }

    /// Ends the line begun last: it is written now, or comes late, or once more later.
    mutating func endLine() {
        line.put("}}\n")
        guard written < options.events else {
            line.dropLine()
            return
        }
        isLastLinePlain = true
        if !isClosing {
            if latePerMillion > 0, random.below(1_000_000) < latePerMillion {
                isLastLinePlain = false
                delayed.add(line.line, at: now + lateness())
                line.dropLine()
                return
            }
            if duplicatesPerMillion > 0, random.below(1_000_000) < duplicatesPerMillion {
                isLastLinePlain = false
                delayed.add(line.line, at: now + 1 + random.skewed(mean: 4 * 3_600_000))
            }
        }
        written += 1
    }

    private mutating func lateness() -> Int64 {
        switch random.below(10) {
        case 0..<5: 60_000 + random.exponential(mean: 2 * 3_600_000)
        case 5..<9: 3 * 3_600_000 + random.exponential(mean: 12 * 3_600_000)
        default: 86_400_000 + Int64(random.below(8 * 86_400)) * 1000
        }
    }

    /// Something new happens: a ticket, a call, a customer's doing, an ask for recommendation.
    private mutating func arrive() {
        switch random.below(1000) {
        case 0..<535: openTicket(followUpOf: nil)
        case 535..<690: queueCall()
        case 690..<865: customerActs()
        default: askForRecommendation()
        }
    }

    private mutating func startHour() {
        let hour = Int(now / 3_600_000)
        workforce.startHour(at: now)
        if hour == 0 { foundOrganisation() }
        if hour % 24 == 0 { startDay(hour / 24) }
        pacer.startHour(hour, settled: written + delayed.count, random: &random)
    }

    /// Takes a free slot for a case and schedules its first step.
    mutating func schedule(_ new: Case, at time: Int64) {
        let slot: Int
        if let free = freeSlots.popLast() {
            slot = Int(free)
            cases[slot] = new
        } else {
            slot = cases.count
            precondition(slot < PendingQueue.slotLimit, "more open cases than slots")
            cases.append(new)
        }
        queue.push(time: time, slot: slot)
    }

    /// Takes a case one step further and schedules the next, or frees its slot.
    private mutating func step(_ slot: Int) {
        var current = cases[slot]
        let next: Int64? =
            switch current.kind {
            case .ticket: stepTicket(&current)
            case .call: stepCall(&current)
            case .recommendation: answerRecommendation(&current)
            case .shift: stepShift(&current)
            case .import: importCustomers(&current)
            case .campaign: stepCampaign(&current)
            case .comeback: comeBack(&current)
            }
        if let next, next < end {
            cases[slot] = current
            queue.push(time: max(next, now), slot: slot)
        } else {
            freeSlots.append(Int32(slot))
        }
    }
}
