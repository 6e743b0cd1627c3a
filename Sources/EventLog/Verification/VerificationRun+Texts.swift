import EventModel
import LMDB

/// The dictionaries and the runs of fingerprints.
extension VerificationRun {
    /// Finds every text under its fingerprint, once.
    func checkTexts() throws {
        try checkTexts(store.tables.cases, from: 0, to: state.caseCount)
        try checkTexts(store.tables.names, from: LogState.firstName, to: state.nameCount)
    }

    /// Texts looked up in one read transaction.
    private static let sliceTexts: UInt32 = 32_768

    private func checkTexts(_ tables: TextTables, from first: UInt32, to end: UInt32) throws {
        var start = first
        let sorter = RadixSort()
        while start < end {
            let range = start..<min(start + VerificationRun.sliceTexts, end)
            try store.read { view in
                sorter.reset(capacity: range.count)
                for id in range {
                    let fingerprint = try tables.withText(id, in: view.transaction) {
                        Fingerprint(of: $0).value
                    }
                    sorter.add(fingerprint, id)
                }
                sorter.sort()
                try check(sorter, tables, in: view)
            }
            start = range.upperBound
        }
    }

    private func check(
        _ sorter: RadixSort, _ tables: TextTables, in view: borrowing LogView
    ) throws {
        var isFound = [Bool](repeating: false, count: sorter.count)
        var others: [(id: UInt32, other: UInt32)] = []
        try tables.keys.probe(sorter.sortedKeys, in: view.transaction) { place, id in
            if id == sorter.value(place) {
                isFound[place] = true
            } else {
                others.append((sorter.value(place), id))
            }
        }
        if let place = isFound.firstIndex(of: false) {
            throw LogDifference(
                table: tables.keys.runs.name, key: String(sorter.value(place)),
                problem: "the text is not found under its fingerprint")
        }
        for (id, other) in others {
            let isSame =
                try tables.text(id, in: view.transaction)
                == tables.text(other, in: view.transaction)
            guard !isSame else {
                throw LogDifference(
                    table: tables.texts.table.name, key: String(id),
                    problem: "the text has another id too: \(other)")
            }
        }
    }

    /// Compares the numbers of records, so that nothing is there that no entry asks for.
    func checkCounts() throws {
        try store.read { view in
            // Only a log at rest can be counted.
            guard view.entryCount == state.entryCount else { return }
            let expected: [(KeyRuns, UInt32)] = [
                (view.tables.identities, state.entryCount),
                (view.tables.cases.keys, state.caseCount),
                (view.tables.names.keys, state.nameCount - LogState.firstName),
            ]
            for (keys, count) in expected {
                let status = try keys.runs.status(in: view.transaction)
                guard status.records == UInt64(count) else {
                    throw LogDifference(
                        table: "runs.manifests", key: keys.runs.name,
                        problem: "there are \(status.records) keys where \(count) belong")
                }
                try keys.runs._checkInvariants(in: view.transaction)
            }
            let pieces = Segmentation.pieces(ofCount: count).count
            let tail = count % BundleJob.perBundle
            let changes = try view.uncheckedDefinitions().changes.count
            let tables = [
                (view.tables.segments, pieces), (view.tables.tail, tail),
                (view.tables.definitions, changes), (view.tables.voids, Int(state.voidedCount)),
            ]
            for (table, rows) in tables {
                let stored = try view.transaction.count(of: table)
                guard stored == rows else {
                    throw LogDifference(
                        table: table.name, key: "",
                        problem: "there are \(stored) values where \(rows) belong")
                }
            }
        }
    }
}
