import Foundation
import Testing

/// Whole outputs kept as files in `Tests/Golden`. `REKAM_GOLDEN=write` writes them anew, to be read
/// through before they are committed.
enum Golden {
    static func check(
        _ name: String, _ text: String, file: String = #filePath,
        at location: SourceLocation = #_sourceLocation
    ) throws {
        let url = URL(fileURLWithPath: file).deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Golden/" + name)
        if ProcessInfo.processInfo.environment["REKAM_GOLDEN"] == "write" {
            try Data(text.utf8).write(to: url)
        }
        let expected = try? String(contentsOf: url, encoding: .utf8)
        #expect(text == expected, "differs from Tests/Golden/\(name)", sourceLocation: location)
    }
}
