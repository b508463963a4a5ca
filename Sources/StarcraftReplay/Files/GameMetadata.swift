/// `replay.gamemetadata.json`: the client's own summary, since 3.4.0.
///
/// It is a convenience in an unsigned archive, so it confirms the other files and does not stand alone.
public struct GameMetadata: Sendable, Hashable {
    /// A player in the summary.
    public struct Player: Sendable, Hashable {
        /// Number, from 1.
        public var number = 0
        /// Rating; -36400 when there is none.
        public var rating: Int?
        /// Actions per minute as the client counts them.
        public var actionsPerMinute: Double?
        /// `Win`, `Loss`, `Tie` or `Undecided`.
        public var result = ""
        /// `Terr`, `Zerg`, `Prot` or `Rand`.
        public var selectedRace = ""
        /// `Terr`, `Zerg` or `Prot`.
        public var assignedRace = ""
    }

    /// The map's name.
    public var title = ""
    /// Four numbers of the version.
    public var gameVersion = ""
    /// Length in seconds of the speed “Normal”, 16 loops each.
    public var duration = 0.0
    /// Players in the order of `replay.details`; archon teams have one entry each.
    public var players: [Player] = []

    init(_ bytes: Span<UInt8>) throws(ReplayError) {
        var reader = JSONReader(bytes, part: .metadata)
        try reader.expect(0x7B)
        var isFirst = true
        while try reader.more(&isFirst, end: 0x7D) {
            switch try reader.name() {
            case "Title": title = try reader.text()
            case "GameVersion": gameVersion = try reader.text()
            case "Duration": duration = try reader.number()
            case "Players" where reader.take(0x5B):
                var isFirst = true
                while try reader.more(&isFirst, end: 0x5D) { players.append(try Player(&reader)) }
            default: try reader.skip()
            }
        }
    }
}

extension GameMetadata.Player {
    init(_ reader: inout JSONReader) throws(ReplayError) {
        try reader.expect(0x7B)
        var isFirst = true
        while try reader.more(&isFirst, end: 0x7D) {
            switch try reader.name() {
            case "PlayerID": number = Int(exactly: try reader.number().rounded()) ?? 0
            case "MMR": rating = Int(exactly: try reader.number().rounded())
            case "APM": actionsPerMinute = try reader.number()
            case "Result": result = try reader.text()
            case "SelectedRace": selectedRace = try reader.text()
            case "AssignedRace": assignedRace = try reader.text()
            default: try reader.skip()
            }
        }
    }
}
