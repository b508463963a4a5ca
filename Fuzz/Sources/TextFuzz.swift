@testable import DiscordAPI
import DiscordModel
import FoundationEssentials
@testable import MusicEngine
import Networking

/// Smaller texts from outside: the extractor's answers, what people type as a song, addresses, REST answers.
///
/// First byte: which.
enum TextFuzz {
    static let target = FuzzTarget(run: run, seeds: seeds)

    private static func run(_ bytes: [UInt8]) {
        var input = FuzzInput(bytes)
        let kind = input.byte()
        let rest = input.remainder()
        switch kind & 7 {
        case 0: extractor(rest)
        case 1: song(String(decoding: rest, as: UTF8.self))
        case 2: address(String(decoding: rest, as: UTF8.self))
        case 3: rateLimits(rest)
        case 4: model(rest, Message.self, MessageBody.self, InteractionResponse.self)
        case 5: model(rest, Guild.self, Channel.self, Member.self, Application.self)
        case 6: model(rest, [ApplicationCommand].self, Interaction.self, ErrorBody.self)
        default: checkJSON(rest)
        }
    }

    private static func extractor(_ bytes: [UInt8]) {
        guard let answer = try? JSONDecoder().decode(ExtractorAnswer.self, from: Data(bytes)) else { return }
        guard case .success(let result) = answer.outcome() else { return }
        for song in (result.tracks ?? []) + [result.song].compactMap(\.self) {
            _ = song.track
            guard let extracted = song.extracted else { continue }
            for moment in [extracted.expires, extracted.availableAt] {
                if let moment { _ = Duration.seconds(moment - 1_800_000_000) }
            }
        }
    }

    private static func song(_ text: String) {
        guard let address = try? MusicAddress(text) else { return }
        switch address {
        case .words: break
        case .site(let url, _), .media(let url):
            precondition((try? URLPolicy.publicInternet.check(url)) != nil, "a forbidden address got through")
        }
    }

    private static func address(_ text: String) {
        if let url = try? ParsedURL(text) {
            // What a URL is may not depend on who reads it again: only then does the check hold for the connection.
            guard let again = try? ParsedURL(url.text) else { preconditionFailure("a read URL cannot be read") }
            precondition(again.host == url.host && again.port == url.port && again.scheme == url.scheme)
            _ = try? URLPolicy.publicInternet.check(url)
        }
        if let address = IPAddress(text) {
            let again = IPAddress("\(address)")
            precondition(again == address)
            _ = (address.isPublic, SocketAddress(address, port: 1))
        }
    }

    private static func rateLimits(_ bytes: [UInt8]) {
        let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
        var headers = HTTPHeaders()
        let head = lines.prefix { !$0.isEmpty }
        for line in head.dropFirst() {
            let parts = line.split(separator: 0x3A, maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { continue }
            headers.add(String(decoding: parts[0], as: UTF8.self), String(decoding: parts[1], as: UTF8.self))
        }
        let status = head.first.flatMap { Int(String(decoding: $0, as: UTF8.self)) } ?? 200
        let body = Array(lines.dropFirst(head.count + 1).joined(separator: [0x0A]))
        let answer = RateLimitAnswer(HTTPResponse(status: status, headers: headers, body: body))
        for wait in [answer.retryAfter, answer.resetAfter] { precondition(wait ?? .zero >= .zero) }
    }

    /// Reads each type; what could be read can be written.
    private static func model<each Value: Codable>(_ bytes: [UInt8], _ types: repeat (each Value).Type) {
        func check<One: Codable>(_ type: One.Type) {
            guard let value = try? JSON.decode(type, from: bytes) else { return }
            precondition((try? JSON.encode(value)) != nil, "\(type) cannot be written")
        }
        repeat check((each Value).self)
    }

    private static func seeds() -> [(name: String, bytes: [UInt8])] {
        let answers = [
            #"{"id":1,"ok":true,"result":{"song":{"site":"youtube","id":"a","url":"https://x","title":"T","uploader":"U","duration":61.5,"thumbnail":"https://i","live":false,"audio":{"url":"https://a","headers":{"A":"b"},"codec":"opus","expires":1800000000.5,"available_at":1.8e9,"client":"web"}}}}"#,
            #"{"id":2,"ok":true,"result":{"name":"P","tracks":[{"site":"s","id":"b","url":"u","title":"t"}]}}"#,
            #"{"id":3,"ok":false,"error":{"code":"private"},"retire":true}"#,
        ]
        let message =
            #"{"id":"1","channel_id":"2","author":{"id":"3","username":"a"},"content":"x","timestamp":"2026-01-01T00:00:00Z","embeds":[{"title":"t","fields":[{"name":"n","value":"v"}]}],"components":[{"type":1,"components":[{"type":2,"style":5,"url":"https://x"}]}],"attachments":[{"id":"4","filename":"f","size":1,"url":"u"}]}"#
        let guild =
            #"{"id":"1","name":"g","owner_id":"2","roles":[{"id":"1","name":"e","permissions":"8"}],"channels":[{"id":"5","type":0,"permission_overwrites":[{"id":"1","type":0,"allow":"1","deny":"2"}]}]}"#
        let commands =
            #"[{"id":"1","application_id":"2","name":"play","description":"d","options":[{"type":3,"name":"q","description":"d","required":true,"autocomplete":true,"choices":[{"name":"a","value":"b"}],"min_length":1}],"default_member_permissions":"8","contexts":[0]}]"#
        let limits =
            "429\nX-RateLimit-Bucket:b\nX-RateLimit-Limit:5\nX-RateLimit-Remaining:0\nX-RateLimit-Reset-After:1.5\nRetry-After:2\nX-RateLimit-Scope:shared\nVia:1.1 x\n\n{\"retry_after\":1.5,\"global\":false}"
        let texts: [(String, UInt8, String)] =
            answers.enumerated().map { ("answer\($0)", 0, $1) } + [
                ("words", 1, "some song"), ("page", 1, "<https://www.youtube.com/watch?v=a&t=1>"),
                ("bare", 1, "soundcloud.com/a/b"), ("url", 2, "https://user@[::ffff:127.0.0.1]:8080/a%20b?c#d"),
                ("decimal", 2, "http://2130706433/"), ("six", 2, "fe80::1"), ("four", 2, "192.0.2.1"),
                ("limits", 3, limits), ("message", 4, message), ("guild", 5, guild), ("commands", 6, commands),
                ("json", 7, #"[1,-2.5e3,"\u00fc\ud83d\ude00\n",{"a":null,"b":[true,false]},18446744073709551615]"#),
            ]
        return texts.map { (name: $0, bytes: [$1] + Array($2.utf8)) }
    }
}
