import FoundationEssentials
import ReplayFixtures
import StarcraftReplay
import Testing

/// The page about the format says what the code does.
@Suite struct DocumentationTests {
    @Test func thePageListsEveryGameEvent() throws {
        var root = URL(filePath: #filePath)
        for _ in 0..<3 { root.deleteLastPathComponent() }
        let page = try String(contentsOf: root.appending(path: "Documentation/replay-format.md"), encoding: .utf8)
        let listed = page.split(separator: "\n").filter { line in
            let words = line.split(separator: " ")
            return words.count >= 3 && Int(words[0]) != nil && Int(words[1]) != nil
        }
        let lines = GameEventLayouts.changes.map { change in
            let entry = change.entry.map { "\($0.name) \($0.layout.notation)" } ?? "(free)"
            return "\(change.since) \(change.number) \(entry)"
        }
        let missing = Set(lines).subtracting(listed.map(String.init))
        let extra = Set(listed.map(String.init)).subtracting(lines)
        #expect(missing.isEmpty, "\(missing.sorted().joined(separator: "\n"))")
        #expect(extra.isEmpty, "\(extra.sorted().joined(separator: "\n"))")
    }
}
