package import StarcraftReplay

extension ReplayFixture {
    /// The layout of the lobby of the fixture's build.
    package var initDataLayout: Layout {
        let known = InitDataNotation.byBuild.keys.filter { $0 <= max(build, 16561) }.max() ?? 16561
        return Layout(InitDataNotation.byBuild[known] ?? "-")
    }

    /// `replay.initData`.
    package var initData: [UInt8] {
        let layout = initDataLayout.at("syncLobbyState")
        var state = layout.zero
        let humans = people.filter(\.isHuman)
        state.set(
            "userInitialData",
            to: .list(
                humans.map { person in
                    var user = layout.at("userInitialData").element.zero
                    user.set("name", to: .text(person.name))
                    if let clan = person.clan { user.setIfThere("clanTag", to: .text(clan)) }
                    if let rating = person.rating { user.setIfThere("scaledRating", to: .number(Int64(rating))) }
                    user.set("observe", to: .number(person.isObserver ? 1 : 0))
                    return user
                }))
        state.set("gameDescription", "randomValue", to: .number(Int64(randomValue)))
        state.set("gameDescription", "gameOptions", "amm", to: .flag(mode == "Amm"))
        state.set("gameDescription", "gameSpeed", to: .number(Int64(speed)))
        state.set("gameDescription", "mapFileName", to: .text("shoals.SC2Map"))
        state.set("gameDescription", "slotDescriptions", to: .list([slotDescription(layout)]))
        state.set("gameDescription", "cacheHandles", to: .list([.bytes([UInt8](repeating: 0x41, count: 40))]))
        state.set("lobbyState", "randomSeed", to: .number(Int64(randomValue)))
        var user: Int64 = 0
        state.set(
            "lobbyState", "slots",
            to: .list(
                people.enumerated().map { index, person in
                    var slot = layout.at("lobbyState", "slots").element.zero
                    slot.set("control", to: .number(person.isHuman ? 2 : 3))
                    if person.isHuman {
                        slot.set("userId", to: .number(user))
                        slot.setIfThere("toonHandle", to: .text("2-S2-1-\(person.account)"))
                        user += 1
                    }
                    slot.set("teamId", to: .number(Int64(person.team)))
                    slot.set("observe", to: .number(person.isObserver ? 1 : 0))
                    slot.setIfThere("workingSetSlotId", to: .number(Int64(index)))
                    slot.setIfThere("rewards", to: .list((0..<7).map { .number($0 * 99) }))
                    slot.setIfThere("licenses", to: .list([.number(1), .number(2)]))
                    return slot
                }))
        var writer = BitWriter()
        writer.write(state, as: layout)
        return writer.bytes
    }

    private func slotDescription(_ layout: Layout) -> ReplayValue {
        var description = layout.at("gameDescription", "slotDescriptions").element.zero
        description.set("allowedColors", to: .bits([Bool](repeating: true, count: 33)))
        description.set("allowedRaces", to: .bits([true, false, true]))
        return description
    }

    /// `replay.game.events`.
    package var gameEventBytes: [UInt8] {
        let layouts = GameEventLayouts(build: build)
        var writer = BitWriter()
        for event in gameEvents {
            guard let layout = layouts[event.number]?.layout else { preconditionFailure("no event \(event.number)") }
            writer.write(loopDelta: event.delta)
            writer.write(UInt64(event.user), bits: 5)
            writer.write(UInt64(event.number), bits: 7)
            writer.write(event.value, as: layout)
            writer.align()
        }
        return writer.bytes
    }

    /// `replay.message.events`: chat, and one of each other kind.
    package var messageBytes: [UInt8] {
        var writer = BitWriter()
        func begin(_ delta: Int, _ user: Int, _ number: UInt64) {
            writer.align()
            writer.write(loopDelta: delta)
            writer.write(UInt64(user), bits: 5)
            writer.write(number, bits: 4)
        }
        begin(0, 0, 2)
        writer.write(UInt64(50) + 0x8000_0000, bits: 32)
        begin(1, 1, 3)
        for line in chat {
            begin(line.delta, line.user, 0)
            writer.write(0, bits: build >= 21955 ? 3 : 2)
            writer.write(UInt64(line.text.utf8.count), bits: 11)
            writer.write(block: Array(line.text.utf8))
        }
        begin(2, 1, 1)
        writer.write(2, bits: build >= 21955 ? 3 : 2)
        writer.write(UInt64(4096) + 0x8000_0000, bits: 32)
        writer.write(0x8000_0000 - 4096, bits: 32)
        return writer.bytes
    }

    /// `replay.tracker.events`.
    package var trackerBytes: [UInt8] {
        var bytes: [UInt8] = []
        for event in tracker {
            bytes += [3, 0, 9]
            bytes += VersionedValue.variable(Int64(event.delta))
            bytes.append(9)
            bytes += VersionedValue.variable(Int64(event.number))
            bytes += event.value.bytes
        }
        return bytes
    }

    /// A game event with one value of every kind, and any content.
    package mutating func addRandomGameEvents(_ count: Int, using random: inout some RandomNumberGenerator) {
        let layouts = GameEventLayouts(build: build)
        let known = (0..<128).filter { layouts[$0] != nil }
        for index in 0..<count {
            let number = known[index % known.count]
            guard let layout = layouts[number]?.layout else { continue }
            gameEvents.append(
                GameEventEntry(
                    Int.random(in: 0...20_000, using: &random), user: Int.random(in: 0...16, using: &random), number,
                    layout.random(using: &random)))
        }
    }
}
