/// What a full cache gives up.
public enum CachePolicy: Hashable, Sendable {
    /// The least recently used entry.
    case lru
    /// Three queues; no work on a hit.
    case s3FIFO
    /// What was asked for once and what was asked for again share the room, by the keys evicted too early.
    case arc
    /// A window of newcomers in front of a main part that only the more popular enter; the window's share in percent.
    case windowTinyLFU(windowPercent: Int)
    /// Whichever of the others does best on a sample of the requests, tried again all the time.
    case adaptive

    /// Reads a name: `lru`, `s3_fifo`, `arc`, `w_tinylfu` (a window of 1 %), `w_tinylfu_20` (of 20 %), `adaptive`.
    public init?(named name: String) {
        switch name {
        case "lru": self = .lru
        case "s3_fifo": self = .s3FIFO
        case "arc": self = .arc
        case "w_tinylfu": self = .windowTinyLFU(windowPercent: 1)
        case "adaptive": self = .adaptive
        default:
            guard name.hasPrefix("w_tinylfu_"), let percent = Int(name.dropFirst(10)), 1...99 ~= percent else {
                return nil
            }
            self = .windowTinyLFU(windowPercent: percent)
        }
    }

    /// The name, as configuration and metrics spell it.
    public var name: String {
        switch self {
        case .lru: "lru"
        case .s3FIFO: "s3_fifo"
        case .arc: "arc"
        case .windowTinyLFU(let percent): percent == 1 ? "w_tinylfu" : "w_tinylfu_\(percent)"
        case .adaptive: "adaptive"
        }
    }
}
