/// What dimensions are called in rows that have parts of their own beside them.
///
/// A name stands once in a JSON object (RFC 8259, 4: else each reader takes what it likes) and in a
/// heading of CSV. A dimension that is called like one of the rows' own parts, such as `reason`, is
/// therefore written `dimension.reason`: in every row of figures, of explanations and of comparisons
/// alike, whether or not the part stands beside it this time, so that a reader finds it by one name.
package enum RowNames {
    /// The parts that these rows have, in any format.
    package static let own: Set<String> = [
        // Figures.
        "kpi", "period", "value", "reason", "unit", "currency", "numerator", "denominator", "count",
        "few", "target", "target_min", "target_max", "met", "status", "previous", "calendars",
        "previous_period", "previous_value", "previous_count",
        // Explanations.
        "store", "time_zone", "tzdata", "definitions", "figure", "formula", "adds_up", "terms",
        "facts", "not_listed", "groups", "groups_add_up", "projection", "case", "time", "value_of",
        "sequence", "support",
        // Scorecards.
        "scorecard", "rank", "total", "days", "of_days", "from", "to", "weight", "counted_weight",
        "attainment", "score", "serves", "long_term", "last_periods",
        // Comparisons of two versions of a projection.
        "old", "new", "cases", "examples",
    ]

    /// A dimension's name in a row; names have no point, so that no other dimension is called so.
    package static func dimension(_ name: String) -> String {
        own.contains(name) ? "dimension." + name : name
    }
}
