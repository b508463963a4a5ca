/// The layouts of game events by build.
///
/// Sources: the modules of Blizzard's s2protocol where they exist, sc2reader's readers for the builds between, and the
/// replays themselves where the two disagree.
package struct GameEventLayouts: Sendable {
    /// One event's name and shape.
    package struct Entry: Sendable {
        package var name: String
        package var layout: Layout
    }

    /// A change: since a build, an event has this shape; or none, and its number is free.
    package struct Change: Sendable {
        package var since: Int
        package var number: Int
        package var entry: Entry?

        init(_ since: Int, _ number: Int, _ name: String, _ notation: String) {
            self.since = since
            self.number = number
            entry = Entry(name: name, layout: Layout(notation))
        }

        init(_ since: Int, removes number: Int) {
            self.since = since
            self.number = number
        }
    }

    private let entries: [Entry?]

    /// The layouts of a base build; newer builds than known ones get the newest.
    package init(build: Int) {
        entries = GameEventLayouts.tables.last { $0.since <= build }?.entries ?? []
    }

    /// The layouts since each build at which one changed.
    private static let tables: [(since: Int, entries: [Entry?])] = {
        var tables: [(since: Int, entries: [Entry?])] = []
        var entries = [Entry?](repeating: nil, count: 128)
        for change in changes {
            entries[change.number] = change.entry
            if tables.last?.since == change.since {
                tables[tables.count - 1].entries = entries
            } else {
                tables.append((change.since, entries))
            }
        }
        return tables
    }()

    /// The layout of an event's number.
    package subscript(_ number: Int) -> Entry? { number < entries.count ? entries[number] : nil }

    /// Every change in the order of builds.
    package static let changes: [Change] = (first + later).sorted { $0.since < $1.since }
}
