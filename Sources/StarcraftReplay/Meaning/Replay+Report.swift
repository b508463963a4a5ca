extension Replay {
    /// What happened, from all event streams.
    public func report() throws(ReplayError) -> MatchReport { try report(facts()) }

    /// What happened, from all event streams, in a match whose facts are known.
    public func report(_ facts: MatchFacts) throws(ReplayError) -> MatchReport {
        var writer = ReportWriter(facts)
        if has(.gameEvents) {
            let events = try gameEvents()
            var reader = events.reader()
            while let event = try reader.next() { writer.add(event) }
        }
        if has(.messageEvents) {
            let events = try messageEvents()
            var reader = events.reader()
            while let event = try reader.next() { writer.add(event) }
        }
        if let events = try trackerEvents() {
            var reader = events.reader()
            while let event = try reader.next() { writer.add(event) }
        }
        return writer.finished()
    }
}

/// Turns events into a report.
struct ReportWriter {
    private let facts: MatchFacts
    private var report = MatchReport()
    /// Place in the report by the number that game events and messages count with.
    private var placeOfSender = [Int?](repeating: nil, count: 32)
    /// Place in the report by the number that tracker events count with.
    private var placeOfPlayer = [Int?](repeating: nil, count: 32)
    private var names: [Int: String] = [:]
    /// The units that were seen, by their place in the client's list.
    private var units: [KnownUnit?] = []

    /// Names already looked at: whether somebody builds such things.
    private var builtNames: [String: Bool] = [:]

    /// A unit, its owner and its type.
    private struct KnownUnit {
        var tag: UnitTag
        var place: Int
        var type: String
    }

    init(_ facts: MatchFacts) {
        self.facts = facts
        let countsUsers = facts.version.baseBuild >= 24247
        for (place, player) in facts.players.enumerated() {
            report.players.append(PlayerReport(number: player.number, user: player.user))
            let sender = countsUsers ? player.user : player.number
            if let sender, sender < 32 {
                placeOfSender[sender] = place
                names[sender] = player.name
            }
            if player.number < 32 { placeOfPlayer[player.number] = place }
        }
        for observer in facts.observers { if let user = observer.user { names[user] = names[user] ?? observer.name } }
    }

    mutating func add(_ event: GameEvent) {
        report.gameEventCount += 1
        let place = placeOfSender[event.user & 31]
        switch event.action {
        case .left(let reason):
            report.departures.append(
                MatchReport.Departure(
                    loop: event.loop, user: event.user, player: place.map { report.players[$0].number },
                    reason: reason))
            if let place, report.players[place].left == nil { report.players[place].left = event.loop }
        case .resumed: report.isResumed = true
        case .command: if let place { report.players[place].commands += 1 }
        case .selection: if let place { report.players[place].selections += 1 }
        case .controlGroup: if let place { report.players[place].controlGroups += 1 }
        case .camera: if let place { report.players[place].cameraMoves += 1 }
        default: break
        }
    }

    mutating func add(_ event: MessageEvent) {
        guard case .chat(let recipient, let text) = event.message else { return }
        report.chat.append(
            MatchReport.ChatLine(
                loop: event.loop, user: event.user, name: names[event.user] ?? "", recipient: recipient, text: text))
    }

