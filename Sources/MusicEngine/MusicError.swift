public import MediaPipeline

/// What can go wrong between a person's words and the first frame; `sentence` is for that person.
public enum MusicError: Error, Sendable, Hashable {
    /// No song matches these words.
    case nothingFound(words: String)
    /// The address is malformed or too long.
    case addressMalformed
    /// Addresses of this scheme (`file`, `ftp` …) are never opened.
    case schemeRefused(String)
    /// The address points into a private network.
    case privateAddressRefused
    /// No file of that name is in the library.
    case librarySongMissing(name: String)
    /// The site says the song is gone or never was.
    case unavailable
    /// The song is private.
    case privateSong
    /// The site wants a signed-in adult.
    case ageRestricted
    /// The site does not serve the song in this country.
    case regionBlocked
    /// The site asks this machine to prove it is not a robot.
    case botCheck
    /// The site refused the audio address (403, 404 or 410), or it has expired.
    case addressExpired
    /// The network or the site did not answer as it should.
    case network
    /// Nobody here understands this site or address.
    case unsupported
    /// The answer took too long.
    case timedOut
    /// Songs of sites cannot be opened because a program is missing; `fix` says which and how to get it.
    case extractorMissing(fix: String)
    /// The extractor crashed or answered nonsense.
    case extractorFailed
    /// Too many songs are being looked up, or the site failed often: try again after this time.
    case extractorBusy(retryAfter: Duration)
    /// The audio itself cannot be read or played.
    case media(MediaError)
    /// The song has no sound in it.
    case empty
    /// The queue is full.
    case queueFull(limit: Int)
    /// Nothing is playing.
    case nothingPlaying
    /// A live broadcast cannot be wound forward or back.
    case liveCannotSeek
    /// The position lies behind the end of the song.
    case seekBeyondEnd(duration: Duration)
    /// The queue has no such entry.
    case noSuchEntry
    /// The caller went away before the answer.
    case cancelled

    /// What happened and what to do next, in one or two sentences for a person.
    public var sentence: String {
        switch self {
        case .nothingFound(let words):
            "I found nothing for “\(words.prefix(100))”. Try other words or paste an address."
        case .addressMalformed: "That address is not complete. Paste the whole address, beginning with https://."
        case .schemeRefused(let scheme):
            "I do not open \(scheme.prefix(20)): addresses. Use an http or https address, or a song of the library."
        case .privateAddressRefused: "That address leads into a private network, so I do not open it."
        case .librarySongMissing(let name): "The library has no song named “\(name.prefix(100))”."
        case .unavailable: "That song is not available any more. Try another version of it."
        case .privateSong: "That song is private. Ask its owner to share it, or try another version."
        case .ageRestricted: "That song is age-restricted, and I am not signed in there. Try another version of it."
        case .regionBlocked: "That song is not offered in the country I am running in. Try another version of it."
        case .botCheck: "The site wants proof that I am not a robot. Try again later, or use another source."
        case .addressExpired: "The site refused to deliver the audio. Try again, or use another source."
        case .network: "The site did not answer as it should. Try again in a moment."
        case .unsupported: "I cannot play from that address. Paste the address of a song, a stream or an audio file."
        case .timedOut: "The answer took too long. Try again in a moment."
        case .extractorMissing(let fix): "I cannot open songs of that site on this machine. \(fix)"
        case .extractorFailed: "Looking that song up failed. Try again; if it stays so, update yt-dlp."
        case .extractorBusy(let wait):
            "Too many look-ups failed or are waiting. Try again in \(max(1, wait.components.seconds)) s."
        case .media(let error): error.description
        case .empty: "That song has no sound in it."
        case .queueFull(let limit): "The queue is full with \(limit) songs. Remove some first."
        case .nothingPlaying: "Nothing is playing."
        case .liveCannotSeek: "A live broadcast cannot be wound forward or back."
        case .seekBeyondEnd(let duration): "The song is only \(duration.clockText) long."
        case .noSuchEntry: "The queue has no such entry."
        case .cancelled: "That was cancelled."
        }
    }
}

extension MusicError: CustomStringConvertible {
    /// The sentence.
    public var description: String { sentence }
}

extension Duration {
    /// `3:07` or `1:02:03`, for people.
    public var clockText: String {
        let total = max(0, components.seconds)
        let (hours, minutes, seconds) = (total / 3600, total / 60 % 60, total % 60)
        func padded(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return hours > 0 ? "\(hours):\(padded(minutes)):\(padded(seconds))" : "\(minutes):\(padded(seconds))"
    }
}
