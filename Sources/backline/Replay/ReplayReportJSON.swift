import StarcraftReplay

/// The report of a match for programs.
enum ReplayReportJSON {
    /// What `--full` adds.
    static func members(_ report: MatchReport) -> [(String, JSONLine)] {
        [
            ("game_events", .integer(report.gameEventCount)), ("tracker_events", .integer(report.trackerEventCount)),
            (
                "left",
                .list(
                    report.departures.map {
                        .object([
                            ("loop", .integer($0.loop)), ("user", .integer($0.user)),
                            ("player", .optional($0.player)), ("reason", .optional($0.reason)),
                        ])
                    })
            ),
            (
                "chat",
                .list(
                    report.chat.map {
                        .object([
                            ("loop", .integer($0.loop)), ("name", .text($0.name)),
                            ("recipient", .integer(Int($0.recipient.rawValue))), ("text", .text($0.text)),
                        ])
                    })
            ),
            ("reports", .list(report.players.map(player))),
        ]
    }

    private static func player(_ player: PlayerReport) -> JSONLine {
        .object([
            ("player", .integer(player.number)), ("user", .optional(player.user)), ("left", .optional(player.left)),
            ("commands", .integer(player.commands)), ("selections", .integer(player.selections)),
            ("control_groups", .integer(player.controlGroups)), ("camera_moves", .integer(player.cameraMoves)),
            ("units_born", .integer(player.unitsBorn)), ("units_lost", .integer(player.unitsLost)),
            ("units_killed", .integer(player.unitsKilled)),
            ("supply_blocked_loops", .integer(player.supplyBlockedLoops)),
            ("average_unspent", .number(player.averageUnspent)), ("average_income", .number(player.averageIncome)),
            ("spending_quotient", .optional(player.spendingQuotient)),
            ("upgrades", .list(player.upgrades.map { .text($0) })),
            ("economy", .list(player.economy.map(economy))),
        ])
    }

    private static func economy(_ sample: PlayerReport.EconomySample) -> JSONLine {
        let stats = sample.stats
        return .object([
            ("loop", .integer(sample.loop)), ("minerals", .integer(stats[.mineralsCurrent])),
            ("gas", .integer(stats[.vespeneCurrent])), ("mineral_rate", .integer(stats[.mineralsCollectionRate])),
            ("gas_rate", .integer(stats[.vespeneCollectionRate])), ("workers", .integer(stats[.workersActiveCount])),
            ("army", .integer(stats.armyValue)), ("supply", .number(stats.supplyUsed)),
            ("supply_made", .number(stats.supplyMade)),
        ])
    }

    /// What `--build-order` adds: one list a player.
    static func buildOrders(_ report: MatchReport) -> JSONLine {
        .list(
            report.players.map { player in
                .object([
                    ("player", .integer(player.number)),
                    (
                        "steps",
                        .list(
                            player.buildOrder.map {
                                .object([
                                    ("loop", .integer($0.loop)), ("supply", .integer($0.supply)),
                                    ("name", .text($0.name)), ("kind", .text($0.kind.rawValue)),
                                ])
                            })
                    ),
                ])
            })
    }
}
