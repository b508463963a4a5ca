/// A part of a replay: the archive itself, the header in front of it, or a file inside it.
public enum ReplayPart: String, Sendable, Hashable, CaseIterable {
    /// The archive's own headers and tables.
    case archive = "the archive"
    /// The header in the user data block in front of the archive.
    case header = "the header"
    /// Players, results, map and time.
    case details = "replay.details"
    /// A second copy of the details, in newer replays.
    case detailsBackup = "replay.details.backup"
    /// Lobby, users and game description.
    case initData = "replay.initData"
    /// A second copy of the lobby, in newer replays.
    case initDataBackup = "replay.initData.backup"
    /// Lobby settings as four-letter values.
    case attributes = "replay.attributes.events"
    /// The summary that the client writes as JSON since 3.4.0.
    case metadata = "replay.gamemetadata.json"
    /// What people did.
    case gameEvents = "replay.game.events"
    /// Chat, pings and loading.
    case messageEvents = "replay.message.events"
    /// What happened in the world, since 2.0.8.
    case trackerEvents = "replay.tracker.events"
}
