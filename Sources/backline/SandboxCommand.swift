import Glibc
import ServiceKit
import Sandbox

/// `backline sandbox`: the local Discord alone.
enum SandboxCommand {
    static func run(_ arguments: ArgumentReader) async throws -> Int32 {
        var arguments = arguments
        var options = SandboxOptions()
        options.httpPort = try arguments.number("--port", in: 0...65_535) ?? 0
        options.voicePort = try arguments.number("--voice-port", in: 0...65_534) ?? 0
        options.guilds = try arguments.number("--guilds", in: 1...1_000) ?? 1
        if let kept = try arguments.number("--frames-kept", in: 50...1_000_000) { options.framesKept = kept }
        if let word = try arguments.option("--dave") {
            guard let rule = DAVERule(rawValue: word) else {
                throw ArgumentReader.Failure.malformed(
                    option: "--dave", found: word, form: "off, offered or required")
            }
            options.voice.dave = rule
        }
        options.limits.isOff = arguments.flag("--no-limits")
        let asJSON = arguments.flag("--json")
        try arguments.finish()
        LogOutput.shared.setLevel(.warning)
        let signals = SignalWatch()
        let sandbox = Sandbox(options)
        let addresses = try await sandbox.start()
        print(asJSON ? addresses.json.text : words(addresses))
        fflush(nil)
        _ = await signals.next()
        await sandbox.stop()
        return 0
    }

    private static func words(_ addresses: SandboxAddresses) -> String {
        """
        page     \(addresses.page)
        REST     \(addresses.rest)
        gateway  \(addresses.gateway)
        voice    \(addresses.voice.joined(separator: " "))
        CA file  \(addresses.certificateAuthorityFile)
        token    \(addresses.token)
        """
    }
}
