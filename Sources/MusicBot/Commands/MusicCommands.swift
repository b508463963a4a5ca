import BotKit
import DiscordAPI
import DiscordModel
import MusicEngine
import ServiceKit

/// The bot's slash commands and buttons, and what they share.
struct MusicCommands: Sendable {
    let configuration: MusicBotConfiguration
    let guilds: GuildCache
    let sessions: SessionTable
    let finder: any SongFinding
    let settings: any GuildSettings<MusicGuildSettings>
    let logger: Logger

    var access: VoiceAccess { VoiceAccess(guilds: guilds) }

    /// All slash commands.
    var commands: [Command] {
        let isVoice = [ChannelType.voice.rawValue, ChannelType.stage.rawValue]
        return [
            Command(
                "play", Phrases.playCommand,
                options: [
                    CommandOption(
                        "query", Phrases.playQuery, .string(length: 1...500), required: true, autocomplete: complete)
                ], run: guarded(play)),
            Command(
                "join", Phrases.joinCommand,
                options: [CommandOption("channel", Phrases.joinChannel, .channel(types: isVoice))], run: guarded(join)),
            Command("leave", Phrases.leaveCommand, run: guarded(leave)),
            Command("pause", Phrases.pauseCommand, run: guarded(pause)),
            Command("resume", Phrases.resumeCommand, run: guarded(resume)),
            Command("skip", Phrases.skipCommand, run: guarded(skip)),
            Command("stop", Phrases.stopCommand, run: guarded(stop)),
            Command(
                "seek", Phrases.seekCommand,
                options: [CommandOption("position", Phrases.seekPosition, .string(length: 1...32), required: true)],
                run: guarded(seek)),
            Command(
                "volume", Phrases.volumeCommand,
                options: [CommandOption("level", Phrases.volumeLevel, .integer(0...200))], run: guarded(volume)),
            Command(
                "queue", Phrases.queueCommand,
                options: [CommandOption("page", Phrases.queuePage, .integer(1...10_000))], run: guarded(queue)),
            Command("nowplaying", Phrases.nowPlayingCommand, run: guarded(nowPlaying)),
            Command(
                "voice", Phrases.voiceCommand,
                subcommands: [.run("status", Phrases.voiceStatusCommand, [], guarded(voiceStatus))]),
        ]
    }

    /// All buttons.
    var components: [ComponentRoute] {
        [
            ComponentRoute(PlayerView.prefix, run: guarded(pressed)),
            ComponentRoute(QueueView.prefix, run: guarded(turnPage)),
        ]
    }

    /// A handler whose known failures become sentences for the person.
    private func guarded(_ handler: @escaping InteractionHandler) -> InteractionHandler {
        { invocation in
            do {
                try await handler(invocation)
            } catch let error as MusicError {
                if case .cancelled = error { throw CancellationError() }
                throw UserFacingError(verbatim: error.sentence)
            } catch is SessionOver {
                throw UserFacingError(Phrases.notConnected)
            }
        }
    }

    // MARK: Shared steps

    /// The guild and person of a use.
    func caller(_ invocation: Invocation) throws(UserFacingError) -> (guild: GuildID, user: UserID) {
        guard let guild = invocation.guild, let user = invocation.user?.id else {
            throw UserFacingError(Phrases.guildOnly)
        }
        return (guild, user)
    }

    /// The session of the guild, which the person may control.
    func controlled(_ invocation: Invocation) throws(UserFacingError) -> GuildSession {
        let (guild, user) = try caller(invocation)
        guard let session = sessions.current(guild) else { throw UserFacingError(Phrases.nothingPlaying) }
        try access.checkControl(of: session, by: user)
        return session
    }

    /// The session of the guild, which the person may control, and the song that is playing.
    func playing(_ invocation: Invocation) throws(UserFacingError) -> (session: GuildSession, current: QueuedTrack) {
        let session = try controlled(invocation)
        guard let current = session.player.snapshot.current else { throw UserFacingError(Phrases.nothingPlaying) }
        return (session, current)
    }

    /// Makes or finds the session and brings it into a channel; a session that ends just then is replaced once.
    func enter(
        _ channel: ChannelID, _ invocation: Invocation
    ) async throws -> (session: GuildSession, outcome: JoinOutcome) {
        let (guild, _) = try caller(invocation)
        guard let me = guilds.me, let textChannel = invocation.channel else {
            throw UserFacingError(Phrases.unknownGuild)
        }
        let locale = invocation.interaction.guildLocale
        do {
            let session = try await sessions.make(guild, me: me, textChannel: textChannel, locale: locale)
            return (session, try await session.join(channel))
        } catch is SessionOver {
            let session = try await sessions.make(guild, me: me, textChannel: textChannel, locale: locale)
            return (session, try await session.join(channel))
        }
    }

    /// A song's title for a sentence.
    func title(_ track: Track) -> String { MarkdownText.link(track.title, to: track.pageURL) }

    /// A song's length for a sentence.
    func length(_ track: Track, _ invocation: Invocation) -> String {
        if track.isLive { return invocation.text(Phrases.live) }
        return track.duration?.clockText ?? invocation.text(Phrases.unknownLength)
    }
}
