extension GameEventReader {
    mutating func camera() throws(ReplayError) -> CameraUpdate {
        var camera = CameraUpdate()
        let moves = widths.hasOptionalTarget ? try bits.flag() : true
        if moves {
            camera.x = UInt16(try bits.bits(16))
            camera.y = UInt16(try bits.bits(16))
        }
        camera.distance = try bits.optional(16).map { UInt16(truncatingIfNeeded: $0) }
        camera.pitch = try bits.optional(16).map { UInt16(truncatingIfNeeded: $0) }
        camera.yaw = try bits.optional(16).map { UInt16(truncatingIfNeeded: $0) }
        if widths.hasReason, try bits.flag() { camera.reason = Int8(Int(try bits.bits(8)) - 128) }
        if widths.hasFollow { camera.follows = try bits.flag() }
        return camera
    }

    mutating func point() throws(ReplayError) -> MapPoint {
        MapPoint(x: Int32(try bits.bits(20)), y: Int32(try bits.bits(20)), z: try bits.signed())
    }

    mutating func unitTarget() throws(ReplayError) -> UnitTarget {
        let flags = UInt16(try bits.bits(widths.targetFlags))
        let timer = UInt8(try bits.bits(8))
        let unit = UnitTag(rawValue: try bits.bits(32))
        let type = UInt16(try bits.bits(16))
        let control = widths.hasControlPlayer ? try bits.optional(4).map { UInt8($0) } : nil
        let upkeep = try bits.optional(4).map { UInt8($0) }
        return UnitTarget(
            flags: flags, timer: timer, unit: unit, unitType: type, controlPlayer: control, upkeepPlayer: upkeep,
            point: try point())
    }

    mutating func command() throws(ReplayError) -> Command {
        let flags = try bits.bits(widths.commandFlags)
        var ability: AbilityUse?
        if try bits.flag() {
            let link = UInt16(try bits.bits(16))
            let index = UInt8(try bits.bits(5))
            ability = AbilityUse(link: link, index: index, data: try bits.optional(8).map { UInt8($0) })
        }
        let target: Command.Target =
            switch try bits.bits(2) {
            case 0: .none
            case 1: .point(try point())
            case 2: .unit(try unitTarget())
            default: .data(try bits.bits(32))
            }
        let sequence = widths.hasSequence ? Int64(try bits.bits(32)) + 1 : nil
        let other = try bits.optional(32).map { UnitTag(rawValue: $0) }
        return Command(
            flags: flags, ability: ability, target: target, sequence: sequence, otherUnit: other,
            unitGroup: widths.hasSequence ? try bits.optional(32) : nil)
    }

    /// A command of 1.0, which always has all parts; zero stands for none.
    mutating func firstCommand() throws(ReplayError) -> Command {
        let flags = try bits.bits(32)
        let link = UInt16(try bits.bits(16))
        let index = UInt8(try bits.bits(8))
        let data = UInt8(try bits.bits(8))
        let unitFlags = UInt16(try bits.bits(8))
        let timer = UInt8(try bits.bits(8))
        let other = try bits.bits(32)
        let unit = try bits.bits(32)
        let type = UInt16(try bits.bits(16))
        let player = try bits.optional(4).map { UInt8($0) }
        let point = MapPoint(x: try bits.signed(), y: try bits.signed(), z: try bits.signed())
        let target: Command.Target =
            if unit != 0 {
                .unit(
                    UnitTarget(
                        flags: unitFlags, timer: timer, unit: UnitTag(rawValue: unit), unitType: type,
                        controlPlayer: nil, upkeepPlayer: player, point: point))
            } else {
                point == MapPoint() ? .none : .point(point)
            }
        return Command(
            flags: flags, ability: link == 0 ? nil : AbilityUse(link: link, index: index, data: data), target: target,
            sequence: nil, otherUnit: other == 0 ? nil : UnitTag(rawValue: other), unitGroup: nil)
    }

    mutating func commandState() throws(ReplayError) -> GameEvent.Action {
        let state = UInt8(try bits.bits(2))
        return .commandState(state: state, sequence: try bits.optional(32).map { Int64($0) + 1 })
    }

    mutating func selection() throws(ReplayError) -> SelectionDelta {
        let width = widths.selection
        let group = UInt8(try bits.bits(4))
        let subgroup = UInt16(try bits.bits(width))
        let removal = try widths.isFirst ? .mask(bits.mask(count: Int(bits.bits(8)))) : bits.removal(bits: width)
        let types = Int(try bits.bits(width))
        guard types * 24 <= bits.remaining else { throw bits.truncated() }
        var added: [SelectionDelta.Subgroup] = []
        added.reserveCapacity(types)
        for _ in 0..<types {
            let type = UInt16(try bits.bits(16))
            let priority = widths.hasPriority ? UInt8(try bits.bits(8)) : nil
            let inner = UInt8(try bits.bits(8))
            added.append(
                SelectionDelta.Subgroup(
                    unitType: type, priority: priority, innerPriority: inner, count: UInt16(try bits.bits(width))))
        }
        let count = Int(try bits.bits(width))
        guard count * 32 <= bits.remaining else { throw bits.truncated() }
        var units: [UInt32] = []
        units.reserveCapacity(count)
        for _ in 0..<count { units.append(try bits.bits(32)) }
        return SelectionDelta(group: group, subgroup: subgroup, removal: removal, added: added, units: units)
    }

    mutating func controlGroup() throws(ReplayError) -> ControlGroupUpdate {
        let group = UInt8(try bits.bits(4))
        let operation = ControlGroupUpdate.Operation(rawValue: UInt8(try bits.bits(widths.groupOperation)))
        let removal: SelectionRemoval =
            if widths.isFirst {
                try bits.flag() ? .mask(bits.mask(count: Int(bits.bits(8)))) : .none
            } else {
                try bits.removal(bits: widths.selection)
            }
        return ControlGroupUpdate(group: group, operation: operation, removal: removal)
    }

    mutating func selectionCheck() throws(ReplayError) -> SelectionCheck {
        let group = UInt8(try bits.bits(4))
        let count = UInt16(try bits.bits(widths.selection))
        let subgroups = UInt16(try bits.bits(widths.selection))
        let subgroup = UInt16(try bits.bits(widths.selection))
        try bits.skip(96)
        return SelectionCheck(group: group, count: count, subgroups: subgroups, subgroup: subgroup)
    }

    mutating func trade() throws(ReplayError) -> GameEvent.Action {
        let recipient = Int(try bits.bits(4))
        var resources: [Int32] = []
        for _ in 0..<(try bits.bits(3)) { resources.append(try bits.signed()) }
        return .trade(recipient: recipient, resources: resources)
    }

    mutating func resumed() throws(ReplayError) -> [ResumedUser] {
        var users: [ResumedUser] = []
        for _ in 0..<(try bits.bits(5)) {
            let user = Int(try bits.bits(4))
            let observe = Int(try bits.bits(2))
            let name = try bits.text(lengthBits: 8)
            let toon = try bits.flag() ? try bits.text(lengthBits: 7) : nil
            if try bits.flag() { _ = try bits.block(lengthBits: 8) }
            if widths.hasReason, try bits.flag() { _ = try bits.block(40) }
            users.append(ResumedUser(user: user, observe: observe, name: name, toon: toon))
        }
        try bits.skip(1)
        return users
    }

    /// Only the beginning.
    mutating func joined() throws(ReplayError) -> GameEvent.Action {
        let observe = Int(try bits.bits(2))
        return .joined(name: try bits.text(lengthBits: 8), observe: observe)
    }
}
