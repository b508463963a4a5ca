public import DiscordModel
internal import FoundationEssentials
internal import Networking

/// Which messages of a channel to list.
public enum MessageAnchor: Sendable, Hashable {
    /// The newest.
    case newest
    /// Older than a message.
    case before(MessageID)
    /// Newer than a message.
    case after(MessageID)
    /// On both sides of a message.
    case around(MessageID)
}

/// Messages, typing and reactions.
extension DiscordREST {
    /// Posts a message. A nonce that Discord enforces is added, so that a retry after a lost answer posts nothing twice.
    @discardableResult
    public func createMessage(
        in channel: ChannelID, _ body: MessageBody, files: [UploadFile] = [], options: RequestOptions = RequestOptions()
    ) async throws(DiscordError) -> Message {
        var body = body.announcing(files)
        if body.nonce == nil { body.nonce = .string("\(UInt64.random(in: .min ... .max))") }
        if body.enforceNonce == nil { body.enforceNonce = true }
        var options = options
        options.isRepeatable = body.enforceNonce == true
        return try await send(
            Self.messages(.post, channel), body: .json(body, files: files), options: options)
    }

    /// Changes a message of the bot.
    @discardableResult
    public func editMessage(
        _ message: MessageID, in channel: ChannelID, to body: MessageBody, files: [UploadFile] = [],
        options: RequestOptions = RequestOptions()
    ) async throws(DiscordError) -> Message {
        try await send(Self.message(.patch, message, channel), body: .json(body, files: files), options: options)
    }

    /// Deletes a message.
    public func deleteMessage(
        _ message: MessageID, in channel: ChannelID, options: RequestOptions = RequestOptions()
    ) async throws(DiscordError) {
        var route = Self.message(.delete, message, channel)
        // Young and old messages have limits of their own (core 2.1), so they are routes of their own to the limiter.
        let age = Date().timeIntervalSince1970 * 1000 - Double(message.milliseconds)
        if age < 10_000 { route.limit.name += " young" }
        if age > 14 * 86_400_000 { route.limit.name += " old" }
        try await perform(route, options: options)
    }

    /// One message.
    public func message(_ message: MessageID, in channel: ChannelID) async throws(DiscordError) -> Message {
        try await send(Self.message(.get, message, channel))
    }

    /// Up to 100 messages of a channel, the newest first.
    public func messages(
        in channel: ChannelID, _ anchor: MessageAnchor = .newest, limit: Int = 50
    ) async throws(DiscordError) -> [Message] {
        var query: [(String, String?)] = [("limit", "\(max(1, min(limit, 100)))")]
        switch anchor {
        case .newest: break
        case .before(let message): query.append(("before", "\(message)"))
        case .after(let message): query.append(("after", "\(message)"))
        case .around(let message): query.append(("around", "\(message)"))
        }
        return try await send(Self.messages(.get, channel, query: query))
    }

    /// Shows that the bot is typing, for ten seconds.
    public func startTyping(in channel: ChannelID) async throws(DiscordError) {
        try await perform(
            Route(.post, "/channels/{channel}/typing", ["\(channel)"], major: "channel/\(channel)"),
            options: RequestOptions(timeout: .seconds(10), isRepeatable: true))
    }

    /// Adds the bot's reaction: `emoji` is the character itself, or `name:id` of a custom one.
    public func addReaction(
        _ emoji: String, to message: MessageID, in channel: ChannelID
    ) async throws(DiscordError) {
        try await perform(Self.reaction(.put, emoji, message, channel, by: "@me"))
    }

    /// Removes a reaction, the bot's own unless a user is named.
    public func removeReaction(
        _ emoji: String, of user: UserID? = nil, from message: MessageID, in channel: ChannelID
    ) async throws(DiscordError) {
        try await perform(Self.reaction(.delete, emoji, message, channel, by: user.map { "\($0)" } ?? "@me"))
    }

    private static func messages(
        _ method: HTTPMethod, _ channel: ChannelID, query: [(String, String?)] = []
    ) -> Route {
        Route(method, "/channels/{channel}/messages", ["\(channel)"], major: "channel/\(channel)", query: query)
    }

    private static func message(_ method: HTTPMethod, _ message: MessageID, _ channel: ChannelID) -> Route {
        Route(
            method, "/channels/{channel}/messages/{message}", ["\(channel)", "\(message)"], major: "channel/\(channel)")
    }

    private static func reaction(
        _ method: HTTPMethod, _ emoji: String, _ message: MessageID, _ channel: ChannelID, by user: String
    ) -> Route {
        let own = user == "@me"
        return Route(
            method, "/channels/{channel}/messages/{message}/reactions/{emoji}/" + (own ? "@me" : "{user}"),
            ["\(channel)", "\(message)", emoji] + (own ? [] : [user]), major: "channel/\(channel)")
    }
}
