import EventLog
import EventModel
import Operating
import Rendering

extension CopyNote {
    /// Notes a copy of names that is about to be made, by its whole path; says where that is not
    /// possible.
    @discardableResult
    static func leave(
        _ kind: Kind, at path: String, of log: LogStore, _ now: Instant, _ language: Language
    ) throws -> CopyNote {
        let note = CopyNote(kind: kind, path: try Machine.wholePath(path), time: now)
        if !note.leave(at: log.path) {
            Output.errorLine("Warning: " + PersonWords(language).copyNotNoted(note.path.printable))
        }
        return note
    }
}
