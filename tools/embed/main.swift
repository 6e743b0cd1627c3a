// Writes one Swift file that carries every schema and definition of the given folder, so that the
// binary needs no files beside it. Run by the build (tools/plugins/EmbedSchemas).
//
// usage: embed OUTPUT.swift ROOT FILE…
import Foundation

let arguments = CommandLine.arguments
guard arguments.count > 2 else {
    FileHandle.standardError.write(Data("usage: embed OUTPUT.swift ROOT FILE…\n".utf8))
    exit(64)
}
let root = URL(fileURLWithPath: arguments[2]).standardizedFileURL.path + "/"
var out = "extension Shipped {\n    static let contents: [(path: String, text: String)] = [\n"
for path in arguments.dropFirst(3).sorted() {
    let url = URL(fileURLWithPath: path).standardizedFileURL
    let text = try String(contentsOf: url, encoding: .utf8)
    let name = String(url.path.dropFirst(root.count))
    out +=
        "        (\n            \"\(name)\",\n            ###\"\"\"\n\(text)\n\"\"\"###\n        ),\n"
}
out += "    ]\n}\n"
try Data(out.utf8).write(to: URL(fileURLWithPath: arguments[1]))
