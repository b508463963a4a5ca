/// What a match was: who, where, when, how long, and who won.
public struct MatchFacts: Sendable, Hashable {
    /// How a match came about.
    public enum Mode: String, Sendable, Hashable {
        /// By Blizzard's matchmaking.
        case ladder
        /// In a lobby somebody opened, or alone.
        case custom
    }

    /// Version of the game.
    public var version = GameVersion()
    /// Length in loops.
    public var loops = 0
    /// Speed.
    public var speed = GameSpeed.faster
    /// The map's name in the recorder's language.
    public var map = ""
    /// SHA-256 of the map's file: the same map is the same hash, whatever its name.
    public var mapHash: String?
    /// Where Blizzard keeps the map.
    public var mapURL: String?
    /// The server's region.
    public var region: Region?
    /// End by the recorder's clock, in seconds since 1970.
    public var end: Double = 0
    /// How it came about.
    public var mode = Mode.custom
    /// Whether it counts as a ladder game: matchmaking, only people, nobody watching.
    public var isLadder = false
    /// Such as `1v1`, as the lobby called it.
    public var teamType = ""
    /// Players and computers in the order of `replay.details`.
    public var players: [MatchPlayer] = []
    /// People who watched.
    public var observers: [MatchObserver] = []
    /// What is the same in every replay of this game.
    public var identity = GameIdentity(randomValue: 0, randomSeed: 0)

    /// Length in real seconds.
    public var seconds: Double { Double(loops) / speed.loopsPerSecond }
    /// Start by the recorder's clock, in seconds since 1970.
    public var start: Double { end - seconds }
    /// The team whose players all won, when it is one; the replay's own word.
    public var winner: Int? {
        let teams = Set(players.map(\.team))
        let winners = teams.filter { team in players.allSatisfy { $0.team != team || $0.result == .win } }
        return winners.count == 1 ? winners.first : nil
    }
}

/// Someone who played.
public struct MatchPlayer: Sendable, Hashable {
    /// How it ended for a player.
    public enum Result: String, Sendable, Hashable {
        case win = "Win"
        case loss = "Loss"
        case tie = "Tie"

        init?(details number: Int) {
            switch number {
            case 1: self = .win
            case 2: self = .loss
            case 3: self = .tie
            default: return nil
            }
        }
    }

    /// Name without clan; a computer's is in the recorder's language.
    public var name = ""
    /// Clan.
    public var clan: String?
    /// Battle.net account; `nil` for computers.
    public var toon: ToonHandle?
    /// Race played; `nil` when its name is in no list.
    public var race: Race?
    /// Name of the race in the recorder's language.
    public var localizedRace = ""
    /// Race asked for.
    public var pick: RacePick?
    /// How it ended; `nil` when the replay does not know.
    public var result: Result?
    /// Whether it was a person.
    public var isHuman = true
    /// Team, from 1.
    public var team = 0
    /// Actions per minute as the client counts them, since 3.4.
    public var actionsPerMinute: Double?
    /// Rating before the game, since 3.15.
    public var rating: Int?
    /// Number among users, as game events count since 2.0.
    public var user: Int?
    /// Number among players, from 1, as game events count before 2.0 and tracker events always.
    public var number = 0
}

/// Someone who watched.
public struct MatchObserver: Sendable, Hashable {
    /// Name without clan.
    public var name: String
    /// Clan.
    public var clan: String?
    /// Battle.net account.
    public var toon: ToonHandle?
    /// Number among users.
    public var user: Int?
}

/// What is the same in all replays of one game, and in no others: their bytes and even their lengths differ.
public struct GameIdentity: Sendable, Hashable, CustomStringConvertible {
    /// The game's random number.
    public var randomValue: UInt32
    /// The lobby's random number.
    public var randomSeed: UInt32

    /// Both in hexadecimal.
    public var description: String {
        String(randomValue, radix: 16) + "-" + String(randomSeed, radix: 16)
    }
}
