// swift-tools-version: 6.2
import PackageDescription

/// Compiler settings of every Swift target: Swift 6 mode, the upcoming features that will be the default one day,
/// memory-unsafe calls marked, warnings as errors.
let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("InferIsolatedConformances"),
    .enableUpcomingFeature("ImmutableWeakCaptures"),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
]

/// A library target in `Sources/`; it may only name targets of the layers below its own (see ARCHITECTURE.md).
func library(
    _ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = [], features: [SwiftSetting] = []
) -> Target {
    .target(name: name, dependencies: dependencies, resources: resources, swiftSettings: settings + features)
}

/// The door to one C library: a module map and a shim in `Libraries/`.
func door(_ name: String, pkgConfig: String? = nil) -> Target {
    .systemLibrary(name: name, path: "Libraries/\(name)", pkgConfig: pkgConfig)
}

/// The tests of one target, in `Tests/`.
func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies + ["TestSupport"], swiftSettings: settings)
}

let package = Package(
    name: "backline",
    products: [
        // Loaded before a program by the tests of the store (LD_PRELOAD), so a file of its own.
        .library(name: "PowerCut", type: .dynamic, targets: ["PowerCut"])
    ],
    targets: [
        // Layer 0: C doors
        .target(name: "CSystem", path: "Libraries/CSystem"),
        door("CCurl"), door("CWebSockets"), door("COpenSSL"), door("CSodium"), door("COpus"),
        door("CFFmpeg"), door("CZlib"), door("CZstd"), door("CBzip2"), door("CSQLite"), door("CPostgreSQL"),

        // Layer 1: base
        library("ServiceKit", ["CSystem"]),
        library("DiscordModel", []),
        library("MLS", ["COpenSSL"]),
        // Lifetimes: its readers are views of bytes that somebody else owns.
        library("StarcraftReplay", ["CBzip2", "CZlib"], features: [.enableExperimentalFeature("Lifetimes")]),

        // Layer 2: ground
        library("MLSVectors", ["MLS"]),
        library("Networking", ["ServiceKit", "CSystem", "CCurl", "CWebSockets", "COpenSSL"]),
        library("Store", ["ServiceKit", "CSystem", "COpenSSL", "CSQLite", "CPostgreSQL"]),

        // Layer 3: Discord and media
        library("DiscordAPI", ["ServiceKit", "DiscordModel", "Networking", "CZlib", "CZstd"]),
        library("DiscordVoice", ["ServiceKit", "DiscordModel", "MLS", "Networking", "CSystem", "COpenSSL", "CSodium"]),
        library("MediaPipeline", ["ServiceKit", "Networking", "CSystem"]),

        // Layer 4: engines
        library("BotKit", ["ServiceKit", "DiscordModel", "DiscordAPI", "Store"]),
        library("MusicEngine", ["ServiceKit", "DiscordModel", "Networking", "DiscordVoice", "MediaPipeline"]),

        // Layer 5: products
        library("MusicBot", ["ServiceKit", "DiscordModel", "DiscordAPI", "DiscordVoice", "BotKit", "MusicEngine"]),
        library(
            "Sandbox",
            [
                "ServiceKit", "DiscordModel", "Networking", "DiscordAPI", "DiscordVoice", "MediaPipeline", "MLS",
                "CSystem", "COpenSSL", "CSodium", "COpus", "CZlib", "CZstd",
            ], resources: [.embedInCode("Page")]),

        // Layer 6: programs
        .executableTarget(
            name: "backline",
            dependencies: [
                "ServiceKit", "DiscordModel", "Networking", "DiscordAPI", "DiscordVoice", "MediaPipeline", "BotKit",
                "MusicEngine", "MusicBot", "Sandbox", "MLSVectors", "StarcraftReplay", "Store",
            ],
            swiftSettings: settings),
        .executableTarget(
            name: "media-worker",
            dependencies: ["ServiceKit", "Networking", "MediaPipeline", "CSystem", "CFFmpeg", "COpus"],
            swiftSettings: settings),
        .executableTarget(
            name: "benchmarks",
            dependencies: [
                "ServiceKit", "DiscordModel", "Networking", "DiscordAPI", "DiscordVoice", "MediaPipeline",
                "MusicEngine", "MLS", "StarcraftReplay", "Store", "CSystem", "CBzip2", "CZstd",
            ],
            swiftSettings: settings),

        // Tests
        .target(
            name: "TestSupport", dependencies: ["ServiceKit"], path: "Tests/TestSupport", swiftSettings: settings),
        .target(name: "AllocationCount", path: "Tests/AllocationCount"),
        tests("ServiceKitTests", ["ServiceKit", "CZstd"]),
        tests("DiscordModelTests", ["DiscordModel"]),
        tests("MLSTests", ["MLS", "MLSVectors"]),
        .target(
            name: "ReplayFixtures", dependencies: ["StarcraftReplay", "CBzip2", "CZlib"], path: "Tests/ReplayFixtures",
            swiftSettings: settings),
        tests("StarcraftReplayTests", ["StarcraftReplay", "ReplayFixtures"]),
        tests("NetworkingTests", ["Networking", "ServiceKit"]),
        // Ended by kill -9 in the tests of the journal and of SQLite.
        .executableTarget(
            name: "store-writer", dependencies: ["ServiceKit", "Store"], path: "Tests/StoreWriter",
            swiftSettings: settings),
        .target(name: "PowerCut", path: "Tests/PowerCut"),
        tests("StoreTests", ["Store", "ServiceKit", "store-writer"]),
        tests(
            "DiscordAPITests",
            ["DiscordAPI", "DiscordModel", "Networking", "ServiceKit", "Sandbox", "CZlib", "CZstd"]),
        tests(
            "DiscordVoiceTests",
            [
                "DiscordVoice", "DiscordModel", "MLS", "Networking", "ServiceKit", "Sandbox", "CSystem",
                "AllocationCount",
            ]),
        tests("MediaPipelineTests", ["MediaPipeline", "Networking", "ServiceKit", "COpus"]),
        tests("BotKitTests", ["BotKit", "DiscordAPI", "DiscordModel", "ServiceKit", "Store", "Networking"]),
        tests(
            "MusicEngineTests",
            ["MusicEngine", "DiscordModel", "MediaPipeline", "DiscordVoice", "ServiceKit", "Networking"]),
        tests(
            "MusicBotTests",
            [
                "MusicBot", "BotKit", "MusicEngine", "DiscordAPI", "DiscordVoice", "DiscordModel", "MediaPipeline",
                "Networking", "Sandbox", "ServiceKit",
            ]),
        tests(
            "SandboxTests",
            [
                "Sandbox", "DiscordModel", "DiscordAPI", "DiscordVoice", "Networking", "ServiceKit", "MediaPipeline",
                "MLS",
            ]),
    ]
)

// The fuzzers (Documentation/fuzzing.md) need coverage counters in all code, so only `Scripts/fuzz` builds them.
if Context.environment["BACKLINE_FUZZ"] != nil {
    package.targets.append(
        .executableTarget(
            name: "fuzz",
            dependencies: [
                "ServiceKit", "DiscordModel", "Networking", "DiscordAPI", "DiscordVoice", "MediaPipeline",
                "MusicEngine", "Sandbox", "MLS", "StarcraftReplay", "ReplayFixtures",
            ],
            path: "Fuzz/Sources", swiftSettings: settings))
}
