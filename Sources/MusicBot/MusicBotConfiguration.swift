public import BotKit
public import DiscordModel
public import MusicEngine

/// The bounds and habits of the music bot.
public struct MusicBotConfiguration: Sendable {
    /// Guilds that can have music at one time.
    public var maximumSessions = 1000
    /// How long the bot stays in a channel without listeners.
    public var aloneLimit: Duration = .seconds(5 * 60)
    /// How long the bot stays without playing anything.
    public var nothingPlayingLimit: Duration = .seconds(15 * 60)
    /// How often the progress bar moves.
    public var panelTick: Duration = .seconds(5)
    /// The shortest time between two edits of a panel that nobody waits for.
    public var panelInterval: Duration = .milliseconds(2500)
    /// Songs on one page of the queue.
    public var queuePageSize = 10
    /// Songs taken from a list at once.
    public var playlistLimit = 100
    /// Percent that a volume button changes.
    public var volumeStep = 10
    /// What the back button winds back.
    public var backStep: Duration = .seconds(10)
    /// Limits and defaults of the players.
    public var player = PlayerSettings()
    /// Times and bounds of the router.
    public var router = RouterConfiguration()
    /// Translations.
    public var strings = StringTable()
    /// Syncs the commands to this guild alone, where they appear at once; nil syncs them globally.
    public var commandGuild: GuildID?

    /// The defaults.
    public init() {}
}

/// What is remembered about music in one guild.
public struct MusicGuildSettings: Sendable, Hashable, Codable {
    /// Loudness in percent.
    public var volume: Int

    /// Settings from their values.
    public init(volume: Int = 100) { self.volume = volume }
}
