import DiscordAPI
import DiscordVoice
import FoundationEssentials
import Glibc
import MediaPipeline
import MusicEngine
import Networking
import ServiceKit

/// `backline doctor`: one line for each thing the bot needs, with the remedy for what is wrong.
enum DoctorCommand {
    /// One check's result.
    struct Line: Sendable, Encodable {
        /// How well it is.
        enum State: String, Sendable, Encodable { case well, warning, wrong }
        var part: String
        var state: State
        var found: String
        var remedy: String?
    }

    /// Below this a cache, a log or an update fails sooner or later.
    private static let leastFreeBytes: UInt64 = 500 << 20
    /// Discord's tokens and interactions do not stand more.
    private static let mostClockError = 5.0

    static func run(_ arguments: ArgumentReader) async throws -> Int32 {
        var arguments = arguments
        let asJSON = arguments.flag("--json")
        try arguments.finish()
        LogOutput.shared.setLevel(.error)
        let settings = try SettingSource.process()
        let installation = Installation.find()
        async let discord = discord(settings)
        async let worker = mediaWorker(installation)
        async let extractor = extractor(settings, installation)
        let lines = [voice()] + (await worker) + (await extractor) + [disk(installation)] + (try await discord)
        if asJSON {
            print(String(decoding: try JSONEncoder().encode(lines), as: UTF8.self))
        } else {
            let width = lines.map(\.part.count).max() ?? 0
            for line in lines {
                let sign =
                    switch line.state {
                    case .well: "✓";
                    case .warning: "!";
                    case .wrong: "✗"
                    }
                let part = line.part + String(repeating: " ", count: width - line.part.count)
                print("\(sign) \(part)  \(line.found)" + (line.remedy.map { " → \($0)" } ?? ""))
            }
        }
        return lines.contains { $0.state == .wrong } ? 1 : 0
    }

    /// Token, address and clock in one request.
    private static func discord(_ settings: SettingSource) async throws -> [Line] {
        let base = try ProgramSettings.api.value(in: settings)
        let authority = try ProgramSettings.authority.value(in: settings)
        var configuration = HTTPClientConfiguration()
        configuration.certificateAuthorityFile = authority.isEmpty ? nil : authority
        let client = HTTPClient(configuration)
        defer { client.close() }
        let token = try? ProgramSettings.token.value(in: settings)
        var request = HTTPRequest(.get, base + (token == nil ? "/gateway" : "/users/@me"))
        request.timeout = .seconds(10)
        request.policy = .any
        if let token { request.headers["Authorization"] = "Bot \(token)" }
        let started = Date.now
        let missing = Line(
            part: "token", state: .wrong, found: "DISCORD_TOKEN is not set",
            remedy: "copy the token from the developer portal (Bot, Reset Token) into .env as DISCORD_TOKEN=…")
        do {
            let response = try await client.send(request)
            var lines = [Line(part: "Discord", state: .well, found: "answers at \(host(base))", remedy: nil)]
            switch (token, response.status) {
            case (nil, _): lines.append(missing)
            case (_, 200):
                let user = try? JSONDecoder().decode([String: JSONText].self, from: Data(response.body))
                lines.append(
                    Line(
                        part: "token", state: .well, found: "belongs to \(user?["username"]?.text ?? "a bot")",
                        remedy: nil))
            case (_, 401):
                lines.append(
                    Line(
                        part: "token", state: .wrong, found: "Discord refuses it",
                        remedy: "reset it in the developer portal (Bot, Reset Token) and put the new one into .env"))
            default:
                lines.append(
                    Line(
                        part: "token", state: .warning, found: "Discord answered \(response.status)",
                        remedy: "try again in a minute; see https://discordstatus.com"))
            }
            return lines + [clock(response, started)]
        } catch {
            return [
                Line(
                    part: "Discord", state: .wrong, found: "\(host(base)) cannot be reached: \(error)",
                    remedy: "check the network, a proxy, and BACKLINE_DISCORD_API"),
                token == nil ? missing : Line(part: "token", state: .warning, found: "not checked", remedy: nil),
                Line(part: "clock", state: .warning, found: "not compared, Discord did not answer", remedy: nil),
            ]
        }
    }

    /// Any JSON value, of which only text is of interest.
    private struct JSONText: Decodable {
        let text: String?
        init(from decoder: any Decoder) throws { text = try? decoder.singleValueContainer().decode(String.self) }
    }

    private static func host(_ base: String) -> String {
        base.split(separator: "/", maxSplits: 3).dropFirst().first.map(String.init) ?? base
    }

