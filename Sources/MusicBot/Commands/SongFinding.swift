public import MusicEngine

/// Finds what a person means; the engine's resolver does it, tests use a fake.
public protocol SongFinding: Sendable {
    /// What words, an address or a library song's name stand for.
    func resolve(_ query: String, limit: Int) async throws(MusicError) -> Resolution
    /// Songs that a person may mean who has typed this much; never waits for a network.
    func complete(_ prefix: String, limit: Int) async -> [Track]
}

extension TrackResolver: SongFinding {}
