import BotKit
import DiscordModel
import MusicBot
import ServiceKit
import Store

/// `backline run`: the bot on Discord, or on whatever answers like it.
enum RunCommand {
    static func run(_ arguments: ArgumentReader) async throws -> Int32 {
        var arguments = arguments
        let endsWithInput = arguments.flag("--until-input-ends")
        try arguments.finish()
        if endsWithInput { InputWatch.start() }
        let settings = try SettingSource.process()
        LogOutput.shared.setLevel(try ProgramSettings.logLevel.value(in: settings))
        var configuration = try configuration(settings, Installation.find())
        let database = try ProgramSettings.database.value(in: settings)
        guard database != StoreOptions.nothing else {
            try await BotProgram(configuration).run()
            return 0
        }
        let location = try StoreOptions.location(database, settings, Installation.find())
        try await StoreOptions.with(location) { store in
            try await Migrator(try BacklineSchema.plan()).migrate(store)
            configuration.musicSettings = GuildSettingsInStore(store, part: "music", initial: MusicGuildSettings())
            try await BotProgram(configuration).run()
        }
        return 0
    }

    /// The bot's configuration from the settings, with the installation's own parts where nothing is set.
    private static func configuration(
        _ settings: SettingSource, _ installation: Installation
    ) throws -> BotProgram.Configuration {
        func chosen(_ setting: Setting<String>) throws -> String? {
            let text = try setting.value(in: settings)
            return text.isEmpty ? nil : text
        }
        var configuration = BotProgram.Configuration(
            token: try ProgramSettings.token.value(in: settings),
            libraryFolder: try chosen(ProgramSettings.library) ?? installation.library,
            mediaWorkerPath: installation.mediaWorker)
        configuration.apiBaseURL = try ProgramSettings.api.value(in: settings)
        configuration.certificateAuthorityFile = try chosen(ProgramSettings.authority)
        configuration.mediaWorkers = 1...(try ProgramSettings.workers.value(in: settings))
        configuration.pythonPath = try chosen(ProgramSettings.python) ?? installation.python
        configuration.extractorPath = installation.extractor
        configuration.allowedPrivateHosts = Set(try ProgramSettings.allowedHosts.value(in: settings))
        configuration.speaksDAVE = try ProgramSettings.dave.value(in: settings)
        configuration.commandGuild = try ProgramSettings.guild.value(in: settings).map { GuildID($0) }
        return configuration
    }
}
