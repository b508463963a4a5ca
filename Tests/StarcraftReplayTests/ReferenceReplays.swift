import FoundationEssentials
import Testing

/// Replays of strangers, which are not part of the project: beside the checkout, or where a variable says.
enum ReferenceReplays {
    /// The folder with `expected.json`; `nil` when it is not there.
    static let folder: String? = {
        let named = ProcessInfo.processInfo.environment["BACKLINE_REPLAYS"]
        var root = URL(filePath: #filePath)
        for _ in 0..<3 { root.deleteLastPathComponent() }
        let beside = root.deletingLastPathComponent().appending(path: "shared/data/replays").path
        return [named, beside].lazy.compactMap { $0 }.first {
            FileManager.default.fileExists(atPath: $0 + "/expected.json")
        }
    }()

    /// Why tests with them are skipped.
    static let reason: Comment =
        "The reference replays are not there: put them into ../shared/data/replays or set BACKLINE_REPLAYS."

    /// What somebody else's program says about a replay.
    struct Expected: Decodable, Sendable {
        struct Player: Decodable, Sendable {
            var name: String
            var toon: String?
            var race: String
            var pick: String
            var result: String?
            var human: Bool
            var team: Int
        }
        struct Summary: Decodable, Sendable {
            var MMR: Int?
            var APM: Double?
            var Result: String
        }

        var file: String
        var build: Int
        var base_build: Int
        var release: String
        var map: String
        var type: String
        var category: String
        var ladder: Bool
        var loops: Int
        var region: String
        var end_time_utc: String?
        var players: [Player]
        var observers: [String]
        var metadata_players: [Summary]?
        var metadata_duration: Double?
    }

    /// What is said about all of them.
    static func expected() throws -> [Expected] {
        guard let folder, let data = FileManager.default.contents(atPath: folder + "/expected.json") else { return [] }
        return try JSONDecoder().decode([Expected].self, from: data)
    }

    /// The bytes of a replay.
    static func bytes(_ file: String) throws -> [UInt8] {
        let data = folder.flatMap { FileManager.default.contents(atPath: $0 + "/" + file) }
        return [UInt8](try #require(data, "\(file) is missing"))
    }

    /// All files, each once.
    static func files() throws -> [String] { Set(try expected().map(\.file)).sorted() }
}
