public import EventLog

extension CellLayout {
    /// A fact's dimensions as texts, then its measures as values or texts; nil where absent.
    ///
    /// - Complexity: O(values × log names).
    public func texts(of fact: Fact, in view: borrowing LogView) throws -> [String?] {
        var texts: [String?] = []
        for index in dimensions.indices {
            texts.append(try text(ofDimension: index, fact.row[1 + index], in: view))
        }
        for index in measures.indices {
            texts.append(
                try value(ofMeasure: index, fact).flatMap {
                    try text(ofMeasure: index, $0, in: view)
                })
        }
        return texts
    }

    /// A fact's value of a measure; nil where absent.
    public func value(ofMeasure index: Int, _ fact: Fact) -> Int64? {
        measure(index, fact.row.span, 0)
    }

    /// How often a fact counts: 1, or -1 where a stock's earlier flow is taken back.
    public func multiplicity(_ fact: Fact) -> Int64 { multiplicity(fact.row.span, 0) }
}
