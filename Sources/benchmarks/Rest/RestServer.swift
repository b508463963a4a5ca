import DiscordModel
import Glibc
import Networking
import ServiceKit
import Synchronization

/// The server of the REST benchmark: takes messages, answers with Discord's headers, limits as Discord does.
///
/// Every channel has a bucket of `--limit` messages per `--window` seconds, in windows that begin with their first
/// message; all together have 50 requests a second unless the limit is off.
struct RestServer {
    private let limit: Int
    private let window: Int

    /// Takes the limits; a limit of 0 means none.
    init(_ words: inout ArgumentReader) throws {
        limit = try words.number("--limit", in: 0...1_000) ?? 0
        window = try words.number("--window", in: 1...60) ?? 1
        try words.finish()
    }

    /// Says its port, answers `report` with what it counted, and ends with its input.
    func run() async throws {
        LogOutput.shared.setLevel(.warning)
        let input = BoundedChannel<String>(capacity: 4)
        LineReader.start(into: input)
        let handler = RestHandler(limit: limit, window: .seconds(window))
        let server = WebServer(handler: handler)
        say("\(try await server.start())")
        while await input.next() == "report" {
            say(String(decoding: JSON.encode(handler.report), as: UTF8.self))
        }
        await server.stop()
    }
}

/// Answers requests and counts them.
private final class RestHandler: WebServerHandler {
    private struct Bucket {
        var begins: Duration
        var used: Int
    }

    private struct State {
        var channels: [String: Bucket] = [:]
        var global = Bucket(begins: .zero, used: 0)
        var messages = 0
        var refused = 0
        var first: Duration?
        var last: Duration = .zero
    }

    /// Requests of a bot in a second, over all routes but interactions.
    private static let globalLimit = 50

    private let limit: Int
    private let window: Duration
    private let state = Mutex(State())

    init(limit: Int, window: Duration) {
        self.limit = limit
        self.window = window
    }

    /// Messages taken, requests refused, seconds from the first message to the last.
    var report: JSONValue {
        state.withLock { state in
            .object([
                "messages": .integer(Int64(state.messages)), "refused": .integer(Int64(state.refused)),
                "seconds": .number((state.last - (state.first ?? state.last)) / .seconds(1)),
            ])
        }
    }

    func respond(to request: ServerRequest) async -> ServerResponse {
        let parts = request.path.split(separator: "/")
        // discord.py asks for its own account when it logs in.
        if parts.last == "@me" { return answer(200, Self.account, headers: HTTPHeaders()) }
        guard request.method == "POST", parts.last == "messages", parts.count >= 2 else {
            return answer(
                404, .object(["message": .string("404: Not Found"), "code": .integer(0)]), headers: HTTPHeaders())
        }
        let channel = String(parts[parts.count - 2])
        let now = SystemTime.shared.now
        let (number, headers) = state.withLock { take(&$0, channel: channel, now: now) }
        guard let number else {
            let wait = headers["Retry-After"].flatMap { Double($0) } ?? 1
            return answer(
                429,
                .object([
                    "message": .string("You are being rate limited."), "retry_after": .number(wait),
                    "global": .bool(headers["X-RateLimit-Global"] != nil),
                ]), headers: headers)
        }
        let content = (try? JSON.parse(request.body))?["content"]?.string ?? ""
        return answer(200, Self.message(number, in: channel, content), headers: headers)
    }

    /// The number of the message when it is taken, and the headers of the answer.
    private func take(_ state: inout State, channel: String, now: Duration) -> (Int?, HTTPHeaders) {
        var headers = HTTPHeaders()
        if limit > 0 {
            if now - state.global.begins >= .seconds(1) { state.global = Bucket(begins: now, used: 0) }
            guard state.global.used < Self.globalLimit else {
                state.refused += 1
                let wait = (state.global.begins + .seconds(1) - now) / .seconds(1)
                headers["Retry-After"] = "\(wait)"
                headers["X-RateLimit-Global"] = "true"
                headers["X-RateLimit-Scope"] = "global"
                return (nil, headers)
            }
            state.global.used += 1
        }
        let capacity = limit > 0 ? limit : 1_000_000
        var bucket = state.channels[channel] ?? Bucket(begins: now, used: 0)
        if now - bucket.begins >= window { bucket = Bucket(begins: now, used: 0) }
        defer { state.channels[channel] = bucket }
        let rest = (bucket.begins + window - now) / .seconds(1)
        headers["X-RateLimit-Bucket"] = "80c17d2f203122d936070c88c8d10f33"
        headers["X-RateLimit-Limit"] = "\(capacity)"
        headers["X-RateLimit-Reset-After"] = "\(rest)"
        headers["X-RateLimit-Reset"] = "\(wallSeconds + rest)"
        guard bucket.used < capacity else {
            state.refused += 1
            headers["X-RateLimit-Remaining"] = "0"
            headers["X-RateLimit-Scope"] = "user"
            headers["Retry-After"] = "\(rest)"
            return (nil, headers)
        }
        bucket.used += 1
        headers["X-RateLimit-Remaining"] = "\(capacity - bucket.used)"
        state.messages += 1
        state.first = state.first ?? now
        state.last = now
        return (state.messages, headers)
    }

    private func answer(_ status: Int, _ body: JSONValue, headers: HTTPHeaders) -> ServerResponse {
        var headers = headers
        headers["Content-Type"] = "application/json"
        return ServerResponse(status: status, headers: headers, body: .bytes(JSON.encode(body)))
    }

    /// Seconds since 1970, in which Discord tells when a bucket is full again.
    private var wallSeconds: Double {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    private static let account: JSONValue = .object([
        "id": .string("1000000000000000001"), "username": .string("benchmark"), "discriminator": .string("0001"),
        "global_name": .null, "avatar": .null, "bot": .bool(true), "public_flags": .integer(0), "flags": .integer(0),
        "banner": .null, "accent_color": .null, "mfa_enabled": .bool(false), "verified": .bool(true),
        "locale": .string("en-US"),
    ])

    private static func message(_ number: Int, in channel: String, _ content: String) -> JSONValue {
        .object([
            "id": .string("\(1_100_000_000_000_000_000 + number)"), "channel_id": .string(channel),
            "type": .integer(0), "author": account, "content": .string(content),
            "timestamp": .string("2026-11-20T12:00:00.000000+00:00"), "edited_timestamp": .null, "tts": .bool(false),
            "mention_everyone": .bool(false), "mentions": .array([]), "mention_roles": .array([]),
            "attachments": .array([]), "embeds": .array([]), "components": .array([]), "pinned": .bool(false),
            "flags": .integer(0),
        ])
    }
}
