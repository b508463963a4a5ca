import DiscordAPI
import DiscordModel
import ServiceKit

/// Our side of the gateway benchmark: a process that reads a gateway stream with the real client.
///
/// Shard, inflating, JSON, models, cache and the listener's task are those of `backline`; network and WebSocket framing
/// are left out, as they are for the peers.
struct GatewayReader {
    private let path: String
    private let compression: GatewayCompression

    /// Takes the file of frames and how they are compressed.
    init(_ words: inout ArgumentReader) throws {
        path = words.word() ?? ""
        compression = words.word().flatMap(GatewayCompression.init(rawValue:)) ?? .none
        try words.finish()
    }

    /// Says `ready`, reads everything when told `start`, says `done` and what it saw, and ends when told `stop`.
    func run() async throws {
        LogOutput.shared.setLevel(.warning)
        let frames = try GatewayFrames(path: path, isText: compression == .none)
        let input = BoundedChannel<String>(capacity: 4)
        LineReader.start(into: input)
        var configuration = GatewayConfiguration(token: "MTAw.benchmark.token", intents: .known)
        configuration.compression = compression
        let client = GatewayClient(
            configuration: configuration, information: .known(GatewayBot(url: "wss://gateway.example")),
            connector: frames, logger: Logger("gateway"))
        let cache = GuildCache()
        say("ready")
        _ = await input.next()
        await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await client.run() }
            var (read, listened) = (0, 0)
            while read < frames.count - 1, let (_, event) = await client.events.next() {
                cache.apply(event)
                read += 1
                switch event {
                case .messageCreate, .messageUpdate, .voiceStateUpdate, .memberUpdate, .interactionCreate:
                    listened += 1
                case .unknown(name: "TYPING_START", _): listened += 1
                default: break
                }
            }
            say("done")
            say(
                String(
                    decoding: JSON.encode(
                        .object(["listened": .integer(Int64(listened)), "sequence": .integer(Int64(read))])),
                    as: UTF8.self))
            _ = await input.next()
            group.cancelAll()
        }
    }
}
