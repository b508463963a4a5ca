/// The lobby as it was when the game began, from `replay.initData`.
public struct LobbyState: Sendable, Hashable {
    /// How far the lobby was.
    public var phase = 0
    /// Places, taken or not.
    public var slots: [LobbySlot] = []
    /// The lobby's random number: equal in every replay of the same game.
    public var randomSeed: UInt32 = 0
    /// Who opened the lobby.
    public var hostUser: Int?
    /// Played alone.
    public var isSinglePlayer = false
    /// Which map of a vote was taken.
    public var pickedMapTag: Int?
    /// Limit of the game's length; 0 is none.
    public var gameDuration: UInt32 = 0

    /// Nobody there.
    init() {}

    init(_ reader: inout BitReader, _ build: Int) throws(ReplayError) {
        phase = Int(try reader.bits(3))
        try reader.skip(10)
        for _ in 0..<(try reader.bits(5)) { slots.append(try LobbySlot(&reader, build)) }
        randomSeed = try reader.bits(32)
        hostUser = try reader.optional(4).map(Int.init)
        isSinglePlayer = try reader.flag()
        if build >= 36442 { pickedMapTag = Int(try reader.bits(8)) }
        gameDuration = try reader.bits(32)
        try reader.skip(6)
        if build >= 24764 { try reader.skip(build >= 38749 ? 8 : 7) }
    }
}

/// A place in the lobby.
public struct LobbySlot: Sendable, Hashable {
    /// 0 open, 1 closed, 2 human, 3 computer.
    public var control = 0
    /// The person, by number in ``InitData/users``.
    public var user: Int?
    /// Team, from 0.
    public var team = 0
    /// Colour asked for.
    public var color: Int?
    /// Race asked for: 0 Terran, 1 Zerg, 2 Protoss; `nil` is random.
    public var race: Int?
    /// Difficulty of a computer.
    public var difficulty = 0
    /// Handicap in per cent.
    public var handicap = 100
    /// 0 player, 1 spectator, 2 referee.
    public var observe = 0
    /// Number that ``DetailsPlayer/slot`` refers to, since 2.0.
    public var workingSetSlot: Int?
    /// Battle.net account, since 1.1.
    public var toon = ""
    /// Co-op commander.
    public var commander = ""
    /// Level of the commander.
    public var commanderLevel = 0
    /// Leader of an archon team, by user.
    public var tandemLeader: Int?
    /// Number of an archon team.
    public var tandem: Int?

    init(_ reader: inout BitReader, _ build: Int) throws(ReplayError) {
        control = Int(try reader.bits(8))
        user = try reader.optional(4).map(Int.init)
        team = Int(try reader.bits(4))
        color = try reader.optional(5).map(Int.init)
        race = try reader.optional(8).map(Int.init)
        difficulty = Int(try reader.bits(6))
        if build >= 23925 { try reader.skip(build >= 38749 ? 8 : 7) }
        handicap = Int(try reader.bits(build >= 80669 ? 32 : 7))
        observe = Int(try reader.bits(2))
        if build >= 32283 { try reader.skip(32) }
        if build >= 34784 {
            for _ in 0..<3 { _ = try reader.block(lengthBits: 9) }
            for _ in 0..<(try reader.bits(4)) { _ = try reader.block(lengthBits: 9) }
        }
        if build >= 24764 { workingSetSlot = try reader.optional(8).map(Int.init) }
        try LobbySlot.skipWords(&reader, countBits: build >= 34784 ? 17 : build >= 24764 ? 6 : 5)
        if build >= 17266 { toon = try reader.text(lengthBits: 7) }
        if build >= 19132 {
            try LobbySlot.skipWords(&reader, countBits: build >= 77379 ? 16 : build >= 70154 ? 13 : 9)
        }
        if build >= 34784 {
            tandemLeader = try reader.optional(4).map(Int.init)
            commander = try reader.text(lengthBits: 9)
        }
        if build >= 36442 { commanderLevel = Int(try reader.bits(32)) }
        if build >= 38215 { try reader.skip(1) }
        if build >= 39576 { tandem = try reader.optional(4).map(Int.init) }
        if build >= 42932 {
            try reader.skip(32)
            try LobbySlot.skipWords(&reader, countBits: 3)
        }
        if build >= 75689 { try reader.skip(32) }
        if build >= 47185 {
            for _ in 0..<(try reader.bits(17)) {
                try reader.skip(32)
                try LobbySlot.skipWords(&reader, countBits: 17)
            }
        }
        if build >= 77379 {
            try reader.skip(32)
            try LobbySlot.skipWords(&reader, countBits: 3)
            try reader.skip(64)
        }
        if build >= 80949 { try reader.skip(32) }
    }

    /// Leaves out numbers of 32 bits, behind their count.
    private static func skipWords(_ reader: inout BitReader, countBits: Int) throws(ReplayError) {
        try reader.skip(Int(try reader.bits(countBits)) * 32)
    }
}
