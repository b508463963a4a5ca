import StarcraftReplay

/// Compares an event's typed form with its general form: they are read by different code from the same bits.
enum TypedEvent {
    static func agrees(_ event: GameEvent, _ values: ReplayValue) -> Bool {
        switch event.action {
        case .command(let command): agrees(command, values)
        case .selection(let delta): agrees(delta, values)
        case .controlGroup(let update):
            values["controlGroupIndex"] == .number(Int64(update.group))
                && values["controlGroupUpdate"] == .number(Int64(update.operation.rawValue))
                && agrees(update.removal, values["mask"])
        case .camera(let camera):
            values["target"] == target(camera) && values["distance"] == optional(camera.distance)
                && values["pitch"] == optional(camera.pitch) && values["yaw"] == optional(camera.yaw)
                && (values["reason"] ?? .nothing) == optional(camera.reason)
                && (values["follow"] ?? .flag(false)) == .flag(camera.follows)
        case .commandState(let state, let sequence):
            values["state"] == .number(Int64(state)) && values["sequence"] == optional(sequence)
        case .retargetPoint(let point): values["target"] == value(point)
        case .retargetUnit(let unit): values["target"]?["tag"] == .number(Int64(unit.unit.rawValue))
        case .selectionCheck(let check): values["selectionSyncData"]?["count"] == .number(Int64(check.count))
        case .trade(let recipient, let resources):
            values["recipientId"] == .number(Int64(recipient))
                && values["resources"] == .list(resources.map { .number(Int64($0)) })
        case .scriptChat(let text): values["chatMessage"] == .bytes(Array(text.utf8))
        case .resumed(let users):
            (values["userInfos"]).map { list in
                guard case .list(let infos) = list else { return false }
                return infos.compactMap { $0["name"] } == users.map { .bytes(Array($0.name.utf8)) }
            } ?? false
        case .joined(let name, _): values["name"] == .bytes(Array(name.utf8))
        case .left(let reason): (values["leaveReason"] ?? .nothing) == optional(reason)
        case .loaded, .other: true
        }
    }

    private static func agrees(_ command: Command, _ values: ReplayValue) -> Bool {
        guard values["cmdFlags"] == .number(Int64(command.flags)) else { return false }
        guard values["data"] != nil else {
            // 1.0: all parts are always there.
            return values["abilLink"] == .number(Int64(command.ability?.link ?? 0))
        }
        let ability: ReplayValue =
            command.ability.map {
                .fields([
                    ReplayField(name: "abilLink", value: .number(Int64($0.link))),
                    ReplayField(name: "abilCmdIndex", value: .number(Int64($0.index))),
                    ReplayField(name: "abilCmdData", value: optional($0.data)),
                ])
            } ?? .nothing
        let target: Bool =
            switch command.target {
            case .none: values["data"]?["None"] == .nothing
            case .point(let point): values["data"]?["TargetPoint"] == value(point)
            case .data(let number): values["data"]?["Data"] == .number(Int64(number))
            case .unit(let unit):
                values["data"]?["TargetUnit"].map { found in
                    found["tag"] == .number(Int64(unit.unit.rawValue)) && found["timer"] == .number(Int64(unit.timer))
                        && found["targetUnitFlags"] == .number(Int64(unit.flags))
                        && found["snapshotUnitLink"] == .number(Int64(unit.unitType))
                        && (found["snapshotControlPlayerId"] ?? .nothing) == optional(unit.controlPlayer)
                        && (found["snapshotUpkeepPlayerId"] ?? found["snapshotPlayerId"])
                            == optional(unit.upkeepPlayer)
                        && found["snapshotPoint"] == value(unit.point)
                } ?? false
            }
        return target && values["abil"] == ability && values["otherUnit"] == optional(command.otherUnit?.rawValue)
            && (values["sequence"] ?? .nothing) == optional(command.sequence)
            && (values["unitGroup"] ?? .nothing) == optional(command.unitGroup)
    }

    private static func agrees(_ selection: SelectionDelta, _ values: ReplayValue) -> Bool {
        let delta = values["delta"]
        guard case .list(let added)? = delta?["addSubgroups"] else { return false }
        return values["controlGroupId"] == .number(Int64(selection.group))
            && delta?["subgroupIndex"] == .number(Int64(selection.subgroup))
            && agrees(selection.removal, delta?["removeMask"])
            && delta?["addUnitTags"] == .list(selection.units.map { .number(Int64($0)) })
            && added.compactMap { $0["unitLink"] } == selection.added.map { .number(Int64($0.unitType)) }
            && added.compactMap { $0["count"] } == selection.added.map { .number(Int64($0.count)) }
            && added.map { $0["subgroupPriority"] ?? .nothing } == selection.added.map { optional($0.priority) }
            && added.compactMap { $0["intraSubgroupPriority"] }
                == selection.added.map { .number(Int64($0.innerPriority)) }
    }

    /// Whether a removal is what was stored; 1.0 has a mask and nothing else.
    private static func agrees(_ removal: SelectionRemoval, _ value: ReplayValue?) -> Bool {
        switch (removal, value) {
        case (.mask(let mask), .bits(let bits)): mask.flags == bits && mask.setCount == bits.count { $0 }
        case (.none, .nothing): true
        default: Self.removal(removal) == value
        }
    }

    private static func removal(_ removal: SelectionRemoval) -> ReplayValue {
        func choice(_ name: String, _ value: ReplayValue) -> ReplayValue {
            .fields([ReplayField(name: name, value: value)])
        }
        return switch removal {
        case .none: choice("None", .nothing)
        case .mask(let mask): choice("Mask", .bits(mask.flags))
        case .places(let places): choice("OneIndices", .list(places.map { .number(Int64($0)) }))
        case .allExcept(let places): choice("ZeroIndices", .list(places.map { .number(Int64($0)) }))
        }
    }

    private static func target(_ camera: CameraUpdate) -> ReplayValue {
        guard let x = camera.x, let y = camera.y else { return .nothing }
        return .fields([
            ReplayField(name: "x", value: .number(Int64(x))), ReplayField(name: "y", value: .number(Int64(y))),
        ])
    }

    private static func value(_ point: MapPoint) -> ReplayValue {
        .fields([
            ReplayField(name: "x", value: .number(Int64(point.x))),
            ReplayField(name: "y", value: .number(Int64(point.y))),
            ReplayField(name: "z", value: .number(Int64(point.z))),
        ])
    }

    private static func optional(_ number: (some BinaryInteger)?) -> ReplayValue {
        number.map { .number(Int64($0)) } ?? .nothing
    }
}
