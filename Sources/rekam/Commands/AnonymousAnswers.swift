import Definitions
import EventLog
import EventModel
import Querying
import Rendering

/// Answers of people who are not to be known are never shown one by one.
enum AnonymousAnswers {
    /// Refuses to show a projection's facts, where they are such answers.
    static func refuse(_ definition: ProjectionDefinition) throws {
        guard definition.isAnonymous else { return }
        throw Failure(
            .usage,
            "\(definition.name)@\(definition.version) is about respondents, who are not shown one "
                + "by one: rekam query")
    }

    /// Refuses to show a case, where its entries are such answers.
    static func refuse(case subject: String) throws {
        guard EventTypes.anonymousKinds.contains(String(subject.prefix { $0 != "/" })) else {
            return
        }
        throw Failure(
            .usage,
            "what a respondent answered is not shown by itself. Figures are shown by round and "
                + "team: rekam query")
    }

    /// Says, where entries are handed out whole, that such answers are among them.
    static func warn(_ log: LogStore, size: UInt32, _ language: Language) throws {
        let answers = try log.read { try $0.answers(upTo: size) }.count
        if answers > 0 { Output.errorLine(LogWords(language).holdsAnswers(answers)) }
    }

    /// An entry as it is shown: as recorded, or, where it is such an answer, no more of it than that
    /// it is there.
    static func shown(_ sequence: UInt32, in view: borrowing LogView) throws -> [UInt8] {
        guard try view.isAnswer(sequence) else {
            return try PrintedTokens.entry(sequence, in: view)
        }
        let kind = try view.schema(ofEntry: sequence).type
        return Array(
            #"{"sequence":\#(sequence),"type":"\#(kind)","withheld":"anonymous"}"#.utf8)
    }
}
