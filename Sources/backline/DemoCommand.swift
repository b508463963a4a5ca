import Glibc
import Sandbox
import ServiceKit

/// `backline demo`: the local Discord with our bot in it, as two processes, the way it is on Discord.
enum DemoCommand {
    /// The page's port when it is free.
    private static let usualPort = 8420
    /// A bot that has not registered its commands by then is not going to.
    private static let startLimit: Duration = .seconds(30)

    static func run(_ arguments: ArgumentReader) async throws -> Int32 {
        var arguments = arguments
        let port = try arguments.number("--port", in: 0...65_535)
        let guilds = try arguments.number("--guilds", in: 1...1_000) ?? 1
        let framesKept = try arguments.number("--frames-kept", in: 50...1_000_000)
        let asJSON = arguments.flag("--json")
        let checks = arguments.flag("--check")
        try arguments.finish()
        LogOutput.shared.setLevel(.warning)
        if checks { return try await DemoCheck.run() }

        let signals = SignalWatch()
        let demo = try await Demo.start(port: port, usualPort: usualPort, guilds: guilds, framesKept: framesKept)
        try await demo.waitUntilReady(startLimit)
        if asJSON {
            print(demo.addresses.json.text)
        } else {
            print(
                """
                Backline is playing on a local Discord. Open

                    \(demo.addresses.page)

                join a voice channel on the left and type  /play
                Ctrl-C ends it.
                """)
        }
        fflush(nil)
        let ended = await withTaskGroup(of: Bool.self) { group in
            group.addTask { await signals.next() == nil }
            group.addTask { await demo.bot.waitForExit() != nil }
            let botEnded = await group.next() ?? false
            group.cancelAll()
            return botEnded
        }
        await demo.stop()
        if ended { Program.complain("The bot ended by itself; its last words are above.") }
        return ended ? 1 : 0
    }
}

/// A sandbox in this process and the bot as a child of it.
struct Demo {
    let sandbox: Sandbox
    let addresses: SandboxAddresses
    let bot: ChildProcess
    let installation: Installation

    /// What could not be started.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// Starts both; `port` nil takes `usualPort` when it is free, else any.
    static func start(port: Int?, usualPort: Int, guilds: Int, framesKept: Int? = nil) async throws -> Demo {
        var options = SandboxOptions()
        options.guilds = guilds
        if let framesKept { options.framesKept = framesKept }
        options.httpPort = port ?? usualPort
        var sandbox = Sandbox(options)
        let addresses: SandboxAddresses
        do {
            addresses = try await sandbox.start()
        } catch  where port == nil {
            options.httpPort = 0
            sandbox = Sandbox(options)
            addresses = try await sandbox.start()
        }
        let installation = Installation.find()
        var environment: [String: String] = [:]
        for name in ["PATH", "HOME", "LANG", "TMPDIR", "BACKLINE_LIBRARY", "BACKLINE_PYTHON", "BACKLINE_ALLOWED_HOSTS"]
        {
            if let value = unsafe getenv(name) { environment[name] = unsafe String(cString: value) }
        }
        environment["BACKLINE_HOME"] = installation.home
        environment["DISCORD_TOKEN"] = addresses.token
        environment["BACKLINE_DISCORD_API"] = addresses.rest
        environment["BACKLINE_CA_FILE"] = addresses.certificateAuthorityFile
        // The local Discord begins anew each time, with the same ids.
        environment["BACKLINE_DATABASE_URL"] = StoreOptions.nothing
        environment["BACKLINE_LOG_LEVEL"] =
            unsafe getenv("BACKLINE_LOG_LEVEL").map { unsafe String(cString: $0) } ?? "warning"
        let bot = try ChildProcess.spawn(
            .init(
                executable: installation.programs + "/backline", arguments: ["run", "--until-input-ends"],
                environment: environment),
            logger: Logger("bot"))
        return Demo(sandbox: sandbox, addresses: addresses, bot: bot, installation: installation)
    }

    /// Waits until the bot has registered its commands and is in every guild.
    func waitUntilReady(_ limit: Duration) async throws {
        let deadline = SystemTime.shared.now + limit
        while true {
            let world = try await sandbox.admin("GET", "world")
            if world["commands"]?.array?.isEmpty == false { return }
            if bot.hasExited {
                await stop()
                throw Failure(description: "The bot ended while it was starting; its last words are above.")
            }
            guard SystemTime.shared.now < deadline else {
                await stop()
                throw Failure(
                    description: "The bot did not register its commands within \(limit). Try: ./backline doctor")
            }
            try await SystemTime.shared.sleep(for: .milliseconds(50))
        }
    }

    /// Ends both within two seconds.
    func stop() async {
        await bot.terminate(grace: .milliseconds(1_400))
        await sandbox.stop()
    }
}
