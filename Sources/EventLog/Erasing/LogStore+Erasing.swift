package import EventModel
import LMDB
package import Vault

extension LogStore {
    /// The note in the vault that an erasure is under way.
    static let erasing = "erasing"

    /// The file beside the store that keeps its erasures.
    package var keptErasures: KeptErasures { KeptErasures(ofStore: path) }

    /// The file beside the store that keeps its holds.
    package var keptHolds: KeptHolds { KeptHolds(ofStore: path) }

    /// What tells a backup's folder from a store's.
    package static let backupManifest = "backup.json"

    /// What a backup in which was erased keeps beside its data.
    package static let backedUpErasures = "erasures.jsonl"

    /// The erasures kept outside the log: beside the store's folder, and, in a backup in which was
    /// erased, in it. Lines of other logs are left out.
    package func erasuresOutside() throws -> [Erasure] {
        let inside = KeptErasures(path: path + "/" + LogStore.backedUpErasures)
        return try keptErasures.read(identity: identity).own
            + inside.read(identity: identity).own
    }

    /// How many erasures the log tells that the file beside the store lacks, and the next erasure adds.
    package func erasuresOutsideLacking() throws -> Int {
        let told = try read { try $0.erasures() }
        guard !told.isEmpty else { return 0 }
        let kept = try keptErasures.read(identity: identity).own
            .reduce(into: Set<Token>()) { $0.formUnion($1.tokens) }
        return told.count { !$0.tokens.isSubset(of: kept) }
    }

    /// Does something that takes several write transactions while nobody else writes.
    package func keepingOthersOut<Result>(_ body: () throws -> Result) throws -> Result {
        guard !isReadOnly else { throw StoreFault.readOnly(path: path) }
        return try environment.keepingOthersOut(waitAtMost: patience, body)
    }

    /// Erases for good what `plan` names.
    ///
    /// Nobody writes from the plan to the end. First a note in the vault says what is under way, then
    /// the log tells it, in one transaction; from there on it is done, whatever happens: another file
    /// takes the vault's place, the file beside the store gets its line, and the note goes. A crash in
    /// between is finished by the next opening for writing.
    ///
    /// - Parameter plan: says what goes, as the log is now; nil or an empty one ends it here.
    /// - Returns: what was erased; nil where there was nothing to erase.
    /// - Throws: `VaultFault.missing` where there is no vault; what `plan` throws; a `Rejection` where
    ///   the reason does not fit its schema; `StoreFault.erasureLeft` where it is told and could not be
    ///   finished.
    @discardableResult
    package func erase(
        at now: Instant, _ plan: (borrowing LogView) throws -> Erasure?
    ) throws -> Erasure? {
        try keepingOthersOut {
            try finishErasure()
            guard vault.isThere else { throw VaultFault.missing(path: path) }
            // A list that can't be added to is told before anything is recorded.
            _ = try keptErasures.read(identity: identity)
            try dropUnrecorded()
            guard let erasure = try read({ try plan($0) }), !erasure.isEmpty else { return nil }
            try vault.note(LogStore.erasing, erasure.json.canonical ?? [])
            do {
                try appendOwn(erasure.drafts(origin: origin), recorded: now)
            } catch {
                try? vault.note(LogStore.erasing, nil)
                throw error
            }
            try finish(erasure)
            return erasure
        }
    }

    /// Finishes what a crash left of an erasure: where the log tells it, it is done to its end;
    /// where not, it never was.
    ///
    /// - Returns: what was finished; nil where nothing was left.
    @discardableResult
    package func finishErasure() throws -> Erasure? {
        guard vault.isThere, try erasureUnderWay() != nil else { return nil }
        return try keepingOthersOutAlready {
            // Another process may have been at it until now.
            guard let erasure = try erasureUnderWay() else { return nil }
            guard try read({ try $0.tells(erasure) }) else {
                try vault.note(LogStore.erasing, nil)
                return nil
            }
            try finish(erasure)
            return erasure
        }
    }

    /// Finishes what a crash left; a vault that cannot be used keeps nobody from reading the log, and
    /// an erasure that cannot be finished from nothing but recording: see `refuseWhileErasing`.
    func finishErasureWhereSound() throws {
        do {
            try finishErasure()
        } catch StoreFault.erasureLeft {
        } catch is VaultFault {
        } catch let error as LMDBError where error.kind != .busy {
        }
    }

    /// Refuses to record while an erasure that the log tells is not finished: what names the person
    /// would go on under the erased token.
    func refuseWhileErasing(_ transaction: borrowing WriteTransaction) throws {
        guard let erasure = (try? erasureUnderWay()) ?? nil else { return }
        let view = try LogView(store: self, transaction: TransactionReference(transaction.state))
        guard try view.tells(erasure) else { return }
        throw StoreFault.erasureLeft(
            path: path, reason: "another process began it, or the disk is full or failing")
    }

