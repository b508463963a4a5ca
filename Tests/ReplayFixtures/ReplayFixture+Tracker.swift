extension ReplayFixture {
    /// Adds some economy, units and upgrades of two players.
    package mutating func addTracker() {
        for player in 1...2 as ClosedRange<Int64> {
            add(
                0, 9,
                [
                    0: .number(player), 1: .number(1), 2: .optional(.number(player - 1)),
                    3: .optional(.number(player - 1)),
                ])
            addUnit(0, 1, player, player == 1 ? "CommandCenter" : "Hatchery", player: player)
        }
        addStats(160, player: 1, used: 15, made: 15)
        addStats(0, player: 2, used: 12, made: 14)
        addUnit(10, 6, 10, "SupplyDepot", player: 1)
        add(20, 7, [0: .number(10), 1: .number(1)])
        addUnit(5, 1, 11, "Marine", player: 1)
        addStats(125, player: 1, used: 16, made: 23)
        add(5, 4, [0: .number(1), 1: .number(1), 2: .text("OrbitalCommand")])
        add(5, 5, [0: .number(2), 1: .text("zerglingmovementspeed"), 2: .number(1)])
        add(
            5, 2,
            [
                0: .number(11), 1: .number(1), 2: .optional(.number(2)), 3: .number(9), 4: .number(8),
                5: .optional(.number(2)), 6: .optional(.number(1)),
            ])
        add(1, 3, [0: .number(10), 1: .number(1), 2: .number(2), 3: .number(2)])
        add(1, 8, [0: .number(10), 1: .array([.number(1), .number(25), .number(30)])])
        add(1, 77, [3: .choice(1, .bits(9, [1, 1]))])
    }

    private mutating func add(_ delta: Int, _ number: Int, _ fields: [Int64: VersionedValue]) {
        tracker.append((delta, number, .structure(fields)))
    }

    private mutating func addUnit(_ delta: Int, _ number: Int, _ index: Int64, _ name: String, player: Int64) {
        add(
            delta, number,
            [
                0: .number(index), 1: .number(1), 2: .text(name), 3: .number(player), 4: .number(player),
                5: .number(30), 6: .number(40), 7: .optional(.number(5)), 8: .optional(.number(6)),
                9: .optional(.text("BarracksTrain")),
            ])
    }

    private mutating func addStats(_ delta: Int, player: Int64, used: Int64, made: Int64) {
        var values: [Int64: VersionedValue] = [:]
        for key in 0..<39 as Range<Int64> { values[key] = .number(key * 10) }
        values[29] = .number(used * 4096)
        values[30] = .number(made * 4096)
        add(delta, 0, [0: .number(player), 1: .structure(values)])
    }
}
