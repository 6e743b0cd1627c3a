public import ArgumentParser
import Auditing
import EventLog
import EventModel
import Projections
public import Querying
import Rendering

/// Which state of the log a command answers from.
struct AsOfOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "As of an earlier state: the log's first N entries, or all recorded by a time or date.",
            valueName: "n|time"))
    var asOf: String?

    @Option(
        help: ArgumentHelp(
            "With --as-of: the definitions in force then (the default), or the current ones.",
            valueName: "then|current"))
    var definitions: DefinitionChoice?

    @Option(
        help: ArgumentHelp(
            "Memory that the answer may take, such as 256M or 2G; 512M, or for a replay 384M, unless given.",
            valueName: "size"))
    var memory: String?

    /// How many entries `--as-of` names; nil where it is not given.
    ///
    /// - Throws: a `Failure` that says what is wrong with it.
    func entryCount(in log: LogStore) throws -> UInt32? {
        guard let asOf else {
            if definitions != nil {
                throw Failure(
                    .usage,
                    "--definitions goes with --as-of, which says what state of the log to answer "
                        + "from.")
            }
            return nil
        }
        return try Self.entryCount(asOf, in: log)
    }

    /// How many entries a text names, such as one of two to compare.
    static func entryCount(_ text: String, in log: LogStore) throws -> UInt32 {
        try log.read { view in
            do {
                let zone = try view.definitions().storeTimeZone ?? .utc
                return try AsOf(text, zone: zone).entryCount(in: view)
            } catch let fault as AsOfFault {
                throw Failure(.usage, "--as-of \(text.printable): \(fault)")
            }
        }
    }

    /// The state asked for, or the log's end: how many entries, and the definitions to go by.
    func state(of log: LogStore) throws -> (count: UInt32, register: DefinitionRegister) {
        let asked = try entryCount(in: log)
        let choice = definitions ?? .then
        return try log.read { view in
            (
                asked ?? view.entryCount,
                try view.definitions(upTo: choice == .then ? asked : nil)
            )
        }
    }

    /// Bytes that the facts of a question may take.
    func memoryBytes() throws -> Int {
        try memory.map(MemorySize.parse) ?? QueryRequest.usualMemoryBytes
    }

    /// How a replay goes about it: all cores, progress on a terminal, ended by Ctrl-C.
    func buildOptions() throws -> BuildOptions {
        BuildProgressLine.options(memoryBytes: try MemorySize.parse(memory ?? "384M"))
    }

    /// Answers from the state asked for: the log as it is, or its first entries.
    ///
    ///     let answer = try asOf.answering(log) { try $0.answer(request) }
    func answering<Result>(
        _ log: LogStore, _ body: (any AskedState) throws -> Result
    ) throws -> Result {
        guard asOf == nil else { return try replaying(log, body) }
        let count = try entryCount(in: log) ?? log.read { $0.entryCount }
        // Where books are closed their figures may have to be computed, which takes longer than a
        // reader of the live state may stay.
        if try ClosedBooks(of: log, upTo: count, options: buildOptions()) != nil {
            return try replaying(log, body)
        }
        let projections = try ProjectionStore(log: log)
        return try log.read { view in
            try body(StoreState(view, of: log, projections: projections))
        }
    }

    /// Answers from the state asked for, or the log's end, in a context whose facts can be found one
    /// by one.
    func replaying<Result>(
        _ log: LogStore, _ body: (any AskedState) throws -> Result
    ) throws -> Result {
        Interrupt.listen()
        defer { Progress.clear() }
        let count = try asOf.map { try Self.entryCount($0, in: log) } ?? log.read { $0.entryCount }
        let options = try buildOptions()
        let state = try StoreState(
            of: log, asOf: count, definitions: definitions ?? .then, options: options)
        state.books = try ClosedBooks(of: log, upTo: count, options: options)
        return try body(state)
    }

    /// A question that is to be answered with persons as tokens: the names that it gives are looked up
    /// while people still have them. Nil where it is answered by names.
    func asking<Question>(
        _ log: LogStore, as tokens: TokensOption, _ resolved: (any AskedState) throws -> Question
    ) throws -> Question? {
        guard tokens.tokens else { return nil }
        defer { log.show(tokensOnly: true) }
        return try answering(log, resolved)
    }

    /// Answers as the books of a period were closed and first reported, or by the closing that an entry
    /// is.
    ///
    /// - Parameter asked: the question as it is read in the present state: in a closed one, relative
    ///   words may be others.
    static func answerAsClosed(
        _ log: LogStore, at sequence: UInt32?, _ asked: (any AskedState) throws -> QueryRequest
    ) throws -> Answer {
        Interrupt.listen()
        defer { Progress.clear() }
        let options = BuildProgressLine.options()
        let (count, periods) = try log.read {
            ($0.entryCount, try ClosedPeriods($0, upTo: $0.entryCount))
        }
        let present = try StoreState(of: log, asOf: count, options: options)
        let request = try asked(present)
        let closing: Closing
        do { closing = try periods.report(of: request.period, at: sequence) } catch {
            throw Failure(.usage, "\(sequence == nil ? "--as-closed" : "--closing"): \(error)")
        }
        let context = try StoreState(of: log, asOf: closing.entries, options: options)
        var answer = try context.reported(request, present: present)
        let zone = try log.read { try $0.definitions().storeTimeZone ?? .utc }
        answer.basis.closing = AnswerClosing(
            sequence: closing.sequence, day: zone.day(of: closing.recorded))
        return answer
    }
}

extension DefinitionChoice: ExpressibleByArgument {}
