import ArgumentParser
import Definitions
import EventLog
import EventModel
import Projections
import Rendering

struct ProjectionShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Explain one projection in words, or print its text.",
        discussion: """
            --yaml is the text as it was registered, to write the next version from.

            Examples:
              rekam projection show resolution
              rekam projection show resolution@1 --yaml > resolution.yaml
            """)

    @OptionGroup var store: StoreOptions
    @OptionGroup var language: LanguageOptions

    @Argument(help: ArgumentHelp("The version in force of it, or NAME@V.", valueName: "name"))
    var name: String

    @OptionGroup var text: RegisteredText

    func run() throws {
        let log = try store.open(readOnly: true)
        let register = try log.read { try $0.definitions() }
        if try text.written(name, ProjectionNoun.self, in: register) { return }
        let versions = try ProjectionVersions(of: log, register: register)
        let (name, version) = try ProjectionNoun.find(name, in: register)
        let wanted = try version.map { try versions.find("\(name)@\($0)") } ?? versions.live(name)
        let source = try versions.source(wanted ?? versions.find(name))
        Output.line(Definition.projection(source.definition).explanation(in: language.lang))
        Output.flush()
    }
}

/// Whether a definition is printed as it was registered.
struct RegisteredText: ParsableArguments {
    @Flag(help: "The text itself, as it was registered.")
    var yaml = false

    /// Prints a definition's text where that is asked for: of the version typed, of the one in force,
    /// or of the newest.
    ///
    /// - Returns: whether it was asked for.
    func written<Noun: DefinitionNoun>(
        _ typed: String, _ noun: Noun.Type, in register: DefinitionRegister
    ) throws -> Bool {
        guard yaml else { return false }
        let (name, version) = try Noun.find(typed, in: register)
        let newest = register.changes.last {
            $0.kind == Noun.kind && $0.name == name && $0.action == .registered
        }
        let found =
            version.flatMap { register.definition(Noun.kind, name, $0) }
            ?? register.live(Noun.kind, name) ?? newest
        guard let found else { return true }
        Output.write(found.body.hasSuffix("\n") ? found.body : found.body + "\n")
        Output.flush()
        return true
    }
}
