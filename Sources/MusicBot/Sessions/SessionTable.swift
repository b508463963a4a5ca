import BotKit
import DiscordModel
import MusicEngine
import ServiceKit
import Synchronization

/// The sessions of a bot, one per guild, at most as many as the configuration allows.
final class SessionTable: Sendable {
    private let parts: SessionParts
    private let sessions = Mutex<[GuildID: GuildSession]>([:])
    /// Sessions that were made and wait for the bot's `run()` to run them.
    let started: BoundedChannel<GuildSession>

    init(parts: SessionParts) {
        self.parts = parts
        started = BoundedChannel(capacity: max(1, parts.configuration.maximumSessions))
    }

    /// How many guilds have music.
    var count: Int { sessions.withLock { $0.count } }

    /// The living session of a guild.
    func current(_ guild: GuildID) -> GuildSession? {
        sessions.withLock { sessions in
            guard let session = sessions[guild], !session.isEnded else { return nil }
            return session
        }
    }

    /// The living session of a guild, made when there is none; `textChannel` is where it will speak.
    func make(_ guild: GuildID, me: UserID, textChannel: ChannelID, locale: String?) async throws -> GuildSession {
        if let session = current(guild) { return session }
        let volume = try await parts.settings.value(for: guild).volume
        let (session, isNew) = try sessions.withLock { sessions throws(UserFacingError) in
            if let session = sessions[guild], !session.isEnded { return (session, false) }
            guard sessions.count < parts.configuration.maximumSessions || sessions[guild] != nil else {
                throw UserFacingError(Phrases.tooManySessions)
            }
            let session = GuildSession(
                guild: guild, me: me, textChannel: textChannel, volume: volume, locale: locale, parts: parts)
            sessions[guild] = session
            return (session, true)
        }
        if isNew, !started.trySend(session) {
            remove(session)
            throw UserFacingError(Phrases.tooManySessions)
        }
        return session
    }

    /// Forgets a session that has ended, unless a new one has taken its place.
    func remove(_ session: GuildSession) {
        sessions.withLock { sessions in
            if sessions[session.guild] === session { sessions[session.guild] = nil }
        }
    }
}
