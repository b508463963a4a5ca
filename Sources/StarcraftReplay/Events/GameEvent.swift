/// Something a person did, from `replay.game.events`.
public struct GameEvent: Sendable, Hashable {
    /// When, in loops since the start.
    public var loop: Int
    /// Who: a user id since the beta of 2.0 (24247), a player id before; 16 is the game itself.
    public var user: Int
    /// The number of the event's kind in this build.
    public var number: Int
    /// What.
    public var action: Action
    /// Where its values begin in the stream, in bits.
    var position: Int

    /// What a person did.
    public enum Action: Sendable, Hashable {
        /// Finished loading.
        case loaded
        /// Gave an order.
        case command(Command)
        /// Moved the target of the last order to a point.
        case retargetPoint(MapPoint)
        /// Moved the target of the last order to a unit.
        case retargetUnit(UnitTarget)
        /// The order with a number came to be, was held back or repeated.
        case commandState(state: UInt8, sequence: Int64?)
        /// Changed what is selected.
        case selection(SelectionDelta)
        /// Set, added to or called a control group.
        case controlGroup(ControlGroupUpdate)
        /// The client's count of the selection.
        case selectionCheck(SelectionCheck)
        /// Moved the camera.
        case camera(CameraUpdate)
        /// Gave resources: minerals, gas and two that no normal game has.
        case trade(recipient: Int, resources: [Int32])
        /// Said something that scripts of the map hear.
        case scriptChat(String)
        /// Took part in a game that goes on from a replay.
        case resumed([ResumedUser])
        /// Came in.
        case joined(name: String, observe: Int)
        /// Left; the reason is known since 3.0.
        case left(reason: Int?)
        /// Something else: ``GameEvents/name(of:)`` and ``GameEvents/values(of:)`` tell what.
        case other
    }
}

/// A place on the map, in 1/4096 of a cell.
public struct MapPoint: Sendable, Hashable {
    /// From the left.
    public var x: Int32 = 0
    /// From the bottom.
    public var y: Int32 = 0
    /// Height.
    public var z: Int32 = 0
}

/// The number of a unit: its place in the client's list, and how often the place was used before.
public struct UnitTag: Sendable, Hashable, RawRepresentable {
    /// Both in one number.
    public var rawValue: UInt32
    /// From both in one number.
    public init(rawValue: UInt32) { self.rawValue = rawValue }
    /// From its parts.
    public init(index: UInt32, recycle: UInt32) { rawValue = index << 18 | recycle & 0x3FFFF }
    /// Place in the list.
    public var index: UInt32 { rawValue >> 18 }
    /// How often the place was used before.
    public var recycle: UInt32 { rawValue & 0x3FFFF }
}

/// An ability, by the numbers of the build's catalogue.
public struct AbilityUse: Sendable, Hashable {
    /// Number in the catalogue.
    public var link: UInt16
    /// Which of the ability's buttons.
    public var index: UInt8
    /// More, for some.
    public var data: UInt8?
}

/// A unit as the target of an order.
public struct UnitTarget: Sendable, Hashable {
    /// Flags.
    public var flags: UInt16
    /// Timer.
    public var timer: UInt8
    /// The unit; 0 is none.
    public var unit: UnitTag
    /// Its type, by number in the catalogue.
    public var unitType: UInt16
    /// Who controlled it.
    public var controlPlayer: UInt8?
    /// Whose supply it used.
    public var upkeepPlayer: UInt8?
    /// Where it was seen.
    public var point: MapPoint
}

/// An order.
public struct Command: Sendable, Hashable {
    /// What an order aims at.
    public enum Target: Sendable, Hashable {
        /// Nothing.
        case none
        /// A place.
        case point(MapPoint)
        /// A unit.
        case unit(UnitTarget)
        /// A number.
        case data(UInt32)
    }

    /// Flags: 2 is queued.
    public var flags: UInt32
    /// The ability; none is a right click.
    public var ability: AbilityUse?
    /// What it aims at.
    public var target: Target
    /// Running number, since 3.0.
    public var sequence: Int64?
    /// Another unit that takes part.
    public var otherUnit: UnitTag?
    /// Group of units, since 3.0.
    public var unitGroup: UInt32?

    /// Whether it waits for the orders before it.
    public var isQueued: Bool { flags & 2 != 0 }
}
