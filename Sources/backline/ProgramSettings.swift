import ServiceKit

/// The program's settings, one declaration each; `Documentation/configuration.md` shows the same table.
struct ProgramSettings {
    static let token = Setting.text("DISCORD_TOKEN", "the bot's token from Discord's developer portal", secret: true)
    static let api = Setting<String>(
        "BACKLINE_DISCORD_API", "base address of Discord's REST interface, or of a proxy or compatible server",
        default: "https://discord.com/api/v10", form: "an http or https address"
    ) { text in
        guard text.hasPrefix("http://") || text.hasPrefix("https://") else { return nil }
        return text.hasSuffix("/") ? String(text.dropLast()) : text
    }
    static let authority = Setting.text(
        "BACKLINE_CA_FILE", "file with one more certificate authority (PEM) to trust", default: "", shown: "none")
    static let library = Setting.text(
        "BACKLINE_LIBRARY", "folder of songs that /play finds by name", default: "",
        shown: "the songs that ship with it")
    static let python = Setting.text(
        "BACKLINE_PYTHON", "Python with yt-dlp installed", default: "", shown: "the private environment .venv")
    static let allowedHosts = Setting.list(
        "BACKLINE_ALLOWED_HOSTS",
        "host:port pairs inside private networks that songs may be fetched from, separated by commas")
    static let guild = Setting<UInt64?>(
        "BACKLINE_COMMAND_GUILD", "id of one server to register the commands in, where they appear at once",
        default: .some(nil), shown: "all servers", form: "a server's id"
    ) { text in UInt64(text) }
    static let workers = Setting.number(
        "BACKLINE_MEDIA_WORKERS", "most media-worker processes, each for up to 16 songs at a time", default: 16,
        in: 1...64)
    static let dave = Setting<Bool>(
        "BACKLINE_DAVE",
        "on, or off: end-to-end encryption of voice (DAVE), without which Discord refuses most channels",
        default: true, shown: "on", form: "on or off"
    ) { text in ["on": true, "off": false][text.lowercased()] }
    static let database = Setting.text(
        "BACKLINE_DATABASE_URL",
        "the database: sqlite, sqlite:PATH, postgres://user:password@host:5432/database, or none",
        default: "sqlite", shown: "sqlite, a file in the data folder")
    static let data = Setting.text(
        "BACKLINE_DATA", "folder of everything that is kept", default: "", shown: "the folder data beside the program")
    static let logLevel = Setting<LogLevel>(
        "BACKLINE_LOG_LEVEL", "debug, info, notice, warning or error", default: .info, shown: "info",
        form: "debug, info, notice, warning or error"
    ) { LogLevel(name: $0) }

    /// A row of the documented table: name, default, meaning.
    static let table: [(name: String, shownDefault: String, summary: String)] = [
        row(token), row(api), row(authority), row(library), row(python), row(allowedHosts), row(guild), row(workers),
        row(dave), row(database), row(data), row(logLevel),
    ]

    private static func row<Value>(_ setting: Setting<Value>) -> (name: String, shownDefault: String, summary: String) {
        (setting.name, setting.shownDefault ?? "required", setting.summary)
    }
}
