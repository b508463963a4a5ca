/// Something that happened in the world, from `replay.tracker.events`.
public struct TrackerEvent: Sendable, Hashable {
    /// When, in loops since the start.
    public var loop: Int
    /// What.
    public var happening: Happening

    /// What happened.
    public enum Happening: Sendable, Hashable {
        /// A player's economy, every 160 loops and at the end.
        case stats(PlayerStats)
        /// A unit came to be, finished.
        case born(UnitBorn)
        /// A unit was lost, spent or removed.
        case died(UnitDied)
        /// A unit changed hands.
        case ownerChanged(unit: UnitTag, controlPlayer: Int, upkeepPlayer: Int)
        /// A unit became another.
        case typeChanged(unit: UnitTag, type: String)
        /// An upgrade was finished, or came with the start of the game.
        case upgraded(player: Int, name: String, count: Int)
        /// A building, or a unit warped in, was begun.
        case began(UnitBorn)
        /// What was begun was finished.
        case done(unit: UnitTag)
        /// Where units were that fought.
        case positions(UnitPositions)
        /// Who a player is, since 2.0.9 (27950).
        case setup(PlayerSetup)
        /// An event that newer games may have.
        case unknown(number: Int)
    }
}

/// A unit that came to be or was begun.
public struct UnitBorn: Sendable, Hashable {
    /// The unit.
    public var unit = UnitTag(rawValue: 0)
    /// Name of its type in the catalogue, the same in every language.
    public var type = ""
    /// Who controls it.
    public var controlPlayer = 0
    /// Whose supply it uses.
    public var upkeepPlayer = 0
    /// Cells from the left.
    public var x = 0
    /// Cells from the bottom.
    public var y = 0
    /// The unit that made it, since 3.16 (55505).
    public var creator: UnitTag?
    /// The ability that made it, since 3.16 (55505).
    public var creatorAbility: String?
}

/// A unit that is no more.
public struct UnitDied: Sendable, Hashable {
    /// The unit.
    public var unit = UnitTag(rawValue: 0)
    /// The player who killed it; `nil` when nobody did.
    public var killerPlayer: Int?
    /// Cells from the left.
    public var x = 0
    /// Cells from the bottom.
    public var y = 0
    /// The unit that killed it, since 2.0.9 (27950).
    public var killer: UnitTag?
}

/// Where units were.
public struct UnitPositions: Sendable, Hashable {
    /// A unit and its place.
    public struct Place: Sendable, Hashable {
        /// Place of the unit in the client's list.
        public var index: Int
        /// Cells from the left, to a quarter.
        public var x: Double
        /// Cells from the bottom, to a quarter.
        public var y: Double
    }

    /// Place in the list from which the first item counts.
    public var first = 0
    /// Three numbers a unit: places on in the list, x and y in quarters of a cell.
    public var items: [Int32] = []

    /// The units and their places.
    public var places: [Place] {
        var index = first
        return stride(from: 0, to: items.count - 2, by: 3).map { item in
            index += Int(items[item])
            return Place(index: index, x: Double(items[item + 1]) * 4, y: Double(items[item + 2]) * 4)
        }
    }
}

/// Who a player of the tracker is: the surest link between player, user and slot.
public struct PlayerSetup: Sendable, Hashable {
    /// Player, as tracker events count.
    public var player = 0
    /// 1 human, 2 computer, 3 neutral, 4 hostile.
    public var kind = 0
    /// User, as game events count.
    public var user: Int?
    /// Slot in the lobby.
    public var slot: Int?
}
