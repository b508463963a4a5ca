internal import DiscordVoice
internal import FoundationEssentials
public import ServiceKit

/// How a sandbox is set up.
public struct SandboxOptions: Sendable {
    /// The numeric IPv4 address to listen on.
    public var host = "127.0.0.1"
    /// The port of page, REST, gateway and CDN; 0 lets the system choose.
    public var httpPort = 0
    /// The port of the first voice server (TLS); 0 lets the system choose.
    public var voicePort = 0
    /// REST rate limits.
    public var limits = RateLimitRules()
    /// Gateway behaviour.
    public var gateway = GatewayRules()
    /// Voice behaviour.
    public var voice = VoiceRules()
    /// Guilds in the world, all alike.
    public var guilds = 1
    /// Messages kept per channel.
    public var messagesKept = 1000
    /// Voice packets the listener keeps per sender.
    public var framesKept = 4000
    /// Whether the listener decodes every packet to see that it decodes.
    public var decodes = true
    /// Where the certificate authority file goes; nil makes one in the temporary folder.
    public var certificateAuthorityFile: String?
    /// Seed of everything the world draws by lot.
    public var seed: UInt64 = 0x5EED
    /// The clock of deadlines and limits.
    public var time: any TimeSource = SystemTime.shared
    /// Milliseconds since the Unix epoch at the start; afterwards `time` goes on from there.
    public var wallClock: @Sendable () -> Int64 = { Int64(Date().timeIntervalSince1970 * 1000) }

    /// Makes the end-to-end encryption of one of the people in voice channels.
    var makeSession: @Sendable () -> any E2EESession = { DAVESession() }

    /// The defaults: loopback, ports of the system's choice, Discord's limits.
    public init() {}
}

/// Where a running sandbox is reached.
public struct SandboxAddresses: Sendable, Equatable {
    /// The REST base, `http://127.0.0.1:P/api/v10`.
    public var rest: String
    /// The gateway, `ws://127.0.0.1:P/gw`.
    public var gateway: String
    /// The voice servers, `127.0.0.1:V`, TLS, one per region.
    public var voice: [String]
    /// The page, `http://127.0.0.1:P/`.
    public var page: String
    /// The certificate authority in PEM, to be trusted by voice clients.
    public var certificateAuthorityPEM: String
    /// The file it is in.
    public var certificateAuthorityFile: String
    /// The seeded bot's token.
    public var token: String

    /// The addresses as one JSON object.
    public var json: JSON {
        [
            "rest": .string(rest), "gateway": .string(gateway), "voice": .array(voice.map { .string($0) }),
            "page": .string(page), "ca_file": .string(certificateAuthorityFile), "token": .string(token),
        ]
    }
}
