import EventModel

/// One part of a fact that lasts: what of it lies on one day, or in one hour.
struct FactPart: BitwiseCopyable {
    /// Local day since 1970, and hour (0 where parts last a day).
    var day: Int64
    var hour: Int64
    /// Where it lies in time; both 0 where days are given.
    var start: Int64
    var end: Int64
    /// Its share of numbers, in proportion to those of the other parts.
    var weight: UInt64
    var isPart = true

    /// No part: the fact is whole.
    static let none = FactPart(day: 0, hour: 0, start: 0, end: 0, weight: 0, isPart: false)
}

extension CaseEvaluator {
    /// The most parts of one fact: 270 years of days, 11 of hours.
    private static let mostParts = 100_000

    /// Cuts the fact at hand into `parts`; false where it stays whole: a beginning or an end is
    /// missing, or the end comes first.
    mutating func cut(_ projection: ProjectionCode) -> Bool {
        let split = splits[Int(projection.split)]
        let from = Int(found[Int(split.from)])
        let to = Int(found[Int(split.to)])
        guard from >= 0, to >= 0 else { return false }
        parts.truncate(to: 0)
        if split.isDays {
            let first = fetch(split.fromField, at: from)
            let last = fetch(split.toField, at: to)
            guard first != .min, last != .min, first <= last else { return false }
            guard days.number(of: table[Int(found[0])].time) - first <= split.within else {
                return false
            }
            guard last - first < Int64(Self.mostParts) else { return failLength() }
            for day in first...last {
                parts.append(FactPart(day: day, hour: 0, start: 0, end: 0, weight: 1))
            }
            return true
        }
        let start = table[from].time
        let end = table[to].time
        guard start <= end else { return false }
        return cutTime(start, end, byHour: split.byHour)
    }

    private mutating func cutTime(_ start: Int64, _ end: Int64, byHour: Bool) -> Bool {
        var time = start
        repeat {
            let stretch = days.stretch(of: time, byHour: byHour)
            let until = min(end, stretch.end)
            let last = parts.count - 1
            if last >= 0, parts[last].day == stretch.day, parts[last].hour == stretch.hour {
                // The clock was changed within the day, or an hour came twice.
                parts[last].end = until
                parts[last].weight += UInt64(until - time)
            } else {
                guard parts.count < Self.mostParts else { return failLength() }
                parts.append(
                    FactPart(
                        day: stretch.day, hour: stretch.hour, start: time, end: until,
                        weight: UInt64(until - time)))
            }
            time = until
        } while time < end
        return true
    }

    private mutating func failLength() -> Bool {
        fail(
            at: table[Int(found[0])],
            "it would have more than \(Self.mostParts) parts; take it out with event.voided if its "
                + "days are wrong")
        return false
    }

    /// Writes the parts' keys and puts them among the facts.
    mutating func emitParts(_ projection: ProjectionCode, _ sign: Int64) {
        shares.truncate(to: 0)
        for place in projection.measures.indices {
            switch measures[place].kind {
            case .number, .count: share(measure(measures[place]))
            case .duration, .flag, .value: break
            }
        }
        for index in 0..<parts.count {
            part = parts[index]
            let day = UInt32(bitPattern: Int32(truncatingIfNeeded: part.day)) ^ 0x8000_0000
            writeDimensions(projection, day: day)
            var list = 0
            for place in projection.measures.indices {
                let code = measures[place]
                switch code.kind {
                case .duration: write(partDuration(Int(code.duration)))
                case .number, .count:
                    write(shares[list * parts.count + index])
                    list += 1
                case .flag, .value: write(measure(code))
                }
            }
            emit(projection, sign)
        }
        part = .none
    }

    /// Adds the parts' shares of a number to `shares`: by largest remainder, so that they add up to
    /// it; among equal remainders the earlier part has the unit. A negative number's shares are the
    /// negatives of the positive one's.
    private mutating func share(_ value: Int64) {
        let first = shares.count
        for _ in 0..<parts.count { shares.append(value == .min ? .min : 0) }
        guard value != .min else { return }
        var whole: UInt64 = 0
        for index in 0..<parts.count { whole += parts[index].weight }
        guard whole > 0 else {
            shares[first] = value
            return
        }
        let magnitude = value.magnitude
        var rest = magnitude
        var remainders: [(remainder: UInt64, index: Int)] = []
        var isEven = true
        for index in 0..<parts.count {
            let weight = parts[index].weight
            let (share, _) = whole.dividingFullWidth(
                magnitude.multipliedFullWidth(by: weight))
            shares[first + index] = Int64(share)
            rest -= share
            if weight != parts[0].weight { isEven = false }
        }
        guard rest > 0 else { return sign(from: first, value) }
        if isEven {
            for index in 0..<Int(rest) { shares[first + index] += 1 }
            return sign(from: first, value)
        }
        remainders.reserveCapacity(parts.count)
        for index in 0..<parts.count {
            let product = magnitude.multipliedFullWidth(by: parts[index].weight)
            remainders.append((whole.dividingFullWidth(product).remainder, index))
        }
        remainders.sort { ($1.remainder, $0.index) < ($0.remainder, $1.index) }
        for (_, index) in remainders.prefix(Int(rest)) { shares[first + index] += 1 }
        sign(from: first, value)
    }

    private mutating func sign(from first: Int, _ value: Int64) {
        guard value < 0 else { return }
        for index in first..<shares.count { shares[index] = -shares[index] }
    }
}
