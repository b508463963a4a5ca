public import DiscordModel
public import DiscordVoice
public import MusicEngine
public import ServiceKit

/// A guild's way into voice: one connection that can be opened, moved and closed again and again, and the place where
/// the player's frames go. `DiscordVoice`'s connection is one; tests use a fake.
public protocol VoiceLink: AnyObject, Sendable {
    /// Where the player's frames go; the same before and after a reconnect.
    var output: any PlayerOutput { get }
    /// The channel it is in or on its way to.
    var channel: ChannelID? { get }
    /// What happens to the connection.
    var events: BoundedChannel<VoiceLinkEvent> { get }
    /// How the connection does.
    var report: VoiceLinkReport { get }
    /// Works until cancelled, then leaves the channel.
    func run() async
    /// Joins or moves to a channel; returns when audio can flow.
    func connect(to channel: ChannelID) async throws(VoiceLinkFailure)
    /// Leaves the channel.
    func disconnect() async
    /// The bot's own voice state, from the main gateway.
    func receive(_ state: VoiceState)
    /// The address of the voice server, from the main gateway.
    func receive(_ server: VoiceServerUpdate)
}

/// How a voice connection does, for people.
public struct VoiceLinkReport: Sendable {
    /// Packets, latency and repairs.
    public var statistics: VoiceStatistics
    /// End-to-end encryption.
    public var encryption: E2EEReport
    /// The voice server, whose name tells its region; nil while there is none.
    public var endpoint: String?

    /// A report from its parts.
    public init(
        statistics: VoiceStatistics = VoiceStatistics(), encryption: E2EEReport = E2EEReport(), endpoint: String? = nil
    ) {
        self.statistics = statistics
        self.encryption = encryption
        self.endpoint = endpoint
    }
}

/// What happens to a voice connection.
public enum VoiceLinkEvent: Sendable, Hashable {
    /// Audio flows in this channel.
    case connected(ChannelID)
    /// Somebody moved the bot to this channel.
    case moved(ChannelID)
    /// The connection broke; it is being made anew.
    case interrupted
    /// Audio flows again.
    case recovered
    /// The connection is over, by a moderator or for good: a sentence for people, when there is more to say.
    case disconnected(String?)
}

/// Why a channel could not be joined, for people.
public struct VoiceLinkFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// What happened and what to do next.
    public let description: String

    /// A failure with its sentence.
    public init(_ description: String) { self.description = description }
}