    /// Whether the vault has a note of an erasure under way; one that cannot be looked at has none.
    var hasErasureLeft: Bool { (try? erasureUnderWay()) ?? nil != nil }

    /// Shows readers nothing of an erasure that the log tells and that is not finished.
    func hideErasureLeft() {
        guard let erasure = try? erasureUnderWay(),
            (try? read { try $0.tells(erasure) }) ?? false
        else { return }
        vault.hide(erasure.tokens)
    }

    /// Shows readers nothing of what was erased and may be there again, since an older vault was put
    /// back.
    func hideReturned() {
        guard (try? vaultMismatch()) == .older, let erasures = try? knownErasures() else { return }
        vault.hide(erasures.reduce(into: []) { $0.formUnion($1.tokens) })
    }

    /// As `keepingOthersOut`, also for a thread that does so already.
    private func keepingOthersOutAlready<Result>(_ body: () throws -> Result) throws -> Result {
        try environment.isKeepingOthersOut ? body() : keepingOthersOut(body)
    }

    /// What a note in the vault says is being erased; nil where nothing is.
    package func erasureUnderWay() throws -> Erasure? {
        guard let bytes = try vault.beginRead()?.note(LogStore.erasing) else { return nil }
        let json = try? JSONValue(parsing: String(decoding: bytes, as: UTF8.self))
        guard let erasure = json.flatMap({ Erasure($0) }) else {
            throw VaultFault.damaged(path: path, reason: "its note of an erasure cannot be read")
        }
        return erasure
    }

    /// Does what `erase` does until the log tells it, then stops: for tests of what a crash leaves.
    package func eraseAndFail(_ erasure: Erasure, at now: Instant) throws {
        try vault.note(LogStore.erasing, erasure.json.canonical ?? [])
        try appendOwn(erasure.drafts(origin: origin), recorded: now)
    }

    private func finish(_ erasure: Erasure) throws {
        // What is hidden would be taken for gone.
        vault.hide([])
        var isFinished = false
        defer { if !isFinished { vault.hide(erasure.tokens) } }
        do {
            try takeOut([erasure], try read { try $0.tokens() })
            try vault.removeLeftovers()
            // With what a list lacks that was lost or cut.
            try keptErasures.add(read { try $0.erasures() }, identity: identity)
            try vault.note(LogStore.erasing, nil)
            isFinished = true
        } catch let error as LMDBError {
            throw StoreFault.erasureLeft(path: path, reason: error.cause)
        } catch StoreFault.file(let file, let action, let reason) {
            throw StoreFault.erasureLeft(
                path: path, reason: "cannot \(action) \(file): \(reason)")
        } catch StoreFault.foreignLine(let file, let line) {
            throw StoreFault.erasureLeft(
                path: path, reason: "line \(line) of \(file) is none that rekam leaves there")
        }
    }

    /// Takes the rows of erasures out. The log goes on with the vault without them, so that one from
    /// before is known for older; one that is older stays so.
    @discardableResult
    private func takeOut(_ erasures: [Erasure], _ tokens: LogTokens) throws -> Int {
        let isOwn = try vaultMismatch() == nil
        let rows = try vault.apply(erasures, of: tokens)
        if isOwn { try takeVault() }
        return rows
    }

    /// How many rows the vault holds beyond those of the log, which an append left that never was, or one
    /// that is under way elsewhere; 0 where it may have left pages alone, nil where nothing tells of one.
    package func unrecorded() throws -> Int? {
        try unrecorded(beside: read { $0.state })
    }

    func unrecorded(beside state: LogState) throws -> Int? {
        guard vault.isThere, !vault.isRefused, let reader = try vault.beginRead() else {
            return nil
        }
        let more = Int(try reader.stand.rows) - Int(state.vault.rows)
        return more > 0 ? more : vault.isAppending ? 0 : nil
    }

    /// Takes out what no entry refers to, since the append that put it in never was: nobody could find it
    /// by an entry and erase it. Nothing of it is left in the file.
    ///
    /// Who holds the writer's lock alone may judge: nobody is appending then, so that the log's state is
    /// all that was ever recorded. A vault that is not the log's is left alone. A crash in between leaves
    /// what told of it, and it is done again.
    ///
    /// - Complexity: O(names + rows), a SHA-256 for each name.
    package func dropUnrecorded() throws {
        try keepingOthersOutAlready {
            guard vault.isThere, try vaultMismatch() == nil else { return }
            let hasPages = vault.isAppending
            try vault.takeOutUnrecorded(of: read { try $0.tokens() }, always: hasPages)
            try takeVault()
            if hasPages { try vault.endAppending() }
        }
    }

