extension TrackerEventReader {
    /// A unit's birth or beginning; also what has only its first fields.
    mutating func born() throws(ReplayError) -> UnitBorn {
        var event = UnitBorn()
        var tag = TagParts()
        var creator = TagParts()
        for _ in 0..<(try values.structure()) {
            switch try values.number() {
            case 0: tag.index = try number()
            case 1: tag.recycle = try number()
            case 2: event.type = try values.text()
            case 3: event.controlPlayer = Int(try number())
            case 4: event.upkeepPlayer = Int(try number())
            case 5: event.x = Int(try number()) * cells
            case 6: event.y = Int(try number()) * cells
            case 7: if try values.isPresent() { creator.index = try number() }
            case 8: if try values.isPresent() { creator.recycle = try number() }
            case 9: if try values.isPresent() { event.creatorAbility = try values.text() }
            default: try values.skip()
            }
        }
        event.unit = tag.tag ?? UnitTag(rawValue: 0)
        event.creator = creator.tag
        return event
    }

    mutating func died() throws(ReplayError) -> UnitDied {
        var event = UnitDied()
        var tag = TagParts()
        var killer = TagParts()
        for _ in 0..<(try values.structure()) {
            switch try values.number() {
            case 0: tag.index = try number()
            case 1: tag.recycle = try number()
            case 2: if try values.isPresent() { event.killerPlayer = Int(try number()) }
            case 3: event.x = Int(try number()) * cells
            case 4: event.y = Int(try number()) * cells
            case 5: if try values.isPresent() { killer.index = try number() }
            case 6: if try values.isPresent() { killer.recycle = try number() }
            default: try values.skip()
            }
        }
        event.unit = tag.tag ?? UnitTag(rawValue: 0)
        event.killer = killer.tag
        return event
    }

    mutating func ownerChanged() throws(ReplayError) -> TrackerEvent.Happening {
        var tag = TagParts()
        var control = 0
        var upkeep = 0
        for _ in 0..<(try values.structure()) {
            switch try values.number() {
            case 0: tag.index = try number()
            case 1: tag.recycle = try number()
            case 2: control = Int(try number())
            case 3: upkeep = Int(try number())
            default: try values.skip()
            }
        }
        return .ownerChanged(
            unit: tag.tag ?? UnitTag(rawValue: 0), controlPlayer: control, upkeepPlayer: upkeep)
    }

    mutating func upgraded() throws(ReplayError) -> TrackerEvent.Happening {
        var player = 0
        var name = ""
        var count = 0
        for _ in 0..<(try values.structure()) {
            switch try values.number() {
            case 0: player = Int(try number())
            case 1: name = try values.text()
            case 2: count = Int(try values.integer(as: Int32.self))
            default: try values.skip()
            }
        }
        return .upgraded(player: player, name: name, count: count)
    }

    mutating func stats() throws(ReplayError) -> PlayerStats {
        var stats = PlayerStats()
        for _ in 0..<(try values.structure()) {
            switch try values.number() {
            case 0: stats.player = Int(try number())
            case 1:
                let count = try values.structure()
                guard count <= 64 else {
                    throw .tooLarge(.trackerEvents, offset: values.offset, limit: 64)
                }
                stats.values = [Int32](repeating: 0, count: count)
                for _ in 0..<count {
                    let place = try values.number()
                    let value = try values.integer()
                    if place >= 0, place < count { stats.values[Int(place)] = Int32(truncatingIfNeeded: value) }
                }
            default: try values.skip()
            }
        }
        return stats
    }

    mutating func positions() throws(ReplayError) -> UnitPositions {
        var positions = UnitPositions()
        for _ in 0..<(try values.structure()) {
            switch try values.number() {
            case 0: positions.first = Int(try number())
            case 1:
                let count = try values.array()
                positions.items.reserveCapacity(count)
                for _ in 0..<count { positions.items.append(try values.integer(as: Int32.self)) }
            default: try values.skip()
            }
        }
        return positions
    }

    mutating func setup() throws(ReplayError) -> PlayerSetup {
        var setup = PlayerSetup()
        for _ in 0..<(try values.structure()) {
            switch try values.number() {
            case 0: setup.player = Int(try number())
            case 1: setup.kind = Int(try number())
            case 2: if try values.isPresent() { setup.user = Int(try number()) }
            case 3: if try values.isPresent() { setup.slot = Int(try number()) }
            default: try values.skip()
            }
        }
        return setup
    }

    /// A number that is never negative.
    private mutating func number() throws(ReplayError) -> UInt32 { try values.integer(as: UInt32.self) }

    /// A unit's number, whose parts come one by one.
    private struct TagParts {
        var index: UInt32?
        var recycle: UInt32?

        var tag: UnitTag? {
            guard let index, let recycle else { return nil }
            return UnitTag(index: index & 0x3FFF, recycle: recycle)
        }
    }
}
