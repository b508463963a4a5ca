/// The game's settings, from `replay.initData`.
public struct GameDescription: Sendable, Hashable {
    /// The game's random number: equal in every replay of the same game.
    public var randomValue: UInt32 = 0
    /// Name in the client's cache.
    public var cacheName = ""
    /// Options of the lobby.
    public var options = GameOptions()
    /// 0 Slower to 4 Faster.
    public var speed = 0
    /// Kind of game.
    public var kind = 0
    /// How many people fit in.
    public var maximumUsers = 0
    /// How many may watch.
    public var maximumObservers = 0
    /// How many may play.
    public var maximumPlayers = 0
    /// How many teams there may be.
    public var maximumTeams = 0
    /// Width of the map.
    public var mapWidth = 0
    /// Height of the map.
    public var mapHeight = 0
    /// Checksum of the map.
    public var mapChecksum: UInt32 = 0
    /// Name of the map's file.
    public var mapFileName = ""
    /// Author of the map.
    public var mapAuthor = ""
    /// The files the game was made of; the map is the last one.
    public var cacheHandles: [CacheHandle] = []
    /// Whether Blizzard made the map.
    public var isBlizzardMap = false
    /// Co-op mission.
    public var isCooperative = false

    /// Nothing set.
    init() {}

    init(_ reader: inout BitReader, _ build: Int) throws(ReplayError) {
        let aiBits = build >= 38749 ? 8 : 7
        randomValue = try reader.bits(32)
        cacheName = try reader.text(lengthBits: 10)
        options = try GameOptions(&reader, build)
        speed = Int(try reader.bits(3))
        kind = Int(try reader.bits(3))
        maximumUsers = Int(try reader.bits(5))
        maximumObservers = Int(try reader.bits(5))
        maximumPlayers = Int(try reader.bits(5))
        maximumTeams = Int(try reader.bits(4)) + 1
        // Colours, races, controls.
        try reader.skip((build >= 17266 ? 6 : 5) + 16)
        mapWidth = Int(try reader.bits(8))
        mapHeight = Int(try reader.bits(8))
        mapChecksum = try reader.bits(32)
        mapFileName = try reader.text(lengthBits: 11)
        mapAuthor = try reader.text(lengthBits: 8)
        try reader.skip(32)
        for _ in 0..<(try reader.bits(5)) {
            for bits in [6, 8, 6, 8, 2] { try reader.skip(Int(try reader.bits(bits))) }
            if build >= 23925 { try reader.skip(Int(try reader.bits(aiBits))) }
        }
        try reader.skip(6 + (build >= 23925 ? aiBits : 0))
        for _ in 0..<(try reader.bits(build >= 21955 ? 6 : 4)) {
            cacheHandles.append(CacheHandle(reader.bytes, at: try reader.block(40).lowerBound))
        }
        try reader.skip((build >= 27950 ? 1 : 0) + (build >= 42932 ? 1 : 0))
        isBlizzardMap = try reader.flag()
        try reader.skip(1)
        if build >= 23925 { isCooperative = try reader.flag() }
        if build >= 54518 { try reader.skip(1) }
    }
}

/// Options of the lobby.
public struct GameOptions: Sendable, Hashable {
    /// Teams cannot be changed.
    public var lockTeams = false
    /// Team mates start side by side.
    public var teamsTogether = false
    /// Control can be shared.
    public var sharedControl = false
    /// Everybody's race is random.
    public var randomRaces = false
    /// Played over Battle.net.
    public var battleNet = false
    /// Put together by Blizzard's matchmaking.
    public var matchmaking = false
    /// Ranked, only from 3.0 to 3.1.
    public var ranked: Bool?
    /// Counts on the ladder.
    public var competitive = false
    /// Practice league.
    public var practice = false
    /// Against computers with others.
    public var cooperative = false
    /// Nobody wins.
    public var noVictoryOrDefeat = false
    /// Fog of war.
    public var fog = 0
    /// Who may watch: 0 nobody.
    public var observers = 0
    /// Difficulty chosen.
    public var userDifficulty = 0

    /// Nothing set.
    init() {}

    init(_ reader: inout BitReader, _ build: Int) throws(ReplayError) {
        lockTeams = try reader.flag()
        teamsTogether = try reader.flag()
        sharedControl = try reader.flag()
        randomRaces = try reader.flag()
        battleNet = try reader.flag()
        matchmaking = try reader.flag()
        if build >= 34784, build < 38215 { ranked = try reader.flag() }
        competitive = try reader.flag()
        if build >= 34784 {
            practice = try reader.flag()
            cooperative = try reader.flag()
        }
        noVictoryOrDefeat = try reader.flag()
        if build >= 34784 { try reader.skip(1) }
        fog = Int(try reader.bits(2))
        observers = Int(try reader.bits(2))
        userDifficulty = Int(try reader.bits(2))
        try reader.skip((build >= 22612 ? 64 : 0) + (build >= 59587 ? 1 : 0))
    }
}