    /// The same at an opening, where something tells that there is anything and nobody else writes:
    /// whoever does looks first itself.
    func dropUnrecordedWhereFree() throws {
        do {
            guard try unrecorded() != nil else { return }
            try environment.keepingOthersOut(waitAtMost: .zero) {
                if try unrecorded() != nil { try dropUnrecorded() }
            }
        } catch is VaultFault {
        } catch is LMDBError {
        }
    }

    /// Takes out what was erased and is there again, since an older vault was put back; records in the
    /// log what only the file beside the store tells, as far as this log has it. Done again it finds
    /// nothing to do.
    ///
    /// - Parameter takesVault: whether the log goes on with the vault as it is, though it is older.
    /// - Returns: rows that were there again, and how many erasures the log did not tell.
    package func eraseAgain(
        at now: Instant, takesVault: Bool = false
    ) throws -> (rows: Int, recorded: Int) {
        try keepingOthersOut {
            if takesVault, try vaultMismatch() == .older { try takeVault() }
            try finishErasure()
            try dropUnrecorded()
            let kept = try erasuresOutside()
            let (told, untold, tokens) = try read { view in
                let told = try view.erasures()
                let tokens = try view.tokens()
                return (told, try view.untold(kept, told: told, tokens), tokens)
            }
            for erasure in untold {
                try appendTold(erasure.drafts(origin: origin), recorded: now)
            }
            let rows = vault.isThere ? try takeOut(told + kept, tokens) : 0
            try keptErasures.add(told + kept, identity: identity)
            return (rows, untold.count)
        }
    }
}

extension LogStore {
    /// Takes erasures out of the vault of a copy of a store, of which nothing else is changed; those
    /// that the copy's own log tells as well.
    ///
    /// - Returns: rows that were there.
    /// - Throws: what the copy's log and vault have to say.
    @discardableResult
    package static func eraseAgain(
        inCopyAt folder: String, _ erasures: [Erasure] = []
    ) throws -> Int {
        let (origin, told, tokens) = try contents(ofCopyAt: folder, erasures)
        let vault = PersonalVault(folder: folder, origin: origin, readOnly: false)
        guard vault.isThere else { return 0 }
        defer { vault.close() }
        return try vault.applyInCopy(told + erasures, of: tokens)
    }

    /// Takes what this store's log and the file beside it tell as erased out of its vault, before
    /// anybody uses the store.
    package func eraseAgainUnrecorded(_ erasures: [Erasure]) throws {
        guard vault.isThere else { return }
        let (told, tokens) = try read { view in
            let told = try view.erasures()
            let isNobody = told.isEmpty && erasures.isEmpty
            return (told, isNobody ? LogTokens() : try view.tokens())
        }
        try vault.applyInCopy(told + erasures, of: tokens)
    }

    private static func contents(
        ofCopyAt folder: String, _ erasures: [Erasure]
    ) throws -> (origin: String, told: [Erasure], tokens: LogTokens) {
        let copy = try LogStore.open(copyAt: folder)
        return try copy.read { view in
            let told = try view.erasures()
            // Where nobody was erased, nobody is looked for.
            let isNobody = told.isEmpty && erasures.isEmpty
            return (copy.origin, told, isNobody ? LogTokens() : try view.tokens())
        }
    }

    /// All erasures of the store that are known: those that its log tells, then those that only the
    /// file beside it does.
    package func knownErasures() throws -> [Erasure] {
        let told = try read { try $0.erasures() }
        let known = told.reduce(into: Set<Token>()) { $0.formUnion($1.tokens) }
        return try told + erasuresOutside().filter { !$0.tokens.isSubset(of: known) }
    }

    /// Whether there is a vault.
    package var hasVault: Bool { vault.isThere }

    /// Whether this process can explain tokens: there is a vault, and this user may read it.
    package var canExplainTokens: Bool { vault.isThere && !vault.isRefused }

    /// Tells the vault's present file from one that took its place.
    package var vaultGeneration: UInt64 { vault.generation }
}

extension LogView {
    /// The erasures that the log tells, oldest first, with the tokens of their texts as the entries
    /// have them.
    ///
    /// - Complexity: O(erasures + entries whose texts were erased).
    package func erasures() throws -> [Erasure] {
        var found: [String: Erasure] = [:]
        var order: [String] = []
        try forEachErasure { entry, names, texts, reason, by in
            let id = entry.id.split(separator: "/").dropLast().joined(separator: "/")
            var all = Set(names)
            var tokens: [UInt32: [Token]] = found[id]?.texts ?? [:]
            for range in texts {
                for sequence in range {
                    let found = try textTokens(ofEntry: sequence).map(\.token)
                    if !found.isEmpty { tokens[sequence] = found }
                }
            }
            if let earlier = found[id] { all.formUnion(earlier.names) } else { order.append(id) }
            found[id] = Erasure(
                names: all, texts: tokens, reason: reason, by: by, time: entry.time)
        }
        return order.compactMap { found[$0] }
    }

