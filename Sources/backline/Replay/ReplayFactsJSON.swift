import StarcraftReplay

/// The facts of a match for programs.
enum ReplayFactsJSON {
    /// What could be found out about one file.
    struct Findings: Sendable {
        var file: String
        var header: ReplayHeader?
        var facts: MatchFacts?
        var resumed: Bool?
        var report: MatchReport?
        var error: String?
    }

    /// One object: always the same fields, `null` where a replay does not say.
    static func object(_ found: Findings, full: Bool, buildOrder: Bool) -> JSONLine {
        let facts = found.facts
        let version = facts?.version ?? found.header?.version
        let winner = facts?.winner ?? found.report?.winnerByLeaving
        var members: [(String, JSONLine)] = [
            ("file", .text(found.file)), ("release", .optional(version?.description)),
            ("build", .optional(version?.build)), ("base_build", .optional(version?.baseBuild)),
            ("map", .optional(facts?.map)), ("map_hash", .optional(facts?.mapHash)),
            ("loops", .optional(facts?.loops ?? found.header?.loops)),
            ("length_seconds", .optional(facts?.seconds)), ("region", .optional(facts?.region?.code)),
            ("end_time_utc", .optional(facts.map { UTCTime(seconds: $0.end).description })),
            ("mode", .optional(facts?.mode.rawValue)), ("ladder", facts.map { .flag($0.isLadder) } ?? .null),
            ("players", .list(facts?.players.map(player) ?? [])),
            ("observers", .list(facts?.observers.map { .text($0.name) } ?? [])),
            ("resumed", found.resumed.map { .flag($0) } ?? .null), ("winner", .optional(winner)),
            ("error", .optional(found.error)),
        ]
        if let report = found.report {
            if full {
                let source = facts?.winner != nil ? "result" : winner != nil ? "leave order" : nil
                members.append(("winner_by", .optional(source)))
                members += ReplayReportJSON.members(report)
            }
            if buildOrder { members.append(("build_orders", ReplayReportJSON.buildOrders(report))) }
        }
        return .object(members)
    }

    private static func player(_ player: MatchPlayer) -> JSONLine {
        .object([
            ("name", .text(player.name)), ("clan", .optional(player.clan)),
            ("toon", .optional(player.toon?.description)),
            ("race", .text(player.race?.rawValue ?? player.localizedRace)), ("pick", .optional(player.pick?.name)),
            ("result", .optional(player.result?.rawValue)), ("human", .flag(player.isHuman)),
            ("team", .integer(player.team)), ("apm", .optional(player.actionsPerMinute)),
            ("mmr", .optional(player.rating)),
        ])
    }
}
