package import StarcraftReplay

/// A small replay that was never played, written as the game of some build writes it.
package struct ReplayFixture: Sendable {
    /// Someone in the lobby.
    package struct Person: Sendable {
        package var name: String
        package var clan: String?
        package var race = "Terr"
        package var pick = "Terr"
        package var result: UInt8 = 0
        package var isHuman = true
        package var isObserver = false
        package var team = 0
        package var account: Int64 = 0
        package var rating: Int?

        package init(
            _ name: String, clan: String? = nil, race: String = "Terr", pick: String? = nil, result: UInt8 = 0,
            isHuman: Bool = true, isObserver: Bool = false, team: Int = 0, account: Int64 = 0, rating: Int? = nil
        ) {
            (self.name, self.clan, self.race, self.pick) = (name, clan, race, pick ?? race)
            (self.result, self.isHuman, self.isObserver) = (result, isHuman, isObserver)
            (self.team, self.account, self.rating) = (team, account, rating)
        }
    }

    /// A game event to be written.
    package struct GameEventEntry: Sendable {
        package var delta: Int
        package var user: Int
        package var number: Int
        package var value: ReplayValue

        package init(_ delta: Int, user: Int, _ number: Int, _ value: ReplayValue) {
            (self.delta, self.user, self.number, self.value) = (delta, user, number, value)
        }
    }

    /// Builds of which fixtures can be made: each has another layout of the lobby, the last is newer than any known.
    package static let builds = [15405, 16561, 22612, 24944, 32283, 51702, 70154, 80949, 99999]

    /// The base build.
    package var build: Int
    /// How files are stored.
    package var archive = ArchiveWriter()
    package var loops = 22_400
    package var title = "Fixture Shoals"
    package var speed: UInt8 = 4
    package var randomValue: UInt32 = 0xC0FF_EE01
    /// Ticks since 1601 of 2020-01-01 21:04:05 UTC.
    package var time: Int64 = 132_223_862_450_000_000
    package var mode = "Amm"
    package var people: [Person] = [
        Person("Ada", clan: "LOOP", race: "Terr", result: 1, team: 0, account: 101, rating: 4321),
        Person("Bébé <3", race: "Zerg", pick: "RAND", result: 2, team: 1, account: 102),
    ]
    /// Chat: loops since the line before, user, text.
    package var chat: [(delta: Int, user: Int, text: String)] = [(100, 0, "glhf"), (70_000, 1, "ÿ gg")]
    package var gameEvents: [GameEventEntry] = []
    /// Tracker events: loops since the one before, number, value.
    package var tracker: [(delta: Int, number: Int, value: VersionedValue)] = []

    /// A replay of a base build.
    package init(build: Int) { self.build = build }

    /// The release whose base build it is.
    package var version: (major: Int64, minor: Int64, revision: Int64) {
        build < 24247 ? (1, 0, 3) : build < 34784 ? (2, 1, 0) : build < 51702 ? (3, 0, 1) : (5, 0, 9)
    }

    private var players: [Person] { people.filter { !$0.isObserver } }

    /// The whole file.
    package var bytes: [UInt8] {
        var files: [(String, [UInt8])] = [
            ("replay.details", details.bytes), ("replay.initData", initData), ("replay.attributes.events", attributes),
            ("replay.game.events", gameEventBytes), ("replay.message.events", messageBytes),
        ]
        if build >= 24944 { files.append(("replay.tracker.events", trackerBytes)) }
        if build >= 44401 { files.append(("replay.gamemetadata.json", metadata)) }
        return archive.write(header: header.bytes, files: files)
    }

    /// The header.
    package var header: VersionedValue {
        .structure([
            0: .text("StarCraft II replay\u{1B}11"),
            1: .structure([
                0: .number(1), 1: .number(version.major), 2: .number(version.minor), 3: .number(version.revision),
                4: .number(Int64(build) + 7), 5: .number(Int64(build)),
            ]),
            2: .number(2), 3: .number(Int64(loops)), 4: .byte(1), 5: .structure([0: .blob([1, 2])]),
        ])
    }

    /// `replay.details`.
    package var details: VersionedValue {
        let handle = Array("s2ma\0\0EU".utf8) + (0..<32).map { UInt8($0 * 7) }
        return .structure([
            0: .optional(.array(players.enumerated().map { detail($0.element, slot: $0.offset) })),
            1: .text(title), 2: .text(""), 3: .structure([0: .text("Minimap.tga")]), 4: .byte(1), 5: .number(time),
            6: .number(0), 7: .text(""), 8: .text(""), 9: .text(""),
            10: .optional(.array([.blob(Array("s2ma\0\0EU".utf8) + [UInt8](repeating: 9, count: 32)), .blob(handle)])),
            11: .byte(0), 12: .number(Int64(speed)), 13: .number(3), 14: .optional(nil), 15: .number(0),
        ])
    }

    private func detail(_ person: Person, slot: Int) -> VersionedValue {
        let escaped = person.name.map { $0 == "<" ? "&lt;" : $0 == ">" ? "&gt;" : String($0) }.joined()
        let shown = (person.clan.map { "&lt;\($0)&gt;<sp/>" } ?? "") + escaped
        let races = ["Terr": "Терраны", "Zerg": "저그", "Prot": "星灵"]
        var fields: [Int64: VersionedValue] = [
            0: .text(shown),
            1: .structure([
                0: .number(2), 1: .double(0x5332), 2: .number(1), 4: .number(person.account),
            ]),
            2: .text(races[person.race] ?? ""),
            3: .structure([0: .number(255), 1: .number(1), 2: .number(2), 3: .number(3)]),
            4: .number(person.isHuman ? 2 : 3), 5: .number(Int64(person.team)), 6: .number(100), 7: .number(0),
            8: .number(Int64(person.result)),
        ]
        if build >= 24764 { fields[9] = .optional(.number(Int64(slot))) }
        return .structure(fields)
    }

    /// `replay.gamemetadata.json`.
    package var metadata: [UInt8] {
        let entries = players.enumerated().map { index, person in
            let result = ["Undecided", "Win", "Loss", "Tie"][Int(person.result)]
            let rating = person.rating.map { #""MMR":\#($0),"# } ?? ""
            let pick = person.pick == "RAND" ? "Rand" : person.pick
            return #"{"PlayerID":\#(index + 1),\#(rating)"APM":\#(100 + index).5,"Result":"\#(result)","#
                + #""SelectedRace":"\#(pick)","AssignedRace":"\#(person.race)"}"#
        }
        let text = #"{"Title":"Fixture \"\u0053hoals\"","Duration":\#(loops / 16),"Extra":[null,{"a":-1e3}],"#
        return [0xEF, 0xBB, 0xBF] + Array((text + #""Players":["# + entries.joined(separator: ", ") + "]}").utf8)
    }

    /// `replay.attributes.events`.
    package var attributes: [UInt8] {
        var entries: [(UInt32, UInt8, String)] = [(3009, 16, mode), (2001, 16, "1v1")]
        for (index, person) in people.enumerated() { entries.append((3001, UInt8(index + 1), person.pick)) }
        let front = [UInt8](repeating: 0, count: build >= 17326 ? 5 : 4)
        return front + ArchiveWriter.little(UInt32(entries.count))
            + entries.flatMap { number, scope, value in
                let letters = [UInt8](repeating: 0, count: max(0, 4 - value.utf8.count)) + value.utf8.reversed()
                return ArchiveWriter.little(UInt32(999)) + ArchiveWriter.little(number) + [scope] + letters
            }
    }
}
