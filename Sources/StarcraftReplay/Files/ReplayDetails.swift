/// `replay.details`: players, results, map and time.
public struct ReplayDetails: Sendable, Hashable {
    /// One per player and computer, in order.
    public var players: [DetailsPlayer] = []
    /// The map's name in the recorder's language. Anyone can copy a name: compare ``cacheHandles``.
    public var title = ""
    /// Whether Blizzard made the map.
    public var isBlizzardMap = false
    /// End of the game by the recorder's clock, in units of 100 ns since 1601.
    public var time: Int64 = 0
    /// What to add for local time, in the same units; in very old replays the local time itself.
    public var localOffset: Int64 = 0
    /// The map's description.
    public var summary = ""
    /// Name of the map's file, in old replays.
    public var mapFileName = ""
    /// The files the game was made of; the map is the last one.
    public var cacheHandles: [CacheHandle] = []
    /// 0 Slower to 4 Faster.
    public var gameSpeed = 4
    /// Difficulty of computers that say nothing else.
    public var defaultDifficulty = 0
    /// Mission of a campaign.
    public var campaignIndex = 0

    init(_ bytes: Span<UInt8>, part: ReplayPart, limits: ReplayLimits) throws(ReplayError) {
        var reader = VersionedReader(bytes, part: part, nesting: limits.nesting)
        for _ in 0..<(try reader.structure()) {
            switch try reader.number() {
            case 0:
                guard try reader.isPresent() else { continue }
                for _ in 0..<(try reader.array()) { players.append(try DetailsPlayer(&reader)) }
            case 1: title = try reader.text()
            case 4: isBlizzardMap = try reader.flag()
            case 5: time = try reader.integer()
            case 6: localOffset = try reader.integer()
            case 7: summary = try reader.text()
            case 9: mapFileName = try reader.text()
            case 10:
                guard try reader.isPresent() else { continue }
                for _ in 0..<(try reader.array()) { cacheHandles.append(try CacheHandle(&reader)) }
            case 12: gameSpeed = Int(try reader.integer(as: UInt8.self))
            case 13: defaultDifficulty = Int(try reader.integer(as: UInt8.self))
            case 15: campaignIndex = Int(try reader.integer(as: UInt8.self))
            default: try reader.skip()
            }
        }
        guard reader.isAtEnd else {
            throw .leftOver(part, offset: reader.offset, bytes: bytes.count - reader.offset)
        }
    }
}

/// A player as `replay.details` has it.
public struct DetailsPlayer: Sendable, Hashable {
    /// Name as the lobby showed it: escaped, with the clan in front.
    public var name = ""
    /// Battle.net account; all zero for computers and offline.
    public var toon = ToonHandle()
    /// Race in the recorder's language.
    public var race = ""
    /// 2 human, 3 computer.
    public var control = 0
    /// Team, from 0.
    public var team = 0
    /// Handicap in per cent.
    public var handicap = 100
    /// 0 player, 1 spectator, 2 referee.
    public var observe = 0
    /// 0 undecided, 1 win, 2 loss, 3 tie.
    public var result = 0
    /// Slot in the lobby, since 2.0.
    public var slot: Int?
    /// Co-op hero.
    public var hero = ""

    init(_ reader: inout VersionedReader) throws(ReplayError) {
        for _ in 0..<(try reader.structure()) {
            switch try reader.number() {
            case 0: name = try reader.text()
            case 1: toon = try ToonHandle(&reader)
            case 2: race = try reader.text()
            case 4: control = Int(try reader.integer(as: UInt8.self))
            case 5: team = Int(try reader.integer(as: UInt8.self))
            case 6: handicap = Int(try reader.integer(as: UInt32.self))
            case 7: observe = Int(try reader.integer(as: UInt8.self))
            case 8: result = Int(try reader.integer(as: UInt8.self))
            case 9: if try reader.isPresent() { slot = Int(try reader.integer(as: UInt8.self)) }
            case 10: hero = try reader.isPresent() ? try reader.text() : ""
            default: try reader.skip()
            }
        }
    }
}

/// A Battle.net account, written as `region-S2-realm-id`.
public struct ToonHandle: Sendable, Hashable, CustomStringConvertible {
    /// Region, see ``Region``.
    public var region = 0
    /// Realm in the region.
    public var realm = 0
    /// Number of the account in the realm.
    public var id: Int64 = 0

    /// Nobody's.
    public init() {}

    /// The account of a region, realm and number.
    public init(region: Int, realm: Int, id: Int64) { (self.region, self.realm, self.id) = (region, realm, id) }

    /// Whether it belongs to somebody.
    public var isReal: Bool { id != 0 }

    /// As written by the game.
    public var description: String { "\(region)-S2-\(realm)-\(id)" }

    init(_ reader: inout VersionedReader) throws(ReplayError) {
        for _ in 0..<(try reader.structure()) {
            switch try reader.number() {
            case 0: region = Int(try reader.integer(as: UInt32.self))
            case 2: realm = Int(try reader.integer(as: UInt32.self))
            case 4: id = try reader.integer()
            default: try reader.skip()
            }
        }
    }
}

/// The name of a file in Blizzard's depot: its kind, the region of the game's server, and the hash of its bytes.
public struct CacheHandle: Sendable, Hashable {
    /// Four letters: `s2ma` is a map.
    public var kind = ""
    /// Two letters, in lower case.
    public var region = ""
    /// SHA-256 of the file, in hexadecimal.
    public var hash = ""

    /// Where Blizzard keeps it.
    public var url: String { "https://\(region)-s2-depot.classic.blizzard.com/\(hash).\(kind)" }

    init(_ reader: inout VersionedReader) throws(ReplayError) {
        let place = try reader.blob()
        guard place.count == 40 else {
            throw .damaged(reader.part, offset: place.lowerBound, problem: .range)
        }
        self.init(reader.bytes, at: place.lowerBound)
    }

    /// Takes it from 40 bytes at an offset.
    init(_ bytes: Span<UInt8>, at start: Int) {
        kind = bytes.text(start..<start + 4)
        for index in start + 4..<start + 8 where bytes[index] != 0 {
            region.unicodeScalars.append(Unicode.Scalar(bytes[index] | 0x20))
        }
        hash = [UInt8].hexadecimal(bytes.extracting(start + 8..<start + 40))
    }
}

extension [UInt8] {
    /// Bytes as hexadecimal digits.
    static func hexadecimal(_ bytes: Span<UInt8>) -> String {
        let digits: InlineArray<16, UInt8> = [
            0x30, 0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66,
        ]
        let text = [UInt8](capacity: bytes.count * 2) { text in
            for index in bytes.indices {
                text.append(digits[Int(bytes[index] >> 4)])
                text.append(digits[Int(bytes[index] & 15)])
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
