import Definitions
import EventLog
import EventModel
import Projections

/// The texts of the definitions that figures follow from.
struct SnapshotDefinitions {
    /// One definition's text.
    struct Text {
        var kind: String
        var name: String
        var version: Int
        var body: String

        /// Its file: `definitions/kpi/csat@1.yaml`.
        var path: String {
            let ending = kind == "time_zone" ? "txt" : "yaml"
            return "definitions/\(SnapshotPath.escaped(kind))/\(SnapshotPath.escaped(name))"
                + "@\(version).\(ending)"
        }
    }

    private let register: DefinitionRegister
    private let library: DefinitionLibrary

    init(_ register: DefinitionRegister, types: EventTypes) {
        self.register = register
        library = DefinitionLibrary(register: register, types: types)
    }

    /// The KPIs, those they use, the projections behind them, and every calendar and time zone in
    /// force; by kind, then by name.
    func behind(_ kpis: [String]) throws -> [Text] {
        var names: Set<String> = []
        var projections: Set<String> = []
        var waiting = kpis
        while let name = waiting.popLast() {
            guard names.insert(name).inserted, let kpi = try library.kpi(name) else { continue }
            projections.formUnion(try library.projections(behind: kpi))
            waiting += kpi.kpis
        }
        func texts(_ kind: String, _ wanted: Set<String>?) -> [Text] {
            register.live(kind).filter { wanted?.contains($0.name) ?? true }.map {
                Text(kind: kind, name: $0.name, version: $0.version, body: $0.body)
            }
        }
        return texts("calendar", nil) + texts("kpi", names) + texts("projection", projections)
            + texts("time_zone", nil)
    }
}

/// Paths within a snapshot.
package enum SnapshotPath {
    /// A name as one part of a path: letters, digits and `._-` stand for themselves.
    package static func escaped(_ name: String) -> String {
        var text = ""
        for byte in name.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x5F:
                text.unicodeScalars.append(Unicode.Scalar(byte))
            case 0x2E where !text.isEmpty: text += "."
            default: text += "%" + Hexadecimal.text([byte]).uppercased()
            }
        }
        return text
    }

    /// Whether a path stays within its folder and can be no other spelling of one that does.
    package static func isSound(_ path: String) -> Bool {
        // By bytes, as the file system takes it: a slash before a combining mark is no character "/".
        let parts = path.utf8.split(separator: 0x2F, omittingEmptySubsequences: false)
        return path.utf8.count <= 1024 && !path.utf8.contains { $0 < 0x20 || $0 == 0x7F }
            && parts.allSatisfy { part in
                !part.isEmpty && !part.elementsEqual(".".utf8) && !part.elementsEqual("..".utf8)
            }
    }
}
