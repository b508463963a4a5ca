internal import Glibc
internal import ServiceKit

/// The program's `sandbox` command.
public enum SandboxCommand {
    /// How to use it.
    public static let usage = """
        backline sandbox [--port N] [--voice-port N] [--host A] [--ca-file F] [--no-limits] [--json]
        A local Discord on loopback: prints its addresses and stays until Ctrl-C.
        """

    /// Runs until the surrounding task is cancelled; returns the exit status. The caller turns signals into cancellation.
    public static func run(_ arguments: [String]) async -> Int32 {
        do {
            var reader = ArgumentReader(arguments)
            var options = SandboxOptions()
            options.httpPort = try reader.number("--port", in: 0...65535) ?? 0
            options.voicePort = try reader.number("--voice-port", in: 0...65534) ?? 0
            options.host = try reader.option("--host") ?? options.host
            options.certificateAuthorityFile = try reader.option("--ca-file")
            options.limits.isOff = reader.flag("--no-limits")
            if reader.flag("--fast-identify") { options.gateway.identifyWindow = 0 }
            let asJSON = reader.flag("--json")
            try reader.finish()
            let sandbox = Sandbox(options)
            let addresses = try await sandbox.start()
            print(asJSON ? addresses.json.text : words(addresses))
            fflush(nil)
            while (try? await SystemTime.shared.sleep(for: .seconds(3600))) != nil {}
            await sandbox.stop()
            return 0
        } catch {
            Logger("sandbox").error("\(error)")
            return 1
        }
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
