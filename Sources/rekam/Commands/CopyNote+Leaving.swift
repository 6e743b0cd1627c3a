import EventLog
import EventModel
import Operating
import Rendering

extension CopyNote {
    /// Notes a copy of names that is about to be made, by its whole path; says where that is not
    /// possible.
    static func leave(
        _ kind: Kind, at path: String, of log: LogStore, _ now: Instant, _ language: Language
    ) throws {
        let whole = try Machine.wholePath(path)
        guard !CopyNote(kind: kind, path: whole, time: now).leave(at: log.path) else { return }
        Output.errorLine("Warning: " + PersonWords(language).copyNotNoted(whole.printable))
    }
}
