import ReplayFixtures
@testable import StarcraftReplay

/// StarCraft II replays: whole files, and each stream by itself.
///
/// First byte: what the rest is. Second byte: the build, by its place among those where something changed.
enum ReplayFuzz {
    static let target = FuzzTarget(run: run, seeds: seeds)

    private static let builds = Set(
        GameEventLayouts.changes.map(\.since) + ReplayFixture.builds + [17266, 47185, 77379]
    )
    .sorted()

    private static func run(_ bytes: [UInt8]) {
        var input = FuzzInput(bytes)
        let kind = input.byte()
        var version = GameVersion()
        version.baseBuild = builds[Int(input.byte()) % builds.count]
        version.build = version.baseBuild
        version.major = version.baseBuild & 1 == 1 ? 2 : 1
        let rest = input.remainder()
        let limits = ReplayLimits()
        switch kind % 9 {
        case 0: whole(rest)
        case 1: game(rest, version)
        case 2: tracker(rest, version.build)
        case 3: messages(rest, version.baseBuild)
        case 4: _ = try? InitData(rest.span, part: .initData, build: version.baseBuild)
        case 5: _ = try? ReplayDetails(rest.span, part: .details, limits: limits)
        case 6: _ = try? ReplayHeader(rest.span, limits: limits)
        case 7: _ = try? GameMetadata(rest.span)
        default: _ = try? MatchAttributes(rest.span, build: version.baseBuild)
        }
    }

    /// An archive; its small limits keep made-up sizes from costing time.
    private static func whole(_ bytes: [UInt8]) {
        var limits = ReplayLimits()
        limits.fileBytes = 1 << 20
        guard let replay = try? Replay(bytes, limits: limits) else { return }
        precondition((try? Replay.header(of: bytes, limits: limits)) == replay.header, "two headers")
        for part in ReplayPart.allCases {
            let file = try? replay.file(part)
            precondition((file?.count ?? 0) <= limits.fileBytes, "a file is larger than allowed")
        }
        guard let facts = try? replay.facts() else { return }
        precondition((facts.winner.map { winner in facts.players.contains { $0.team == winner } }) ?? true)
        _ = try? replay.isResumed()
        _ = try? replay.report(facts)
    }

    private static func game(_ bytes: [UInt8], _ version: GameVersion) {
        let events = GameEvents(bytes: bytes, version: version)
        var count = 0
        try? events.forEach { event in
            count += 1
            precondition(event.loop >= 0 && event.loop <= UInt32.max, "a time that no game has")
            // What was read in one way is there in the other.
            precondition((try? events.values(of: event)) != nil, "an event has no values")
        }
        precondition(count <= bytes.count, "more events than bytes")
    }

    private static func tracker(_ bytes: [UInt8], _ build: Int) {
        let events = TrackerEvents(bytes: bytes, build: build, nesting: 16)
        var count = 0
        try? events.forEach { event in
            count += 1
            if case .positions(let positions) = event.happening { _ = positions.places }
        }
        precondition(count <= bytes.count, "more events than bytes")
    }

    private static func messages(_ bytes: [UInt8], _ build: Int) {
        let events = MessageEvents(bytes: bytes, build: build)
        var reader = events.reader()
        var count = 0
        while let event = try? reader.next() {
            count += 1
            _ = event.message
        }
        precondition(count <= bytes.count, "more messages than bytes")
    }

    private static func seeds() -> [(name: String, bytes: [UInt8])] {
        var random = RepeatedRandom()
        var seeds: [(name: String, bytes: [UInt8])] = []
        for build in [15405, 24944, 80949] {
            var fixture = ReplayFixture(build: build)
            fixture.addTracker()
            fixture.addRandomGameEvents(90, using: &random)
            guard let place = builds.firstIndex(of: build).map({ UInt8($0) }) else { continue }
            fixture.archive.storage = build == 15405 ? .raw : build == 24944 ? .checkedSectors : .bzip2
            var whole = fixture
            whole.gameEvents.removeLast(80)
            seeds.append(("whole-\(build)", [0, place] + whole.bytes))
            seeds.append(("game-\(build)", [1, place] + fixture.gameEventBytes))
            seeds.append(("messages-\(build)", [3, place] + fixture.messageBytes))
            seeds.append(("lobby-\(build)", [4, place] + fixture.initData))
            seeds.append(("attributes-\(build)", [8, place] + fixture.attributes))
            if build == 80949 {
                seeds.append(("tracker", [2, place] + fixture.trackerBytes))
                seeds.append(("details", [5, place] + fixture.details.bytes))
                seeds.append(("header", [6, place] + fixture.header.bytes))
                seeds.append(("metadata", [7, place] + fixture.metadata))
            }
        }
        return seeds
    }
}
