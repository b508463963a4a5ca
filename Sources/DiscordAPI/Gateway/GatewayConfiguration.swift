public import DiscordModel
public import Networking

/// How transport compression is done (1.5).
public enum GatewayCompression: String, Sendable, Hashable, CaseIterable {
    /// Text frames as they are.
    case none
    /// One deflate context per connection.
    case zlibStream = "zlib-stream"
    /// One zstd context per connection.
    case zstdStream = "zstd-stream"
}

/// Which shards a client runs.
public enum ShardSelection: Sendable, Hashable {
    /// As many as Discord recommends.
    case automatic
    /// These of `count`, so that several processes can share a bot.
    case fixed(Range<Int>, of: Int)
}

/// What a gateway client needs to know.
public struct GatewayConfiguration: Sendable {
    /// The bot's token, with or without "Bot ".
    public var token: String
    /// Which events are wanted.
    public var intents: Intents
    /// Transport compression.
    public var compression: GatewayCompression = .zstdStream
    /// Which shards to run.
    public var shards: ShardSelection = .automatic
    /// How the bot is shown from the start.
    public var presence: PresenceUpdate?
    /// Above so many members GUILD_CREATE carries only those who are not offline, 50 to 250.
    public var largeThreshold = 50
    /// The names of the events to read; nil reads all. READY and RESUMED are always read.
    public var events: Set<String>?
    /// Largest message after decompression; a larger one ends the connection.
    public var maximumMessageBytes = 64 << 20
    /// Where to connect instead of the address Discord names.
    public var url: String?
    /// How connections are opened.
    public var webSocket = WebSocketOptions()

    /// A configuration with the defaults of a bot.
    public init(token: String, intents: Intents) {
        self.token = token
        self.intents = intents
    }

    /// The token as the gateway wants it.
    var bareToken: String {
        let text = token.hasPrefix("Bot ") ? String(token.dropFirst(4)) : token
        return text.trimmingWhitespace()
    }
}

extension String {
    /// Without white space at both ends, as tokens from files often have.
    func trimmingWhitespace() -> String {
        var text = self[...]
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
