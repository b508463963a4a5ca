import ReplayFixtures
@testable import StarcraftReplay
import TestSupport
import Testing

/// What a match was, from the small files of every layout.
@Suite struct FactsTests {
    @Test(arguments: ReplayFixture.builds) func factsOfAGame(build: Int) throws {
        var fixture = ReplayFixture(build: build)
        fixture.people.append(ReplayFixture.Person("Watcher", clan: "EYE", isObserver: true, team: 2, account: 103))
        let facts = try Replay(fixture.bytes).facts()
        #expect(facts.version.baseBuild == build)
        #expect(facts.version.build == build + 7)
        #expect(facts.map == "Fixture Shoals")
        #expect(facts.mapHash == (0..<32).map { String(format($0 * 7)) }.joined())
        #expect(facts.loops == 22_400)
        #expect(abs(facts.seconds - 1000) < 1e-9)
        #expect(facts.region == .europe)
        #expect(facts.end == 1_577_912_645)
        #expect(abs(facts.start - 1_577_911_645) < 1e-3)
        #expect(facts.mode == .ladder)
        #expect(!facts.isLadder, "somebody watched")
        #expect(facts.players.map(\.name) == ["Ada", "Bébé <3"])
        #expect(facts.players.map(\.clan) == ["LOOP", nil])
        #expect(facts.players.map { $0.toon?.description } == ["2-S2-1-101", "2-S2-1-102"])
        #expect(facts.players.map(\.race) == [.terran, .zerg])
        #expect(facts.players.map(\.pick) == [.race(.terran), .random])
        #expect(facts.players.map(\.result) == [.win, .loss])
        #expect(facts.players.map(\.team) == [1, 2])
        #expect(facts.players.map(\.user) == [0, 1])
        #expect(facts.players.map(\.actionsPerMinute) == (build >= 44401 ? [100.5, 101.5] : [nil, nil]))
        #expect(facts.players.map(\.rating) == (build >= 44401 ? [4321, nil] : [nil, nil]))
        #expect(facts.observers.map(\.name) == ["Watcher"])
        #expect(facts.winner == 1)
        #expect(facts.identity == GameIdentity(randomValue: 0xC0FF_EE01, randomSeed: 0xC0FF_EE01))
    }

    private func format(_ byte: Int) -> String { (byte & 255 < 16 ? "0" : "") + String(byte & 255, radix: 16) }

    @Test func computersAndModes() throws {
        var fixture = ReplayFixture(build: 80949)
        #expect(try Replay(fixture.bytes).facts().isLadder)
        fixture.people[1] = ReplayFixture.Person(
            "电脑难度（新手）", race: "Prot", result: 2, isHuman: false, team: 1)
        var facts = try Replay(fixture.bytes).facts()
        #expect(facts.players[1].name == "电脑难度（新手）")
        #expect(facts.players[1].toon == nil)
        #expect(!facts.players[1].isHuman)
        #expect(facts.players[1].user == nil)
        #expect(facts.mode == .ladder && !facts.isLadder)
        fixture.mode = "Priv"
        facts = try Replay(fixture.bytes).facts()
        #expect(facts.mode == .custom)
    }

    @Test func winnersOfTeams() throws {
        var fixture = ReplayFixture(build: 80949)
        fixture.people = [
            .init("a", result: 1, team: 0), .init("b", result: 1, team: 0), .init("c", result: 2, team: 1),
            .init("d", result: 2, team: 1),
        ]
        #expect(try Replay(fixture.bytes).facts().winner == 1)
        fixture.people[0].result = 0
        #expect(try Replay(fixture.bytes).facts().winner == nil)
        fixture.people[0].result = 3
        #expect(try Replay(fixture.bytes).facts().players[0].result == .tie)
    }

    @Test func aLostFileIsReplacedByItsBackup() throws {
        let fixture = ReplayFixture(build: 80949)
        let bytes = fixture.archive.write(
            header: fixture.header.bytes,
            files: [
                ("replay.details.backup", fixture.details.bytes), ("replay.initData.backup", fixture.initData),
                ("replay.attributes.events", fixture.attributes),
            ])
        #expect(try Replay(bytes).facts().players.count == 2)
        let empty = fixture.archive.write(header: fixture.header.bytes, files: [])
        #expect(throws: ReplayError.missing(.details)) { try Replay(empty).facts() }
    }

    @Test func unknownLayoutsAreNotBelieved() throws {
        var fixture = ReplayFixture(build: 99999)
        #expect(try Replay(fixture.bytes).facts().players.count == 2)
        // One byte more than the newest layout has.
        fixture.build = 80949
        let longer = fixture.initData + [0]
        #expect(throws: ReplayError.leftOver(.initData, offset: longer.count - 1, bytes: 1)) {
            try InitData(longer.span, part: .initData, build: 99999)
        }
        #expect(throws: ReplayError.self) { try InitData(fixture.initData.span, part: .initData, build: 51702) }
    }

    @Test(arguments: InitDataNotation.byBuild.keys.sorted()) func anyLobbyEndsExactly(build: Int) throws {
        let layout = Layout(InitDataNotation.byBuild[build] ?? "-")
        var random = SeededRandom(seed: UInt64(build))
        for _ in 0..<50 {
            let value = layout.random(using: &random)
            var writer = BitWriter()
            writer.write(value, as: layout)
            let read = try InitData(writer.bytes.span, part: .initData, build: build)
            guard case .list(let users)? = value["syncLobbyState"]?["userInitialData"],
                case .list(let slots)? = value["syncLobbyState"]?["lobbyState"]?["slots"],
                case .number(let seed)? = value["syncLobbyState"]?["lobbyState"]?["randomSeed"]
            else { return #expect(Bool(false), "the layout has no users") }
            #expect(read.users.count == users.count)
            #expect(read.users.map { ReplayValue.text($0.name) } == users.compactMap { $0["name"] })
            #expect(read.lobby.slots.map { .number(Int64($0.team)) } == slots.compactMap { $0["teamId"] })
            #expect(read.lobby.randomSeed == UInt32(seed))
        }
    }

    @Test func namesAreUnescaped() {
        #expect(ShownName("&lt;CLAN&gt;<sp/>Na&amp;me").name == "Na&me")
        #expect(ShownName("&lt;CLAN&gt;<sp/>Na&amp;me").clan == "CLAN")
        #expect(ShownName("[old]<sp/>x").clan == "old")
        #expect(ShownName("A & B &lt;3").name == "A & B <3")
        #expect(ShownName("").clan == nil)
    }

    @Test func racesInEveryLanguage() {
        #expect(Race(localizedName: "Терраны") == .terran)
        #expect(Race(localizedName: "Protosi") == .protoss)
        #expect(Race(localizedName: "异虫") == .zerg)
        #expect(Race(localizedName: "") == nil)
        #expect(ToonHandle("2-S2-1-77")?.id == 77)
        #expect(ToonHandle("2-S2-1-0") == nil)
        #expect(ToonHandle("") == nil)
    }
}
