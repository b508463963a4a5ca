extension Replay {
    /// What the match was, from the small files alone.
    public func facts() throws(ReplayError) -> MatchFacts {
        let details = try details()
        let lobby = try initData()
        let attributes = has(.attributes) ? try attributes() : nil
        return FactFinder(
            header: header, details: details, lobby: lobby, attributes: attributes, metadata: try metadata()
        ).facts()
    }

    /// Whether the game went on from a replay. No small file knows: this reads the game events, and stops at the first
    /// sign. Games from before 2.0 never did.
    public func isResumed() throws(ReplayError) -> Bool {
        guard header.version.baseBuild >= 24247 else { return false }
        let events = try gameEvents()
        var reader = events.reader()
        while let event = try reader.next() { if case .resumed = event.action { return true } }
        return false
    }
}

/// Joins what the small files say about a match.
struct FactFinder {
    let header: ReplayHeader
    let details: ReplayDetails
    let lobby: InitData
    let attributes: MatchAttributes?
    let metadata: GameMetadata?

    /// Seconds from 1601 to 1970.
    private static let epoch = 11_644_473_600.0

    func facts() -> MatchFacts {
        var facts = MatchFacts()
        facts.version = header.version
        facts.loops = header.loops
        facts.speed = GameSpeed(rawValue: details.gameSpeed) ?? .faster
        facts.map = details.title
        let handles = details.cacheHandles.isEmpty ? lobby.game.cacheHandles : details.cacheHandles
        facts.mapHash = handles.last?.hash
        facts.mapURL = handles.last?.url
        facts.end = Double(details.time) / 1e7 - FactFinder.epoch
        facts.teamType = attributes?.value(MatchAttributes.Number.teamType, scope: MatchAttributes.game) ?? ""
        facts.identity = GameIdentity(randomValue: lobby.game.randomValue, randomSeed: lobby.lobby.randomSeed)
        addPeople(&facts)
        facts.region =
            handles.first.flatMap { Region(handle: $0.region) }
            ?? facts.players.lazy.compactMap { $0.toon.flatMap { Region(rawValue: $0.region) } }.first
        let mode = attributes?.value(MatchAttributes.Number.mode, scope: MatchAttributes.game)
        let isMatchmade = attributes.map { _ in mode == "Amm" } ?? lobby.game.options.matchmaking
        facts.mode = isMatchmade ? .ladder : .custom
        facts.isLadder = isMatchmade && facts.observers.isEmpty && facts.players.allSatisfy(\.isHuman)
        return facts
    }

    /// Walks through the lobby: the next player of the details belongs to the next slot that plays, unless numbers of
    /// slots say otherwise.
    private func addPeople(_ facts: inout MatchFacts) {
        var next = 0
        var number = 1
        for slot in lobby.lobby.slots where slot.control == 2 || slot.control == 3 {
            defer { number += 1 }
            if slot.control == 2, slot.observe != 0 {
                facts.observers.append(observer(slot))
                continue
            }
            let bySlot = slot.workingSetSlot.flatMap { wanted in
                details.players.firstIndex { $0.slot == wanted }
            }
            guard let index = bySlot ?? (next < details.players.count ? next : nil) else { continue }
            next = index + 1
            facts.players.append(player(slot, details.players[index], index, number))
        }
    }

    private func observer(_ slot: LobbySlot) -> MatchObserver {
        let user = user(slot)
        return MatchObserver(
            name: user?.name ?? "", clan: clan(user?.clan, nil), toon: ToonHandle(slot.toon), user: slot.user)
    }

    private func user(_ slot: LobbySlot) -> LobbyUser? {
        slot.user.flatMap { $0 < lobby.users.count ? lobby.users[$0] : nil }
    }

    private func clan(_ ofUser: String?, _ inName: String?) -> String? {
        [ofUser, inName].lazy.compactMap { $0 }.first { !$0.isEmpty }
    }

    private func player(_ slot: LobbySlot, _ detail: DetailsPlayer, _ index: Int, _ number: Int) -> MatchPlayer {
        var player = MatchPlayer()
        let user = user(slot)
        let shown = ShownName(detail.name)
        player.isHuman = slot.control == 2
        player.name = user.map(\.name).flatMap { $0.isEmpty ? nil : $0 } ?? shown.name
        player.clan = clan(user?.clan, shown.clan)
        player.toon = player.isHuman ? ToonHandle(slot.toon) ?? (detail.toon.isReal ? detail.toon : nil) : nil
        player.user = slot.user
        player.number = number
        player.team = slot.team + 1
        player.result = MatchPlayer.Result(details: detail.result)
        let summary = summary(index)
        player.localizedRace = detail.race
        player.race =
            summary.flatMap { Race(code: $0.assignedRace) } ?? Race(localizedName: detail.race)
            ?? Race(lobby: slot.race)
        // The lobby first: maps with scripts change races later, and the summary follows them.
        player.pick =
            attributes?.value(MatchAttributes.Number.race, scope: number).flatMap { RacePick(code: $0) }
            ?? Race(lobby: slot.race).map { .race($0) } ?? summary.flatMap { RacePick(code: $0.selectedRace) }
        player.actionsPerMinute = summary?.actionsPerMinute
        let rating = summary?.rating ?? user?.scaledRating
        player.rating = rating.flatMap { $0 > 0 ? $0 : nil }
        return player
    }

    /// The client's own summary of a player. Archon teams have one entry for two players, so then none is taken.
    private func summary(_ index: Int) -> GameMetadata.Player? {
        guard let metadata, metadata.players.count == details.players.count else { return nil }
        return metadata.players[index]
    }
}
