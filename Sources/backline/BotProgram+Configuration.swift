import BotKit
import DiscordModel
import MusicBot
import ServiceKit

extension BotProgram {
    /// What a running bot is told from outside; plain values, read from settings elsewhere.
    struct Configuration: Sendable {
        /// The bot's token.
        var token: String
        /// Base address of Discord's REST interface.
        var apiBaseURL = "https://discord.com/api/v10"
        /// One more certificate authority to trust, a PEM file.
        var certificateAuthorityFile: String?
        /// The folder of songs found by name.
        var libraryFolder: String
        /// The media worker's program.
        var mediaWorkerPath: String
        /// How many media workers run at least and at most.
        var mediaWorkers = 1...4
        /// The Python interpreter with yt-dlp.
        var pythonPath = "python3"
        /// The yt-dlp worker's script; nil plays no songs of sites.
        var extractorPath: String?
        /// `host:port` pairs in private networks that songs may come from.
        var allowedPrivateHosts: Set<String> = []
        /// The one guild the commands are registered in; nil registers them everywhere.
        var commandGuild: GuildID?
        /// Whether voice is end-to-end encrypted where Discord wants it (DAVE).
        var speaksDAVE = true
        /// Where what is remembered about music in each guild is kept.
        var musicSettings: any GuildSettings<MusicGuildSettings> = GuildSettingsInMemory(initial: MusicGuildSettings())
        /// Where the program's own entries go.
        var logger = Logger("backline")
    }
}
