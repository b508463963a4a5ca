public import DiscordModel

/// What a panel needs from Discord: to post, edit and delete one message.
public protocol PanelTransport: Sendable {
    /// Posts a message and gives its id.
    func post(_ body: MessageBody, in channel: ChannelID) async throws(PanelFailure) -> MessageID
    /// Replaces what a message shows.
    func edit(_ message: MessageID, in channel: ChannelID, to body: MessageBody) async throws(PanelFailure)
    /// Deletes a message.
    func delete(_ message: MessageID, in channel: ChannelID) async throws(PanelFailure)
}

/// Why a panel request failed, in the kinds a panel treats differently.
public enum PanelFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// The message does not exist any more (10008).
    case messageGone
    /// The bot may not see or write the channel, or it is gone (10003, 50001, 50013): Discord's words.
    case noAccess(String)
    /// Anything else, worth another try: what happened.
    case failed(String)

    /// What happened.
    public var description: String {
        switch self {
        case .messageGone: "the message was deleted"
        case .noAccess(let reason): "no access to the channel: \(reason)"
        case .failed(let reason): reason
        }
    }
}
