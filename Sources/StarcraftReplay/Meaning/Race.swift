/// A race of StarCraft II.
public enum Race: String, Sendable, Hashable, CaseIterable {
    /// Terran.
    case terran = "Terran"
    /// Zerg.
    case zerg = "Zerg"
    /// Protoss.
    case protoss = "Protoss"

    /// The race of a short form of the client, such as `Terr`; `nil` for random and unknown.
    init?(code: String) {
        switch code {
        case "Terr": self = .terran
        case "Zerg": self = .zerg
        case "Prot": self = .protoss
        default: return nil
        }
    }

    /// The race by its number in the lobby.
    init?(lobby number: Int?) {
        switch number {
        case 0: self = .terran
        case 1: self = .zerg
        case 2: self = .protoss
        default: return nil
        }
    }

    /// The race by its name in any language of the client; names differ by release and case too, so their beginnings
    /// count. Co-op commanders stand behind a race's name.
    init?(localizedName name: String) {
        for (race, beginnings) in Race.beginnings where beginnings.contains(where: name.hasPrefix) {
            self = race
            return
        }
        return nil
    }

    private static let beginnings: [(Race, [String])] = [
        (.terran, ["Terran", "Терран", "테란", "人类", "人類"]),
        (.protoss, ["Protos", "Протосс", "프로토스", "星灵", "神族"]),
        (.zerg, ["Zerg", "Зерг", "저그", "异虫", "蟲族"]),
    ]
}

/// What a player asked for.
public enum RacePick: Sendable, Hashable {
    /// A race.
    case race(Race)
    /// Any.
    case random

    /// From a short form, in the client's summary or in the lobby's attributes.
    init?(code: String) {
        if code == "Rand" || code == "RAND" {
            self = .random
        } else if let race = Race(code: code) {
            self = .race(race)
        } else {
            return nil
        }
    }

    /// The English name.
    public var name: String {
        switch self {
        case .race(let race): race.rawValue
        case .random: "Random"
        }
    }
}
