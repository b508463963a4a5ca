/// The header in front of the archive: which program wrote the replay, and how long the game was.
public struct ReplayHeader: Sendable, Hashable {
    /// The version of the game.
    public var version = GameVersion()
    /// Length of the game, in loops.
    public var loops = 0
    /// Whether the client counted real seconds. Not a reliable sign: some custom games say no.
    public var usesScaledTime = false
    /// Kind of file; 2 is a replay.
    public var kind = 0

    init(_ bytes: Span<UInt8>, limits: ReplayLimits) throws(ReplayError) {
        var reader = VersionedReader(bytes, part: .header, nesting: limits.nesting)
        for _ in 0..<(try reader.structure()) {
            switch try reader.number() {
            case 0:
                let signature = try reader.blob()
                guard bytes.extracting(signature).holds("StarCraft II replay", at: 0) else {
                    throw .damaged(.header, offset: signature.lowerBound, problem: .marker(found: 0))
                }
            case 1: version = try GameVersion(&reader)
            case 2: kind = try reader.integer(as: Int.self)
            case 3: loops = Int(try reader.integer(as: UInt32.self))
            case 4: usesScaledTime = try reader.flag()
            default: try reader.skip()
            }
        }
    }
}

/// A version of the game, such as 5.0.14.93333.
public struct GameVersion: Sendable, Hashable, CustomStringConvertible {
    /// First number.
    public var major = 0
    /// Second number.
    public var minor = 0
    /// Third number.
    public var revision = 0
    /// The build of the program.
    public var build = 0
    /// The build whose encoding the replay has; layouts follow it, never ``build``.
    public var baseBuild = 0

    /// All zero.
    public init() {}

    /// The version in four numbers.
    public var description: String { "\(major).\(minor).\(revision).\(build)" }

    init(_ reader: inout VersionedReader) throws(ReplayError) {
        for _ in 0..<(try reader.structure()) {
            switch try reader.number() {
            case 1: major = Int(try reader.integer(as: UInt16.self))
            case 2: minor = Int(try reader.integer(as: UInt16.self))
            case 3: revision = Int(try reader.integer(as: UInt16.self))
            case 4: build = Int(try reader.integer(as: UInt32.self))
            case 5: baseBuild = Int(try reader.integer(as: UInt32.self))
            default: try reader.skip()
            }
        }
    }
}