    /// How many names entries from one on tell as erased; nil where none tells of an erasure.
    ///
    /// - Complexity: O(erasures).
    package func erasedNames(from first: UInt32) throws -> Int? {
        var count: Int?
        try forEachErasure { entry, names, _, _, _ in
            if entry.sequence >= first { count = (count ?? 0) + names.count }
        }
        return count
    }

    /// Of erasures that others tell, what this log has and does not tell itself, under its own
    /// sequences.
    ///
    /// Tokens are random and entries never move, so an entry that holds an erased text stands where
    /// it stood when the text was erased; one that stands there and holds another token is another.
    func untold(
        _ others: [Erasure], told: [Erasure], _ tokens: LogTokens
    ) throws -> [Erasure] {
        var known = told.reduce(into: Set<Token>()) { $0.formUnion($1.tokens) }
        var untold: [Erasure] = []
        for erasure in others {
            let names = erasure.names.filter { tokens.names.contains($0) && !known.contains($0) }
            var texts: [UInt32: [Token]] = [:]
            for (sequence, erased) in erasure.texts where sequence < entryCount {
                let found = try textTokens(ofEntry: sequence).map(\.token)
                    .filter { erased.contains($0) && !known.contains($0) }
                if !found.isEmpty { texts[sequence] = found }
            }
            let part = Erasure(
                names: names, texts: texts, reason: erasure.reason, by: erasure.by,
                time: erasure.time)
            guard !part.isEmpty else { continue }
            known.formUnion(part.tokens)
            untold.append(part)
        }
        return untold
    }

    /// What entries tell of erasures, one after another.
    func forEachErasure(
        _ body: (
            _ entry: (id: String, time: Instant, sequence: UInt32), _ names: [Token],
            _ texts: [ClosedRange<UInt32>], _ reason: String, _ by: String?
        ) throws -> Void
    ) throws {
        guard let type = types.id(of: Erasure.type) else { return }
        for entry in try entries(ofType: type, upTo: entryCount) {
            let json = try JSONValue(
                parsing: String(decoding: try self.entry(entry.sequence), as: UTF8.self))
            func text(_ name: String) -> String? {
                guard case .string(let text)? = json["data"]?[name] else { return nil }
                return text
            }
            guard case .string(let id)? = json["id"] else { continue }
            let tokens = (text("names") ?? "").split(separator: " ").map(String.init)
                .map { Token($0.utf8Span.span) }
            let texts = try text("texts").map {
                guard let ranges = Erasure.sequences($0, below: entryCount) else {
                    throw damage("entries", entry.sequence, "an erasure names no entries")
                }
                return ranges
            }
            guard tokens.allSatisfy({ $0 != nil }) else {
                throw damage("entries", entry.sequence, "an erasure names what is no token")
            }
            try body(
                (id, Instant(milliseconds: entry.time), entry.sequence), tokens.compactMap(\.self),
                texts ?? [],
                text("reason") ?? "", text("by"))
        }
    }

    /// Whether the log tells an erasure: its first part is there.
    func tells(_ erasure: Erasure) throws -> Bool {
        let first = "erasure/\(erasure.id)/1"
        var isTold = false
        try forEachErasure { entry, _, _, _, _ in isTold = isTold || entry.id == first }
        return isTold
    }

    /// The tokens of an entry's texts, with what stands for them in the vault: a place, or nil for a
    /// text with a column, which is found by its token.
    package func textTokens(ofEntry sequence: UInt32) throws -> [(token: Token, place: Int?)] {
        var found: [(Token, Int?)] = []
        try forEachPersonal(ofEntry: sequence) { personal, token, place in
            if personal.kind == .text { found.append((token, place)) }
        }
        return found
    }

    /// Lends the personal texts of an entry, with their tokens and, of texts without a column, their
    /// places in the vault.
    package func forEachPersonal(
        ofEntry sequence: UInt32,
        _ body: (PersonalText, Token, _ place: Int?) throws -> Void
    ) throws {
        let revealing = persons.revealing
        revealing.batch.removeAll()
        try withEntry(sequence) { entry in
            do {
                _ = try revealing.validator.admit(entry: entry, into: &revealing.batch)
            } catch let rejection as Rejection {
                throw damage("bundles", sequence, "the entry is no event: \(rejection.problem)")
            }
        }
        let row = revealing.batch.rows[0]
        var numbers = TextNumbers()
        for place in row.personal {
            let personal = revealing.batch.personal[place]
            let number = personal.kind == .text ? numbers.next(personal) : 0
            let bytes = Array(revealing.batch.bytes[personal.text.indices])
            guard let token = Token(bytes.span) else { continue }
            let hasPlace = personal.kind == .text && personal.pair == PersonalText.noPair
            try body(personal, token, hasPlace ? number : nil)
        }
    }
}
