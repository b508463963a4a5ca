/// A change of the selection, or of a control group.
public struct SelectionDelta: Sendable, Hashable {
    /// Units of one type.
    public struct Subgroup: Sendable, Hashable {
        /// Type, by number in the catalogue.
        public var unitType: UInt16
        /// Order among types, since the beta of 2.0.
        public var priority: UInt8?
        /// Order within the type.
        public var innerPriority: UInt8
        /// How many.
        public var count: UInt16
    }

    /// Which list: 10 is the selection.
    public var group: UInt8
    /// The type whose buttons are shown.
    public var subgroup: UInt16
    /// Which units go, before others come.
    public var removal: SelectionRemoval
    /// The types of units that come.
    public var added: [Subgroup]
    /// The units that come.
    public var units: [UInt32]
}

/// A control group that is set, changed or called.
public struct ControlGroupUpdate: Sendable, Hashable {
    /// What happens to the group.
    public struct Operation: RawRepresentable, Sendable, Hashable {
        /// The game's number.
        public var rawValue: UInt8
        /// From the game's number.
        public init(rawValue: UInt8) { self.rawValue = rawValue }
        /// It becomes the selection.
        public static let set = Operation(rawValue: 0)
        /// The selection joins it.
        public static let add = Operation(rawValue: 1)
        /// It is selected.
        public static let recall = Operation(rawValue: 2)
        /// It is emptied.
        public static let clear = Operation(rawValue: 3)
        /// It becomes the selection, which leaves all other groups.
        public static let setAndSteal = Operation(rawValue: 4)
        /// The selection joins it, and leaves all other groups.
        public static let addAndSteal = Operation(rawValue: 5)
    }

    /// Which group; 0 is the key 0.
    public var group: UInt8
    /// What happens.
    public var operation: Operation
    /// Which of its units are no more.
    public var removal: SelectionRemoval
}

/// The client's own count of what is selected, to find out when clients disagree.
public struct SelectionCheck: Sendable, Hashable {
    /// Which list: 10 is the selection.
    public var group: UInt8
    /// How many units.
    public var count: UInt16
    /// How many types.
    public var subgroups: UInt16
    /// The type whose buttons are shown.
    public var subgroup: UInt16
}

/// A movement of the camera.
public struct CameraUpdate: Sendable, Hashable {
    /// From the left, in 1/256 of a cell; `nil` when it stays.
    public var x: UInt16?
    /// From the bottom, in 1/256 of a cell; `nil` when it stays.
    public var y: UInt16?
    /// Distance, when it changes.
    public var distance: UInt16?
    /// Tilt, when it changes.
    public var pitch: UInt16?
    /// Turn, when it changes.
    public var yaw: UInt16?
    /// Why, since 2.0.8.
    public var reason: Int8?
    /// Whether it follows a unit, since 3.0.
    public var follows = false
}

/// A person in a game that goes on from a replay.
public struct ResumedUser: Sendable, Hashable {
    /// User in the replay.
    public var user: Int
    /// 0 player, 1 spectator, 2 referee.
    public var observe: Int
    /// Name.
    public var name: String
    /// Battle.net account.
    public var toon: String?
}
