// swift-tools-version: 6.3
import PackageDescription

/// What code is compiled with that only tests use and that hands raw memory to decoders on purpose.
let careful: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]
/// What every target of ours is compiled with: see CONTRIBUTING.md, *Settings*.
let strict: [SwiftSetting] = careful + [.strictMemorySafety()]

/// `REKAM_FUZZ=1` (tools/fuzz) has what decodes compiled for libFuzzer and the address sanitizer: module
/// by module, since the tools that the build runs must stay ordinary programs.
let isFuzzing = Context.environment["REKAM_FUZZ"] == "1"
let fuzzed: [SwiftSetting] =
    isFuzzing ? [.unsafeFlags(["-sanitize=fuzzer", "-sanitize=address"])] : []

let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

/// One module of Rekam; an arrow of the design is an entry in `uses`.
struct Room {
    var name: String
    var uses: [String] = []
    var libraries: [Target.Dependency] = []
    /// What only its tests use.
    var testUses: [String] = []
    /// Its folder, where that is not `Sources/` and its name.
    var path: String?
    /// Whether it has types that hold borrowed bytes (`~Escapable`) and so annotates lifetimes.
    var lends = false
    var settings: [SwiftSetting] {
        strict + fuzzed + (lends ? [.enableExperimentalFeature("Lifetimes")] : [])
    }
}

let rooms = [
    Room(name: "LMDB", uses: ["CLMDB"]),
    Room(name: "Compression", uses: ["CZstd", "CZlib", "CSnappy"]),
    Room(name: "Parquet", uses: ["Compression"]),
    Room(name: "EventModel", lends: true),
    Room(name: "Definitions", uses: ["EventModel"], libraries: [yams]),
    Room(
        name: "Ingest",
        uses: [
            "EventModel", "Definitions", "Compression", "Parquet", "CSimdjson", "CExpat",
            "CMinizip",
        ],
        libraries: [yams]),
    Room(name: "Generating", uses: ["EventModel"]),
    Room(name: "Vault", uses: ["EventModel", "LMDB"], libraries: [crypto]),
    Room(
        name: "EventLog", uses: ["EventModel", "LMDB", "Compression", "Vault", "CSHA2"],
        libraries: [crypto]),
    Room(
        name: "Projections", uses: ["EventModel", "Definitions", "EventLog", "LMDB", "Vault"]),
    Room(
        name: "Querying", uses: ["EventModel", "Definitions", "EventLog", "Projections"],
        testUses: ["Recording"]),
    Room(
        name: "Recording",
        uses: ["EventModel", "Definitions", "Ingest", "EventLog", "Vault"], libraries: [crypto]),
    Room(
        name: "Auditing",
        uses: ["EventModel", "Definitions", "EventLog", "Projections", "Querying", "Ingest"],
        libraries: [crypto], testUses: ["Generating", "Recording"]),
    Room(
        name: "Operating",
        uses: ["EventModel", "Definitions", "EventLog", "Projections", "Recording", "Vault"]),
    Room(
        name: "Rendering", uses: ["EventModel", "Definitions", "Querying", "Operating"],
        path: "Sources/rekam/Rendering"),
    Room(
        name: "Exporting",
        uses: [
            "EventModel", "Definitions", "EventLog", "Projections", "Querying", "Rendering",
            "Vault",
        ], libraries: [crypto]),
]

/// `REKAM_ROOMS=EventLog,LMDB` narrows the package to some modules and what they use, for quick
/// work on one of them; unset, everything is built.
let wanted: Set<String>? = Context.environment["REKAM_ROOMS"].map { list in
    var names = Set(list.split(separator: ",").map(String.init))
    for room in rooms.reversed() where names.contains(room.name) {
        names.formUnion(room.uses + room.testUses)
    }
    return names
}
func isWanted(_ name: String) -> Bool { wanted?.contains(name) ?? true }
let asked = Context.environment["REKAM_ROOMS"].map {
    Set($0.split(separator: ",").map(String.init))
}

