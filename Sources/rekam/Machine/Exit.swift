import ArgumentParser
import Definitions
import EventLog
import EventModel
import LMDB
import Projections
import Querying

#if canImport(Glibc)
    import Glibc
#endif

/// How a command ends (DESIGN: 0 done, 1 a check does not hold, 64 wrong usage, 65 some input was
/// refused, 74 input or output failed, 75 the store was busy too long).
enum Exit: Int32 {
    case done = 0
    case checkFailed = 1
    case usage = 64
    case refused = 65
    case inputOutput = 74
    case busy = 75
    case interrupted = 130

    /// Ends the process with the code and the message that an error asks for.
    static func end(with error: any Error, of root: any ParsableCommand.Type) -> Never {
        switch error {
        case let failure as Failure:
            if !failure.messages.isEmpty {
                Output.flush()
                for message in failure.messages { Output.errorLine("Error: \(message)") }
            }
            Glibc.exit(failure.exit.rawValue)
        case is CleanExit:
            Output.flush()
            root.exit(withError: error)
        default:
            let asked = root.exitCode(for: error)
            if asked == .success { root.exit(withError: error) }
            Output.flush()
            if asked == .validationFailure {
                for line in usage(error, of: root) { Output.errorLine(line) }
                Glibc.exit(asked.rawValue)
            }
            for line in lines(of: error) { Output.errorLine("Error: \(line)") }
            Glibc.exit(code(of: error).rawValue)
        }
    }

    /// What the argument parser says: the message is one line, whatever it quotes; how the command is
    /// used follows it.
    private static func usage(
        _ error: any Error, of root: any ParsableCommand.Type
    ) -> [String] {
        let whole = root.fullMessage(for: error)
        let message = root.message(for: error)
        guard let place = whole.firstRange(of: message), !message.isEmpty else {
            return whole.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        }
        let rest = whole[place.upperBound...].split(separator: "\n").map(String.init)
        let unknown = unknownCommand(of: root, CommandLine.arguments.dropFirst())
        return [unknown ?? String(whole[..<place.lowerBound]) + message] + rest
    }

    /// What to say of a word in the place of a command that is none, such as `hold remove`; nil where
    /// every word there is one.
    private static func unknownCommand(
        of root: any ParsableCommand.Type, _ typed: ArraySlice<String>
    ) -> String? {
        var command = root
        var path = [root.configuration.commandName ?? "rekam"]
        for word in typed {
            let commands = command.configuration.subcommands
            guard !commands.isEmpty, !word.hasPrefix("-"), word != "help" else { return nil }
            if let next = commands.first(where: { $0.configuration.commandName == word }) {
                command = next
                path.append(word)
                continue
            }
            let names = commands.compactMap { $0.configuration.commandName }
            let near = nearest(to: word, among: names).map { " Did you mean \($0)?" } ?? ""
            let all = path.joined(separator: " ")
            let rest =
                names.count > 8
                ? "\(all) --help lists what there is."
                : "There is \(all) " + names.joined(separator: ", ") + "."
            return "Error: \(all) has no command \"\(word.printable)\".\(near) \(rest)"
        }
        return nil
    }

    /// One line each of what is wrong.
    private static func lines(of error: any Error) -> [String] {
        switch error {
        case let faults as DefinitionFaults: faults.faults.map(\.description)
        case let faults as QueryFaults: faults.faults.map(\.description)
        default: [text(of: error)]
        }
    }

    static func code(of error: any Error) -> Exit {
        switch error {
        case let failure as Failure: failure.exit
        case let fault as LMDBError where fault.kind == .busy: .busy
        case StoreFault.busy, ProjectionFault.overtaken: .busy
        case StoreFault.namesSomebody: .usage
        case ProjectionFault.interrupted: .interrupted
        case ProjectionFault.registry: .usage
        case is Rejection: .refused
        default: .inputOutput
        }
    }

    private static func text(of error: any Error) -> String {
        switch error {
        case ProjectionFault.interrupted:
            "stopped. What was recorded before is kept, and a build under way goes on from there the "
                + "next time."
        // Of what a command records itself: others recorded the same at the same moment.
        case let rejection as Rejection where rejection.kind == .conflict:
            "another process recorded this just now, and it is not recorded twice. Look at what is "
                + "there now."
        case let rejection as Rejection: "\(rejection.problem)."
        default: "\(error)"
        }
    }
}

/// A fault whose message is ready to be read: one line each, all of them shown.
struct Failure: Error, CustomStringConvertible {
    var exit: Exit
    var messages: [String]

    /// The messages, for those who put them into another.
    var description: String { messages.joined(separator: " ") }

    /// A failure with one message; an empty one ends the command without a word.
    init(_ exit: Exit, _ message: String) {
        self.exit = exit
        messages = message.isEmpty ? [] : [message]
    }

    init(_ exit: Exit, messages: [String]) {
        self.exit = exit
        self.messages = messages
    }

    /// Runs what answers a question: what is wrong with the question is wrong usage.
    static func asking<Result>(_ body: () throws -> Result) throws -> Result {
        do { return try body() } catch let faults as QueryFaults {
            throw Failure(.usage, messages: faults.faults.map(\.description))
        } catch let fault
            where fault is ScorecardFault || fault is ExplanationFault || fault is LeftOutFault
        {
            throw Failure(.usage, "\(fault)")
        }
    }
}
