extension CellLayout {
    /// A fact's value of a measure; nil where absent.
    public func value(ofMeasure index: Int, _ fact: Fact) -> Int64? {
        measure(index, fact.row.span, 0)
    }

    /// How often a fact counts: 1, or -1 where a stock's earlier flow is taken back.
    public func multiplicity(_ fact: Fact) -> Int64 { multiplicity(fact.row.span, 0) }
}