    mutating func add(_ event: TrackerEvent) {
        report.trackerEventCount += 1
        switch event.happening {
        case .setup(let setup):
            guard setup.player < 32, let user = setup.user, setup.player >= 0 else { return }
            if let place = facts.players.firstIndex(where: { $0.user == user }) { placeOfPlayer[setup.player] = place }
        case .stats(let stats):
            guard let place = place(stats.player) else { return }
            report.players[place].economy.append(PlayerReport.EconomySample(loop: event.loop, stats: stats))
        case .upgraded(let player, let name, _):
            guard let place = place(player), event.loop > 0 else { return }
            report.players[place].upgrades.append(name)
            step(place, event.loop, name, .researched)
        case .born(let unit):
            guard let place = place(unit.controlPlayer) else { return }
            know(unit.unit, place, unit.type)
            guard event.loop > 0 else { return }
            report.players[place].unitsBorn += 1
            step(place, event.loop, unit.type, .finished)
        case .began(let unit):
            guard let place = place(unit.controlPlayer) else { return }
            know(unit.unit, place, unit.type)
            guard event.loop > 0 else { return }
            step(place, event.loop, unit.type, .began)
        case .typeChanged(let unit, let type):
            guard let owner = known(unit) else { return }
            know(unit, owner.place, type)
            if ReportWriter.isProgress(from: owner.type, to: type) { step(owner.place, event.loop, type, .became) }
        case .ownerChanged(let unit, let player, _):
            if let place = place(player), let owner = known(unit) { know(unit, place, owner.type) }
        case .died(let death):
            guard let owner = known(death.unit) else { return }
            units[Int(death.unit.index)] = nil
            if let killer = death.killerPlayer {
                report.players[owner.place].unitsLost += 1
                if let place = place(killer), place != owner.place { report.players[place].unitsKilled += 1 }
            }
        case .done, .positions, .unknown: break
        }
    }

    private func known(_ tag: UnitTag) -> KnownUnit? {
        guard Int(tag.index) < units.count, let unit = units[Int(tag.index)], unit.tag == tag else { return nil }
        return unit
    }

    private mutating func know(_ tag: UnitTag, _ place: Int, _ type: String) {
        while units.count <= Int(tag.index) { units.append(nil) }
        units[Int(tag.index)] = KnownUnit(tag: tag, place: place, type: type)
    }

    private func place(_ player: Int) -> Int? { player >= 0 && player < 32 ? placeOfPlayer[player] : nil }

    private mutating func step(_ place: Int, _ loop: Int, _ name: String, _ kind: PlayerReport.BuildStep.Kind) {
        let isBuilt = builtNames[name] ?? !ReportWriter.isDecoration(name)
        builtNames[name] = isBuilt
        guard isBuilt else { return }
        let supply = report.players[place].economy.last.map { Int($0.stats.supplyUsed) } ?? 0
        report.players[place].buildOrder.append(
            PlayerReport.BuildStep(loop: loop, supply: supply, name: name, kind: kind))
    }

    /// Whether a change of type is something a player paid for: not burrowing, landing, sieging, lowering and back.
    private static func isProgress(from old: String, to new: String) -> Bool {
        paidMorphs.contains(new) && !old.hasSuffix("Burrowed") && !old.hasSuffix("Flying")
            && !old.hasSuffix("SiegeMode")
    }

    private static let paidMorphs: Set<String> = [
        "Lair", "Hive", "GreaterSpire", "OrbitalCommand", "PlanetaryFortress", "WarpGate", "OverlordTransport",
        "Overseer", "Baneling", "BroodLord", "LurkerMP", "Ravager", "Archon",
    ]

    /// Things that nobody builds: dances, sprays, eggs, larvae, mines' fields, and what a unit leaves behind.
    private static func isDecoration(_ name: String) -> Bool {
        name.hasPrefix("Beacon") || name.hasPrefix("Spray") || name.hasPrefix("RewardDance")
            || name.hasPrefix("GameHeart") || name.hasPrefix("Decoration") || name == "Larva" || name == "Broodling"
            || name == "KD8Charge" || name == "AutoTurret" || name == "LocustMP" || name == "Interceptor"
            || name.hasSuffix("Cocoon") || name.hasSuffix("Egg") || name.contains("CreepTumor")
            || name.hasSuffix("Weapon") || name == "MULE" || name.hasPrefix("ForceField")
    }

    /// The report, with the winner rule applied.
    mutating func finished() -> MatchReport {
        let decided = facts.players.contains { $0.result != nil }
        if !decided, facts.players.count == 2, facts.players.allSatisfy(\.isHuman),
            facts.players[0].team != facts.players[1].team,
            let first = report.departures.first(where: { $0.player != nil }),
            let winner = facts.players.first(where: { $0.number != first.player })
        {
            report.winnerByLeaving = winner.team
        }
        return report
    }
}
