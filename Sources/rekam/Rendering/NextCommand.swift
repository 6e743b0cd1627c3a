package import EventModel
import Querying
import Synchronization

/// What the command at hand was given that the next one needs as well: which store, which language.
///
/// Said once, where a command's options are read; every command that is shown to type next has it.
package enum NextCommand {
    private static let given = Mutex<(store: String?, language: Language)>((nil, .english))

    /// Notes a store that was named; one that is usual, or in the environment, need not be named again.
    package static func uses(store: String) { given.withLock { $0.store = store } }

    /// Notes the language asked for.
    package static func uses(_ language: Language) { given.withLock { $0.language = language } }

    /// The language asked for.
    package static var language: Language { given.withLock { $0.language } }

    /// ` --store demo --lang id`, as a shell takes it; empty where nothing was given.
    static var options: String {
        let (store, language) = given.withLock { $0 }
        return (store.map { " --store " + Answer.quoted($0) } ?? "")
            + (language == .english ? "" : " --lang \(language.rawValue)")
    }
}
