/// What a person's words or address turned out to mean.
public enum Resolution: Sendable, Hashable {
    /// Exactly one song.
    case track(Track)
    /// A list of songs with a name, at least one.
    case playlist(name: String, tracks: [Track])
    /// Candidates for a search, best first, at least one.
    case search([Track])

    /// The song to play when only one is wanted.
    public var first: Track? {
        switch self {
        case .track(let track): track
        case .playlist(_, let tracks), .search(let tracks): tracks.first
        }
    }
}
