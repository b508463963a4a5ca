public import DiscordModel

/// Why the gateway cannot do what was asked, or cannot go on at all.
public enum GatewayFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// Discord closed the connection with a code after which trying again would fail in the same way.
    case closed(GatewayCloseCode)
    /// A payload is above the gateway's limit of 4096 bytes.
    case payloadTooLarge(bytes: Int)
    /// So many payloads wait for the connection that no more are taken.
    case queueFull
    /// No shard of this client serves the guild, or the client has not started.
    case notRunning
    /// The compressed stream is broken.
    case corruptStream(String)
    /// A message would be larger than allowed once it is decompressed.
    case messageTooLarge(limit: Int)

    /// What happened and what to do next.
    public var description: String {
        switch self {
        case .closed(let code): code.advice ?? "Discord closed the gateway with code \(code); start again"
        case .payloadTooLarge(let bytes): "the gateway takes at most 4096 bytes per payload, this one has \(bytes)"
        case .queueFull: "too many payloads wait for the gateway; send fewer"
        case .notRunning: "the gateway is not running for this guild; start it first"
        case .corruptStream(let words): "the compressed gateway stream is broken (\(words)); connecting again"
        case .messageTooLarge(let limit): "a gateway message is above the limit of \(limit) bytes; connecting again"
        }
    }
}
