public import DiscordModel

/// What happens to a voice connection that others care about.
public enum VoiceEvent: Sendable, Equatable {
    /// Audio can flow in this channel, for the first time since `connect`.
    case connected(ChannelID)
    /// Audio can flow in another channel than before: asked for, or moved by somebody.
    case moved(ChannelID)
    /// The connection was lost; the source is paused and the connection is being mended.
    case interrupted
    /// Audio flows again after `interrupted`.
    case recovered
    /// The connection is over; a sentence for people says why.
    case disconnected(String)
}

/// Where a voice connection stands.
public enum VoiceStatus: Sendable, Equatable {
    /// In no channel.
    case disconnected
    /// On the way into a channel.
    case connecting(ChannelID)
    /// Audio can flow.
    case connected(ChannelID)
    /// Lost, being mended.
    case interrupted(ChannelID)

    /// The channel it is in or on the way to.
    public var channel: ChannelID? {
        switch self {
        case .disconnected: nil
        case .connecting(let channel), .connected(let channel), .interrupted(let channel): channel
        }
    }
}