    private static func clock(_ response: HTTPResponse, _ started: Date) -> Line {
        guard let text = response.headers["Date"], let theirs = HTTPDate.parse(text) else {
            return Line(part: "clock", state: .warning, found: "not compared, the answer has no date", remedy: nil)
        }
        let middle = started.addingTimeInterval(Date.now.timeIntervalSince(started) / 2)
        let error = abs(middle.timeIntervalSince(theirs))
        guard error > mostClockError + 1 else {
            return Line(part: "clock", state: .well, found: "agrees with Discord's", remedy: nil)
        }
        return Line(
            part: "clock", state: .wrong, found: "is \(Int(error)) s off",
            remedy: "turn time synchronisation on: sudo timedatectl set-ntp true")
    }

    /// Encrypts and decrypts a packet with both ciphers.
    private static func voice() -> Line {
        for mode in TransportMode.allCases {
            do {
                let cipher = try TransportCipher(mode, key: Array(repeating: 7, count: 32))
                let header = [UInt8](RTPHeader(sequence: 1, timestamp: 960, ssrc: 7).bytes)
                let packet = try cipher.seal(header: header, plaintext: OpusSilence.frame)
                guard try cipher.open(packet).payload == OpusSilence.frame else {
                    throw VoiceError.malformedPacket(.notAuthentic)
                }
            } catch {
                return Line(
                    part: "voice", state: .wrong, found: "\(mode.rawValue) does not work: \(error)",
                    remedy: "reinstall libsodium and OpenSSL: sudo apt-get install --reinstall libsodium23 libssl3")
            }
        }
        return Line(part: "voice", state: .well, found: "both encryption modes work", remedy: nil)
    }

    /// Has a worker open each song of the library.
    private static func mediaWorker(_ installation: Installation) async -> [Line] {
        let pool = MediaWorkerPool(
            MediaWorkerPoolConfiguration(executable: installation.mediaWorker, workers: 1...1), logger: Logger("doctor")
        )
        let running = Task { try await pool.run() }
        defer { running.cancel() }
        let library = MusicLibrary(folder: installation.library)
        let songs = library.tracks()
        guard let song = songs.first else {
            return [
                Line(
                    part: "library", state: .warning, found: "\(installation.library) has no songs",
                    remedy: "run ./backline from the checkout, or set BACKLINE_LIBRARY")
            ]
        }
        do {
            let info = try await pool.probe(.file(path: installation.path(of: song)))
            return [
                Line(part: "media-worker", state: .well, found: "reads \(info.codec)", remedy: nil),
                Line(part: "library", state: .well, found: "\(songs.count) songs", remedy: nil),
            ]
        } catch {
            return [
                Line(
                    part: "media-worker", state: .wrong, found: "\(error)",
                    remedy: "build it: ./backline --version; then check the FFmpeg packages of Scripts/debian-packages")
            ]
        }
    }

    private static func extractor(_ settings: SettingSource, _ installation: Installation) async -> [Line] {
        let chosen = (try? ProgramSettings.python.value(in: settings)) ?? ""
        let pool = ExtractorPool(
            ExtractorConfiguration(
                python: chosen.isEmpty ? installation.python : chosen, script: installation.extractor),
            logger: Logger("doctor"))
        let running = Task { await pool.run() }
        defer { running.cancel() }
        do {
            let versions = try await pool.versions()
            let solver = versions.javaScriptRuntime
            return [
                Line(
                    part: "yt-dlp", state: versions.ytDlp == nil ? .wrong : .well,
                    found: versions.ytDlp.map { "\($0) on Python \(versions.python ?? "?")" } ?? "is not installed",
                    remedy: versions.ytDlp == nil ? "remove the folder .venv and run ./backline again" : nil),
                Line(
                    part: "JavaScript", state: solver == nil ? .warning : .well,
                    found: solver ?? "no runtime: some YouTube videos will not play",
                    remedy: solver == nil ? "remove the folder .venv and run ./backline again; it installs deno" : nil),
            ]
        } catch {
            return [
                Line(
                    part: "yt-dlp", state: .wrong, found: "\(error)",
                    remedy: "remove the folder .venv and run ./backline again, or set BACKLINE_PYTHON"),
                Line(part: "JavaScript", state: .warning, found: "not checked", remedy: nil),
            ]
        }
    }

    private static func disk(_ installation: Installation) -> Line {
        var status = statvfs()
        guard unsafe statvfs(installation.home, &status) == 0 else {
            return Line(part: "disk", state: .warning, found: "\(installation.home) cannot be looked at", remedy: nil)
        }
        let free = UInt64(status.f_bavail) * UInt64(status.f_frsize)
        let shown = "\(free >> 20) MB free"
        return free < leastFreeBytes
            ? Line(part: "disk", state: .wrong, found: shown, remedy: "free at least \(leastFreeBytes >> 20) MB")
            : Line(part: "disk", state: .well, found: shown, remedy: nil)
    }
}
