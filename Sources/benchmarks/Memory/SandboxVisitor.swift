import DiscordModel
import Networking
import ServiceKit

/// A person in the sandbox, who makes the bot play in one server after the other.
struct SandboxVisitor {
    private let api: String
    private let http: HTTPClient

    /// A server with the places that are needed here.
    struct Place {
        let voice: String
        let text: String
        let person: String
    }

    /// A visitor of the sandbox whose page is at `page`.
    init(page: String) {
        api = (page.hasSuffix("/") ? String(page.dropLast()) : page) + "/sandbox/api"
        http = HTTPClient()
    }

    /// Every server's Lounge and #music, and its owner.
    func places() async throws -> [Place] {
        let guilds = try await ask(.get, "/world")["guilds"]?.array ?? []
        return guilds.compactMap { guild in
            let channels = guild["channels"]?.array ?? []
            func channel(_ name: String) -> String? {
                channels.first { $0["name"]?.string == name }?["id"]?.string
            }
            guard let voice = channel("Lounge"), let text = channel("music"), let person = guild["owner_id"]?.string
            else { return nil }
            return Place(voice: voice, text: text, person: person)
        }
    }

    /// Whether a bot is connected and has declared `/play`.
    func botIsReady() async throws -> Bool {
        let commands = try await ask(.get, "/world")["commands"]?.array ?? []
        return commands.contains { $0["name"]?.string == "play" }
    }

    /// Joins voice and asks for a song.
    func play(_ song: String, in place: Place) async throws {
        _ = try await ask(
            .post, "/voice/join", ["user_id": .string(place.person), "channel_id": .string(place.voice)])
        _ = try await ask(
            .post, "/interaction",
            [
                "channel_id": .string(place.text), "user_id": .string(place.person), "command": .string("play"),
                "options": .object(["query": .string(song)]),
            ])
    }

    /// Frames of music that the media server has heard in a place.
    func framesHeard(in place: Place) async throws -> Int {
        let streams = try await ask(.get, "/voice/\(place.voice)/report")["streams"]?.array ?? []
        return streams.reduce(0) { $0 + ($1["heard"]?.int ?? 0) }
    }

    /// Ends all connections.
    func leave() { http.close() }

    private func ask(
        _ method: HTTPMethod, _ path: String, _ body: [String: JSONValue]? = nil
    ) async throws -> JSONValue {
        var request = HTTPRequest(method, api + path)
        request.policy = .any
        request.maximumResponseBytes = 64 << 20
        if let body {
            request.headers["Content-Type"] = "application/json"
            request.body = JSON.encode(.object(body))
        }
        let response = try await http.send(request)
        guard (200..<300).contains(response.status) else {
            throw BenchmarkError.peer(
                name: "sandbox",
                "it answered \(path) with \(response.status): \(String(decoding: response.body.prefix(200), as: UTF8.self))"
            )
        }
        return response.body.isEmpty ? .null : try JSON.parse(response.body)
    }
}