var targets: [Target] = [
    .target(
        name: "CLMDB", path: "Sources/CLMDB", linkerSettings: [.linkedLibrary("lmdb")]),
    .target(name: "CSHA2", path: "Sources/CSHA2"),
    .systemLibrary(name: "CZstd", path: "Sources/CZstd"),
    .systemLibrary(name: "CZlib", path: "Sources/CZlib"),
    .systemLibrary(name: "CSnappy", path: "Sources/CSnappy"),
    .systemLibrary(name: "CExpat", path: "Sources/CExpat"),
    .systemLibrary(name: "CMinizip", path: "Sources/CMinizip"),
    .target(
        name: "CSimdjson", path: "Sources/CSimdjson",
        cxxSettings: isFuzzing ? [.unsafeFlags(["-fsanitize=address,fuzzer-no-link"])] : [],
        linkerSettings: [.linkedLibrary("simdjson"), .linkedLibrary("stdc++")]),
    .executableTarget(name: "embed", path: "tools/embed", swiftSettings: strict),
    .plugin(
        name: "EmbedSchemas", capability: .buildTool(), dependencies: ["embed"],
        path: "tools/plugins/EmbedSchemas"),
    .target(
        name: "Shipped", path: "Sources/Shipped", swiftSettings: strict, plugins: ["EmbedSchemas"]),
]
for room in rooms where isWanted(room.name) {
    targets.append(
        .target(
            name: room.name,
            dependencies: room.uses.map { .init(stringLiteral: $0) } + room.libraries,
            path: room.path, swiftSettings: room.settings))
    if asked?.contains(room.name) ?? true {
        targets.append(
            .testTarget(
                name: room.name + "Tests",
                dependencies: [.init(stringLiteral: room.name), "Shipped"]
                    + (room.uses + room.testUses)
                    .filter { !$0.hasPrefix("C") || $0 == "Compression" }
                    .map { .init(stringLiteral: $0) },
                path: "Tests/" + room.name, swiftSettings: strict))
    }
}
if isWanted("rekam") {
    targets.append(
        .executableTarget(
            name: "rekam",
            dependencies: rooms.map { .init(stringLiteral: $0.name) } + ["Shipped", arguments],
            exclude: ["Rendering"], swiftSettings: strict))
    if asked == nil {
        targets.append(
            .testTarget(
                name: "EndToEndTests", dependencies: ["rekam"], path: "Tests/EndToEnd",
                swiftSettings: strict))
        let decoding = [
            "Compression", "Parquet", "EventModel", "Definitions", "Ingest", "EventLog",
            "Projections", "Exporting", "LMDB", "Operating", "Rendering", "Shipped",
        ]
        targets.append(
            .target(
                name: "FuzzTargets", dependencies: decoding.map { .init(stringLiteral: $0) },
                path: "Tests/Fuzzing/Targets", swiftSettings: careful + fuzzed))
        targets.append(
            .testTarget(
                name: "FuzzingTests", dependencies: ["FuzzTargets"], path: "Tests/Fuzzing",
                exclude: ["Targets", "Corpus"], swiftSettings: strict))
        // libFuzzer brings a `main` of its own: built by tools/fuzz alone.
        if isFuzzing {
            targets.append(
                .executableTarget(
                    name: "fuzz", dependencies: ["FuzzTargets"], path: "tools/fuzzing",
                    swiftSettings: careful + fuzzed + [.unsafeFlags(["-parse-as-library"])],
                    linkerSettings: [
                        .unsafeFlags(["-sanitize=fuzzer", "-sanitize=address"])
                    ]))
        }
    }
}

let package = Package(
    name: "rekam",
    products: isWanted("rekam") ? [.executable(name: "rekam", targets: ["rekam"])] : [],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: targets,
    cxxLanguageStandard: .cxx17
)
