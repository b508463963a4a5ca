import BotKit
import DiscordAPI
import DiscordModel
import MusicEngine
import ServiceKit

/// What every session of a bot is made of.
struct SessionParts: Sendable {
    let configuration: MusicBotConfiguration
    let guilds: GuildCache
    let channels: any PanelTransport
    let stages: (any StageSpeaking)?
    let opener: any TrackOpening
    let media: any MediaOpening
    let settings: any GuildSettings<MusicGuildSettings>
    let makeVoice: @Sendable (GuildID, UserID) -> any VoiceLink
    let time: any TimeSource
    let logger: Logger
}

/// Why a session is over.
enum SessionEnd: Sendable, Equatable {
    /// Somebody said /leave.
    case left
    /// Everybody else left the channel.
    case alone
    /// Nothing was playing for long.
    case nothingPlaying
    /// The bot is no longer in the guild: nothing can be said there.
    case removed
    /// It never came to be: the channel could not be joined.
    case unused
}

/// How joining ended.
enum JoinOutcome: Sendable, Equatable {
    case joined, moved, alreadyThere
}
