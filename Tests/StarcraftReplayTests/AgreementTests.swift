import StarcraftReplay
import Testing

/// Every reference replay says what somebody else's program read from it, but for the differences in a list, each with
/// what the bytes say.
@Suite(.enabled(if: ReferenceReplays.folder != nil, ReferenceReplays.reason)) struct AgreementTests {
    /// A field that differs in a file, and why.
    struct Difference: Hashable {
        var file: String
        var field: String
        var why: String
    }

    /// Differences of single files. Rules for many files are in ``matches(_:_:)``.
    static let differences: Set<Difference> = [
        Difference(
            file: "2cf046940d19.SC2Replay", field: "error",
            why: "cut off after 1,232 bytes: only the header is left, and no program can know more"),
        Difference(
            file: "e8dae73b9a6c.SC2Replay", field: "region",
            why: "its cache handles say “bn”, which is no region; the player's account is of region 1, us"),
        Difference(
            file: "103a20ffa9c5.SC2Replay", field: "race 4",
            why: "details say “Terran Tychus”, a co-op commander; the race is Terran"),
        Difference(
            file: "c478acc589e2.SC2Replay", field: "race 0", why: "details say “Терраны”; the summary says Terr"),
        Difference(
            file: "c478acc589e2.SC2Replay", field: "race 1", why: "details say “Протоссы”; the summary says Prot"),
    ]

    @Test func factsAgree() throws {
        var found: Set<String> = []
        let expected = try ReferenceReplays.expected()
        for reference in expected {
            for field in try fieldsThatDiffer(reference) { found.insert("\(reference.file) \(field)") }
        }
        #expect(expected.count == 198)
        #expect(found == Set(Self.differences.map { "\($0.file) \($0.field)" }))
    }

    private func fieldsThatDiffer(_ reference: ReferenceReplays.Expected) throws -> [String] {
        let bytes = try ReferenceReplays.bytes(reference.file)
        let header = try Replay.header(of: bytes)
        var fields: [String] = []
        func compare(_ field: String, _ isSame: Bool) { if !isSame { fields.append(field) } }
        compare("release", header.version.description == reference.release)
        compare("build", header.version.build == reference.build)
        compare("base_build", header.version.baseBuild == reference.base_build)
        compare("loops", header.loops == reference.loops)
        guard let facts = try? Replay(bytes).facts() else { return fields + ["error"] }
        compare("map", facts.map == reference.map)
        compare("region", facts.region?.code == reference.region)
        compare("type", facts.teamType == reference.type)
        compare("mode", (facts.mode == .ladder) == (reference.category == "Ladder"))
        compare("ladder", facts.isLadder == reference.ladder)
        compare("end", Self.sameEnd(facts.end, reference.end_time_utc))
        compare("observers", facts.observers.map(\.name) == reference.observers)
        compare("count", facts.players.count == reference.players.count)
        for (index, (player, other)) in zip(facts.players, reference.players).enumerated() {
            compare("name \(index)", player.name == other.name)
            compare("toon \(index)", Self.sameToon(player, other.toon, header.version.baseBuild))
            compare("race \(index)", player.race?.rawValue == other.race)
            compare("pick \(index)", player.pick?.name == other.pick)
            compare("result \(index)", player.result?.rawValue == other.result)
            compare("human \(index)", player.isHuman == other.human)
            compare("team \(index)", player.team == other.team)
        }
        guard let summaries = reference.metadata_players else { return fields }
        // The summary's duration is in seconds of the speed Normal, rounded.
        compare("duration", reference.metadata_duration.map { abs($0 - Double(header.loops) / 16) <= 0.5 } ?? true)
        for (index, (player, summary)) in zip(facts.players, summaries).enumerated()
        where summaries.count == facts.players.count {
            compare("apm \(index)", player.actionsPerMinute == summary.APM)
            compare("mmr \(index)", player.rating == summary.MMR.flatMap { $0 > 0 ? $0 : nil })
        }
        return fields
    }

    /// The reference's program takes 1970 to begin 0.4096 s too early in the file's ticks, and cuts off; so it is the
    /// second of our moment plus 0.4096 s.
    private static func sameEnd(_ end: Double, _ reference: String?) -> Bool {
        guard let reference else { return false }
        let shifted = Int((end + 0.4096).rounded(.down))
        let parts = reference.dropLast(6).split { "-: ".contains($0) }.compactMap { Int($0) }
        guard parts.count == 6 else { return false }
        var days = 0
        for year in 1970..<parts[0] { days += year % 4 == 0 ? 366 : 365 }
        let lengths = [31, parts[0] % 4 == 0 ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        days += lengths.prefix(parts[1] - 1).reduce(0, +) + parts[2] - 1
        return shifted == ((days * 24 + parts[3]) * 60 + parts[4]) * 60 + parts[5]
    }

    /// The reference has an empty account for computers, and none before 17266, where only the details have it.
    private static func sameToon(_ player: MatchPlayer, _ reference: String?, _ build: Int) -> Bool {
        guard player.isHuman else { return player.toon == nil && (reference ?? "").isEmpty }
        if build < 17266 { return reference == nil && player.toon != nil }
        return (player.toon?.description ?? "") == (reference ?? "")
    }

    @Test func everyStreamOfEveryReplayEndsExactly() throws {
        var events = 0
        for file in try ReferenceReplays.files() where file != "2cf046940d19.SC2Replay" {
            let replay = try Replay(try ReferenceReplays.bytes(file))
            let game = try replay.gameEvents()
            var last = 0
            try game.forEach { event throws(ReplayError) in
                events += 1
                last = event.loop
                // Both forms of every event are compared with made-up ones; of these, some.
                if events % 50 == 0 { #expect(TypedEvent.agrees(event, try game.values(of: event)), "\(file)") }
            }
            #expect(last <= replay.header.loops, "\(file)")
            if replay.has(.messageEvents) {
                let messages = try replay.messageEvents()
                var reader = messages.reader()
                while try reader.next() != nil { events += 1 }
            }
            try replay.trackerEvents()?.forEach { event in
                if case .unknown(let number) = event.happening { #expect(Bool(false), "\(file): \(number)") }
                events += 1
            }
        }
        #expect(events > 1_000_000)
    }

    @Test func theFirstToLeaveMostlyLost() throws {
        var right = 0
        var wrong = 0
        for file in try ReferenceReplays.files() where file != "2cf046940d19.SC2Replay" {
            let replay = try Replay(try ReferenceReplays.bytes(file))
            let facts = try replay.facts()
            guard facts.players.count == 2, facts.players.allSatisfy(\.isHuman), let winner = facts.winner,
                let first = try replay.report(facts).departures.first(where: { $0.player != nil }),
                let loser = facts.players.first(where: { $0.number == first.player })
            else { continue }
            if loser.team == winner { wrong += 1 } else { right += 1 }
        }
        #expect(right > 100)
        #expect(wrong * 50 < right, "\(wrong) of \(right + wrong)")
    }
}
