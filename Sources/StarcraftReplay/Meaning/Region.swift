/// A region of Battle.net.
public enum Region: Int, Sendable, Hashable, CaseIterable {
    /// Americas.
    case americas = 1
    /// Europe.
    case europe = 2
    /// Korea and Taiwan.
    case korea = 3
    /// China.
    case china = 5
    /// South-East Asia.
    case southEastAsia = 6
    /// Public test, or a server for an event.
    case publicTest = 98

    /// The region by the two letters of a cache handle.
    init?(handle: String) {
        switch handle {
        case "us": self = .americas
        case "eu": self = .europe
        case "kr", "tw": self = .korea
        case "cn": self = .china
        case "sg", "sea": self = .southEastAsia
        case "xx": self = .publicTest
        default: return nil
        }
    }

    /// The short name: us, eu, kr, cn, sea or xx.
    public var code: String {
        switch self {
        case .americas: "us"
        case .europe: "eu"
        case .korea: "kr"
        case .china: "cn"
        case .southEastAsia: "sea"
        case .publicTest: "xx"
        }
    }
}

/// The speed of a game.
public enum GameSpeed: Int, Sendable, Hashable {
    case slower = 0
    case slow
    case normal
    case fast
    case faster

    /// Loops in a real second: 16 at Normal, 22.4 at Faster, on which the ladder is played.
    public var loopsPerSecond: Double {
        switch self {
        case .slower: 9.6
        case .slow: 12.8
        case .normal: 16
        case .fast: 19.2
        case .faster: 22.4
        }
    }
}
