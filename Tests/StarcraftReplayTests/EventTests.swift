import ReplayFixtures
@testable import StarcraftReplay
import TestSupport
import Testing

/// Events of all three streams.
@Suite struct EventTests {
    /// Every build at which an event changed, and one newer than any.
    static let builds = Set(GameEventLayouts.changes.map { max($0.since, 15405) }).sorted() + [99999]

    @Test(arguments: builds) func everyGameEventComesBack(build: Int) throws {
        var fixture = ReplayFixture(build: build)
        var random = SeededRandom(seed: UInt64(build))
        fixture.addRandomGameEvents(1200, using: &random)
        let events = GameEvents(bytes: fixture.gameEventBytes, version: version(build))
        var read: [GameEvent] = []
        try events.forEach { read.append($0) }
        #expect(read.count == fixture.gameEvents.count)
        var loop = 0
        for (event, written) in zip(read, fixture.gameEvents) {
            loop += written.delta
            #expect(event.loop == loop && event.user == written.user && event.number == written.number)
            let values = try events.values(of: event)
            #expect(values == written.value)
            #expect(TypedEvent.agrees(event, values), "\(event) \(values)")
        }
    }

    private func version(_ build: Int) -> GameVersion {
        var version = GameVersion()
        version.major = build >= 23925 && build < 34784 ? 2 : 1
        version.baseBuild = build
        return version
    }

    @Test func layoutsChangeWhereTheyChanged() {
        #expect(GameEventLayouts(build: 24246)[25]?.name == "PlayerLeave")
        #expect(GameEventLayouts(build: 24247)[25] == nil)
        #expect(GameEventLayouts(build: 24247)[101]?.name == "GameUserLeave")
        #expect(GameEventLayouts(build: 34784)[25]?.name == "CommandManagerReset")
        #expect(GameEventLayouts(build: 17265)[11]?.name == "UserOptions")
        #expect(GameEventLayouts(build: 17266)[11]?.name == "BankSignature")
    }

    @Test func unknownEventsAreNamed() throws {
        var writer = BitWriter()
        writer.write(loopDelta: 1)
        writer.write(0, bits: 5)
        writer.write(126, bits: 7)
        let other = GameEvents(bytes: writer.bytes, version: version(80949))
        #expect(throws: ReplayError.unknownEvent(.gameEvents, offset: 0, number: 126)) { try other.forEach { _ in } }
    }

    @Test(arguments: [15405, 21955, 80949]) func messagesComeBack(build: Int) throws {
        let fixture = ReplayFixture(build: build)
        let events = MessageEvents(bytes: fixture.messageBytes, build: build)
        var reader = events.reader()
        var read: [MessageEvent] = []
        while let event = try reader.next() { read.append(event) }
        #expect(
            read == [
                MessageEvent(loop: 0, user: 0, message: .loading(50)),
                MessageEvent(loop: 1, user: 1, message: .serverPing),
                MessageEvent(loop: 101, user: 0, message: .chat(recipient: .everybody, text: "glhf")),
                MessageEvent(loop: 70_101, user: 1, message: .chat(recipient: .everybody, text: "ÿ gg")),
                MessageEvent(loop: 70_103, user: 1, message: .ping(recipient: .allies, x: 4096, y: -4096)),
            ])
    }

    @Test func trackerEventsComeBack() throws {
        var fixture = ReplayFixture(build: 80949)
        fixture.addTracker()
        let events = TrackerEvents(bytes: fixture.trackerBytes, build: 80949, nesting: 16)
        var read: [TrackerEvent] = []
        try events.forEach { read.append($0) }
        #expect(read.count == fixture.tracker.count)
        #expect(
            read[0].happening == .setup(PlayerSetup(player: 1, kind: 1, user: 0, slot: 0)))
        guard case .stats(let stats) = read[4].happening else { return #expect(Bool(false)) }
        #expect(read[4].loop == 160 && stats.player == 1 && stats.supplyUsed == 15 && stats.values.count == 39)
        #expect(stats[.workersActiveCount] == 40 && stats[.vespeneFriendlyFireTechnology] == 380)
        guard case .began(let depot) = read[6].happening else { return #expect(Bool(false)) }
        #expect(depot.unit == UnitTag(index: 10, recycle: 1) && depot.type == "SupplyDepot" && depot.y == 40)
        #expect(depot.creator == UnitTag(index: 5, recycle: 6) && depot.creatorAbility == "BarracksTrain")
        #expect(read[7].happening == .done(unit: depot.unit))
        guard case .died(let death) = read[12].happening else { return #expect(Bool(false)) }
        #expect(death.killerPlayer == 2 && death.killer == UnitTag(index: 2, recycle: 1) && death.x == 9)
        #expect(read[13].happening == .ownerChanged(unit: depot.unit, controlPlayer: 2, upkeepPlayer: 2))
        guard case .positions(let positions) = read[14].happening else { return #expect(Bool(false)) }
        #expect(positions.places == [UnitPositions.Place(index: 11, x: 100, y: 120)])
        #expect(read[15].happening == .unknown(number: 77))
    }

    @Test func loopsAreCountedIn32Bits() throws {
        var fixture = ReplayFixture(build: 28667)
        let upgrade = VersionedValue.structure([0: .number(1), 1: .text("x"), 2: .number(1)])
        fixture.tracker = [(Int(UInt32.max), 5, upgrade), (1, 5, upgrade), (7, 5, upgrade)]
        var loops: [Int] = []
        try TrackerEvents(bytes: fixture.trackerBytes, build: 28667, nesting: 16).forEach { loops.append($0.loop) }
        #expect(loops == [4_294_967_295, 0, 7])
    }
}
