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
        var entries = [Entry?](repeating: nil, count: 128)
        for change in GameEventLayouts.changes where change.since <= build { entries[change.number] = change.entry }
        self.entries = entries
    }

    /// The layout of an event's number.
    package subscript(_ number: Int) -> Entry? { entries[number] }

    /// Every change in the order of builds.
    package static let changes: [Change] = (first + later).sorted { $0.since < $1.since }
}
