import StarcraftReplay

/// A tracker event under Blizzard's names.
enum TrackerLine {
    /// The event's name and values.
    static func values(_ happening: TrackerEvent.Happening) -> (String, [(String, JSONLine)]) {
        switch happening {
        case .stats(let stats):
            return (
                "PlayerStats",
                [
                    ("playerId", .integer(stats.player)),
                    ("stats", .list(stats.values.map { .integer(Int($0)) })),
                ]
            )
        case .born(let unit): return ("UnitBorn", born(unit))
        case .began(let unit): return ("UnitInit", Array(born(unit).prefix(7)))
        case .died(let death):
            return (
                "UnitDied",
                tag(death.unit) + [
                    ("killerPlayerId", .optional(death.killerPlayer)), ("x", .integer(death.x)),
                    ("y", .integer(death.y)),
                    ("killerUnitTagIndex", .optional(death.killer.map { Int($0.index) })),
                    ("killerUnitTagRecycle", .optional(death.killer.map { Int($0.recycle) })),
                ]
            )
        case .ownerChanged(let unit, let control, let upkeep):
            return (
                "UnitOwnerChange",
                tag(unit) + [("controlPlayerId", .integer(control)), ("upkeepPlayerId", .integer(upkeep))]
            )
        case .typeChanged(let unit, let type): return ("UnitTypeChange", tag(unit) + [("unitTypeName", .text(type))])
        case .upgraded(let player, let name, let count):
            return (
                "Upgrade",
                [("playerId", .integer(player)), ("upgradeTypeName", .text(name)), ("count", .integer(count))]
            )
        case .done(let unit): return ("UnitDone", tag(unit))
        case .positions(let positions):
            return (
                "UnitPositions",
                [
                    ("firstUnitIndex", .integer(positions.first)),
                    ("items", .list(positions.items.map { .integer(Int($0)) })),
                ]
            )
        case .setup(let setup):
            return (
                "PlayerSetup",
                [
                    ("playerId", .integer(setup.player)), ("type", .integer(setup.kind)),
                    ("userId", .optional(setup.user)), ("slotId", .optional(setup.slot)),
                ]
            )
        case .unknown(let number): return ("Unknown", [("id", .integer(number))])
        }
    }

    private static func tag(_ unit: UnitTag) -> [(String, JSONLine)] {
        [("unitTagIndex", .integer(Int(unit.index))), ("unitTagRecycle", .integer(Int(unit.recycle)))]
    }

    private static func born(_ unit: UnitBorn) -> [(String, JSONLine)] {
        tag(unit.unit) + [
            ("unitTypeName", .text(unit.type)), ("controlPlayerId", .integer(unit.controlPlayer)),
            ("upkeepPlayerId", .integer(unit.upkeepPlayer)), ("x", .integer(unit.x)), ("y", .integer(unit.y)),
            ("creatorUnitTagIndex", .optional(unit.creator.map { Int($0.index) })),
            ("creatorUnitTagRecycle", .optional(unit.creator.map { Int($0.recycle) })),
            ("creatorAbilityName", .optional(unit.creatorAbility)),
        ]
    }
}
