import Definitions
import EventModel

extension ScorecardEvaluation {
    /// The days of a period on which a scorecard holds for each of some subjects: from their first
    /// profile on, while the conditions on their own profile hold. Subjects that are not listed are in
    /// scope all the time.
    ///
    /// - Complexity: O(profile events).
    func daysInScope(_ subjects: [String], of period: Period) throws -> [String: [Range<Day>]] {
        guard !definition.isCompanyWide, !definition.scope.contains("."),
            let profiles = try context.profiles(definition.scope)
        else { return [:] }
        let upTo = (basis ?? context.basis).sequence
        var first: [String: Day] = [:]
        for field in profiles.fields {
            for (subject, changes) in try profiles.history(of: field, upTo: upTo) {
                guard let day = changes.first?.day else { continue }
                first[subject] = min(first[subject] ?? day, day)
            }
        }
        var days: [String: [Range<Day>]] = [:]
        for subject in subjects {
            guard let joined = first[subject] else { continue }
            let end = period.days.upperBound
            let from = min(max(joined, period.days.lowerBound), end)
            days[subject] = from < end ? [from..<end] : []
        }
        for (field, values) in ownConditions(profiles.fields) {
            let history = try profiles.history(of: field, upTo: upTo)
            for subject in subjects {
                let holding = (history[subject] ?? []).stretches(in: period.days) { value in
                    values.map { $0.contains(value) } ?? !value.isEmpty
                }
                days[subject] = Day.common(days[subject] ?? [period.days], holding)
            }
        }
        return days
    }

    /// Conditions on the subject's own profile: those of the definition, and those asked for.
    private func ownConditions(_ fields: [String]) -> [(field: String, values: [String]?)] {
        let prefix = definition.scope + "."
        return conditions.compactMap { condition in
            guard condition.dimension.hasPrefix(prefix) else { return nil }
            let field = String(condition.dimension.dropFirst(prefix.count))
            return fields.contains(field) ? (field, condition.values) : nil
        }
    }
}

extension [ProfileChange] {
    /// The stretches of days on which the value in force passes a test.
    func stretches(in days: Range<Day>, where passes: (String) -> Bool) -> [Range<Day>] {
        var found: [Range<Day>] = []
        for (place, change) in enumerated() where passes(change.value) {
            let end = place + 1 < count ? self[place + 1].day : days.upperBound
            let from = Swift.max(change.day, days.lowerBound)
            let to = Swift.min(end, days.upperBound)
            if from < to { found.append(from..<to) }
        }
        return Day.merged(found)
    }
}

extension Day {
    /// Stretches of days joined where they touch, in order.
    static func merged(_ stretches: [Range<Day>]) -> [Range<Day>] {
        var result: [Range<Day>] = []
        for stretch in stretches.sorted(by: { $0.lowerBound < $1.lowerBound })
        where !stretch.isEmpty {
            if let last = result.last, stretch.lowerBound <= last.upperBound {
                result[result.count - 1] =
                    last.lowerBound..<Swift.max(last.upperBound, stretch.upperBound)
            } else {
                result.append(stretch)
            }
        }
        return result
    }

    /// The days that lie in both of two lists.
    static func common(_ left: [Range<Day>], _ right: [Range<Day>]) -> [Range<Day>] {
        merged(
            left.flatMap { first in
                right.map { first.clamped(to: $0) }.filter { !$0.isEmpty }
            })
    }
}

extension Grain {
    /// How many of a grain's spans some days are: 16 days of July are 16/31 of a month.
    func share(of days: [Range<Day>]) throws -> Fraction {
        var share = Fraction(0)
        for stretch in days {
            var span = CalendarSpan(self, containing: stretch.lowerBound)
            while span.start < stretch.upperBound {
                let part = span.days.clamped(to: stretch)
                share = try share.adding(
                    Fraction(Int128(part.count), over: Int128(span.days.count))
                ).reduced
                span = span.advanced(by: 1)
            }
        }
        return share
    }
}
