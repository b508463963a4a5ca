import ReplayFixtures
import StarcraftReplay
import Testing

/// What happened in a match.
@Suite struct ReportTests {
    private func leave(_ fixture: inout ReplayFixture, _ users: [Int]) {
        for user in users {
            let number = fixture.build < 24247 ? 25 : 101
            let reason: ReplayValue =
                fixture.build >= 34784 ? .fields([ReplayField(name: "leaveReason", value: .number(11))]) : .fields([])
            // Before 2.0 the number is the player's, from 1.
            fixture.gameEvents.append(
                .init(500, user: fixture.build < 24247 ? user + 1 : user, number, reason))
        }
    }

    @Test(arguments: ReplayFixture.builds) func theFirstToLeaveLoses(build: Int) throws {
        var fixture = ReplayFixture(build: build)
        fixture.people[0].result = 0
        fixture.people[1].result = 0
        leave(&fixture, [0, 1])
        let replay = try Replay(fixture.bytes)
        let report = try replay.report()
        #expect(try replay.facts().winner == nil)
        #expect(report.winnerByLeaving == 2)
        #expect(report.departures.map(\.loop) == [500, 1000])
        #expect(report.departures.map(\.player) == [1, 2])
        #expect(report.departures[0].reason == (build >= 34784 ? 11 : nil))
        #expect(report.players.map(\.left) == [500, 1000])
        #expect(report.chat.map(\.text) == ["glhf", "ÿ gg"])
    }

    @Test func theRuleIsSilentWhereItWouldGuess() throws {
        var fixture = ReplayFixture(build: 80949)
        leave(&fixture, [0])
        #expect(try Replay(fixture.bytes).report().winnerByLeaving == nil, "the replay itself knows")
        fixture.people[0].result = 0
        fixture.people[1].result = 0
        #expect(try Replay(fixture.bytes).report().winnerByLeaving == 2)
        fixture.people[1].isHuman = false
        #expect(try Replay(fixture.bytes).report().winnerByLeaving == nil, "computers never leave first")
        fixture.people[1].isHuman = true
        fixture.people.append(.init("third", team: 2))
        #expect(try Replay(fixture.bytes).report().winnerByLeaving == nil, "three")
        fixture.people[2].isObserver = true
        fixture.gameEvents.removeAll()
        leave(&fixture, [2, 1, 0])
        #expect(try Replay(fixture.bytes).report().winnerByLeaving == 1, "observers do not count")
    }

    @Test func resumedGamesAreSeen() throws {
        var fixture = ReplayFixture(build: 80949)
        #expect(try !Replay(fixture.bytes).isResumed())
        let info = ReplayValue.fields([
            ReplayField(name: "gameUserId", value: .number(1)), ReplayField(name: "observe", value: .number(0)),
            ReplayField(name: "name", value: .text("Ada")), ReplayField(name: "toonHandle", value: .nothing),
            ReplayField(name: "clanTag", value: .nothing), ReplayField(name: "clanLogo", value: .nothing),
        ])
        fixture.gameEvents = [
            .init(
                9, user: 0, 43,
                .fields([
                    ReplayField(name: "userInfos", value: .list([info])),
                    ReplayField(name: "method", value: .number(0)),
                ]))
        ]
        #expect(try Replay(fixture.bytes).isResumed())
        #expect(try Replay(fixture.bytes).report().isResumed)
    }

    @Test func economyAndBuildOrder() throws {
        var fixture = ReplayFixture(build: 80949)
        fixture.addTracker()
        let report = try Replay(fixture.bytes).report()
        let ada = report.players[0]
        let other = report.players[1]
        #expect(ada.economy.map(\.loop) == [160, 320])
        #expect(ada.supplyBlockedLoops == 160)
        #expect(ada.unitsBorn == 1 && ada.unitsLost == 1 && ada.unitsKilled == 0)
        #expect(other.unitsKilled == 1 && other.upgrades == ["zerglingmovementspeed"])
        #expect(ada.buildOrder.map(\.name) == ["SupplyDepot", "Marine", "OrbitalCommand"])
        #expect(ada.buildOrder.map(\.kind) == [.began, .finished, .became])
        #expect(ada.buildOrder.map(\.supply) == [15, 15, 16])
        #expect(ada.averageIncome == 50 && ada.averageUnspent == 10)
        let quotient = try #require(ada.spendingQuotient)
        #expect(abs(quotient - (35 * (0.00137 * 50 - 2.302585) + 240)) < 0.001)
    }
}
