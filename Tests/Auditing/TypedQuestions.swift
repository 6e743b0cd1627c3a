import EventModel
import Querying

extension QueryRequest {
    /// A question by texts, of which each period says by itself which days it means.
    init(
        kpis: [String], by: [String] = [], filters: [(dimension: String, value: String)] = [],
        present: [String] = [], period: String, grain: String? = nil, compare: String? = nil
    ) {
        func fixed(_ text: String) -> Period {
            do { return try Period(fixed: text) } catch { fatalError("\(text): \(error)") }
        }
        let period = fixed(period)
        self.init(
            kpis: kpis, by: by, filters: filters, present: present, period: period,
            grain: grain.flatMap { Grain(rawValue: $0) },
            comparison: compare == "previous" ? period.previous : compare.map(fixed))
    }
}
