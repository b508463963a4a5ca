import StarcraftReplay

/// A replay in words for people.
enum ReplayPage {
    /// One row of the table.
    static func row(_ found: ReplayFactsJSON.Findings) -> [String] {
        let name = found.file.split(separator: "/").last.map(String.init) ?? found.file
        guard let facts = found.facts else {
            return [name, found.header?.version.description ?? "", "", "", "", "", found.error ?? ""]
        }
        return [
            name, facts.version.description, String(UTCTime(seconds: facts.end).description.dropLast(9)),
            length(facts.seconds), facts.map, (facts.isLadder ? "ladder " : "custom ") + facts.teamType,
            teams(facts) + (found.resumed == true ? " (resumed)" : "") + (found.error.map { " – " + $0 } ?? ""),
        ]
    }

    /// A page about one replay.
    static func text(_ found: ReplayFactsJSON.Findings, _ options: ReplayCommand.Options) -> String {
        guard let facts = found.facts else { return "\(found.file): \(found.error ?? "")\n" }
        var lines = [
            "\(found.file)",
            "  \(facts.map), \(facts.version), \(length(facts.seconds)), \(UTCTime(seconds: facts.end))",
            "  \(teams(facts))",
        ]
        if !facts.observers.isEmpty {
            lines.append("  watched by " + facts.observers.map(\.name).joined(separator: ", "))
        }
        if let error = found.error { lines.append("  " + error) }
        guard let report = found.report else { return lines.joined(separator: "\n") + "\n" }
        if report.isResumed { lines.append("  went on from a replay") }
        if facts.winner == nil, let team = report.winnerByLeaving {
            lines.append("  team \(team) won, because the other left first; the replay itself does not say")
        }
        let names = Dictionary(facts.players.map { ($0.number, $0.name) }) { first, _ in first }
        let speed = facts.speed.loopsPerSecond
        for player in report.players {
            lines.append("  " + figures(player, names[player.number] ?? "", facts, speed))
            if options.buildOrder {
                lines += player.buildOrder.map { step in
                    "    \(clock(step.loop, speed))  \(step.supply)  \(step.name)"
                        + (step.kind == .finished ? "" : " (\(step.kind.rawValue))")
                }
            }
        }
        if options.full {
            lines += report.chat.map { "  \(clock($0.loop, speed))  \($0.name): \($0.text)" }
            lines += report.departures.compactMap { left in
                left.player.map { "  \(clock(left.loop, speed))  \(names[$0] ?? "") left" }
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func figures(
        _ player: PlayerReport, _ name: String, _ facts: MatchFacts, _ loopsPerSecond: Double
    ) -> String {
        var parts = ["\(player.commands) orders", "\(player.controlGroups) uses of control groups"]
        if !player.economy.isEmpty {
            parts.append("\(player.unitsBorn) units, \(player.unitsLost) lost, \(player.unitsKilled) killed")
            parts.append("\(Int(Double(player.supplyBlockedLoops) / loopsPerSecond)) s supply-blocked")
            if let quotient = player.spendingQuotient { parts.append("spending quotient \(Int(quotient.rounded()))") }
        }
        return "\(name): " + parts.joined(separator: ", ")
    }

    private static func teams(_ facts: MatchFacts) -> String {
        let numbers = Set(facts.players.map(\.team)).sorted()
        return numbers.map { team in
            facts.players.filter { $0.team == team }.map { player in
                let race = (player.race?.rawValue ?? player.localizedRace).prefix(1)
                let mark = player.result == .win ? " ✓" : ""
                return (player.clan.map { "[\($0)] " } ?? "") + player.name + " (\(race))" + mark
            }.joined(separator: " + ")
        }.joined(separator: " v ")
    }

    private static func clock(_ loop: Int, _ loopsPerSecond: Double) -> String { length(Double(loop) / loopsPerSecond) }

    private static func length(_ seconds: Double) -> String {
        let whole = Int(seconds)
        return "\(whole / 60):" + (whole % 60 < 10 ? "0" : "") + "\(whole % 60)"
    }
}
