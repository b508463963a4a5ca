/// `replay.initData`: who sat in the lobby, and which game they chose.
///
/// Rewards, licenses and talents of co-op, thousands of numbers, are left out.
public struct InitData: Sendable, Hashable {
    /// People by user id.
    public var users: [LobbyUser] = []
    /// The game's settings.
    public var game = GameDescription()
    /// The lobby as it was when the game began.
    public var lobby = LobbyState()

    /// Reads it in the layout of a base build; nothing may be left over.
    init(_ bytes: Span<UInt8>, part: ReplayPart, build: Int) throws(ReplayError) {
        var reader = BitReader(bytes, part: part)
        for _ in 0..<(try reader.bits(5)) { users.append(try LobbyUser(&reader, build)) }
        game = try GameDescription(&reader, build)
        lobby = try LobbyState(&reader, build)
        reader.align()
        guard reader.isAtEnd else {
            throw .leftOver(part, offset: reader.offset, bytes: bytes.count - reader.offset)
        }
    }
}

/// A person in the lobby.
public struct LobbyUser: Sendable, Hashable {
    /// Name without clan.
    public var name = ""
    /// Clan, since 2.0.
    public var clan: String?
    /// Highest league of the season, 1 bronze to 7 grandmaster, 8 none.
    public var highestLeague: Int?
    /// Sum of the race levels of 2.0.
    public var combinedRaceLevels: Int?
    /// The person's own random number.
    public var randomSeed: UInt32 = 0
    /// Race asked for.
    public var race: Int?
    /// Team asked for.
    public var team: Int?
    /// 0 player, 1 spectator, 2 referee.
    public var observe = 0
    /// Battle.net account, since 3.0.
    public var toon = ""
    /// Rating, since 3.15; -36400 is none.
    public var scaledRating: Int?

    init(_ reader: inout BitReader, _ build: Int) throws(ReplayError) {
        name = try reader.text(lengthBits: 8)
        if build >= 24764, try reader.flag() { clan = try reader.text(lengthBits: 8) }
        if build >= 27950, try reader.flag() { _ = try reader.block(40) }
        if build >= 24764 {
            highestLeague = try reader.optional(8).map(Int.init)
            combinedRaceLevels = try reader.optional(32).map(Int.init)
        }
        randomSeed = try reader.bits(32)
        race = try reader.optional(8).map(Int.init)
        team = try reader.optional(8).map(Int.init)
        // Test map, test start; examine; own interface.
        try reader.skip(2 + (build >= 21955 ? 1 : 0) + (build >= 24764 ? 1 : 0))
        if build >= 34784 { try reader.skip(32) }
        observe = Int(try reader.bits(2))
        if build >= 34784 {
            for _ in 0..<3 { _ = try reader.block(lengthBits: 9) }
            toon = try reader.text(lengthBits: 7)
        }
        if build >= 54518, try reader.flag() { scaledRating = Int(try reader.signed()) }
    }
}
