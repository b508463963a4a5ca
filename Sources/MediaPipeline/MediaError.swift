/// Why a song cannot be opened or goes no further; no case holds an address, a path or a header.
public enum MediaError: Error, Sendable, Hashable {
    /// There is no such file.
    case notFound
    /// The address or path may not be opened; the words say which rule.
    case forbidden(String)
    /// The server cannot be reached or broke off for good; the words say how.
    case unreachable(String)
    /// The server answered with this HTTP status instead of the media; 403 and 410 mean: resolve the address anew.
    case httpStatus(Int)
    /// The media has no sound in it.
    case noAudio
    /// The format is not known; the words name it as far as possible.
    case unsupported(String)
    /// The media is damaged beyond use; the words say where it was noticed.
    case broken(String)
    /// The media holds no sound at all.
    case empty
    /// Nothing came for too long, or opening took too long; the words say which.
    case timedOut(String)
    /// The worker has no memory or threads left.
    case outOfResources
    /// The worker process ended while it read this song, and doing it again did not help.
    case workerLost
    /// No worker can be started; the words say why.
    case workersUnavailable(String)
    /// The two sides of the worker's pipe misunderstood each other; the words say how.
    case protocolViolation(String)
    /// The session was closed.
    case closed
}

extension MediaError: CustomStringConvertible {
    /// A sentence for people: what happened and what to do next.
    public var description: String {
        switch self {
        case .notFound: "The file does not exist. Check its name."
        case .forbidden(let words): "This source is not allowed: \(words)."
        case .unreachable(let words): "The server of this song cannot be reached (\(words)). Try again later."
        case .httpStatus(let status):
            switch status {
            case 401, 403: "The server of this song refused access (HTTP \(status)). The link may have expired."
            case 404, 410: "The server has no such song (HTTP \(status)). Check the link."
            case 429: "The server of this song asks to slow down (HTTP 429). Try again in a few minutes."
            case 500...: "The server of this song is in trouble (HTTP \(status)). Try again later."
            default: "The server of this song gave an unexpected answer (HTTP \(status))."
            }
        case .noAudio: "There is no sound in this file. Try another one."
        case .unsupported(let words): "This format cannot be played (\(words)). Try another file."
        case .broken(let words): "This file is damaged (\(words)). Try another one."
        case .empty: "This file holds no sound at all: its length is zero. Try another one."
        case .timedOut(let words): "This song took too long: \(words). Try again or pick another source."
        case .outOfResources: "The player has too little memory for this song. Try again later."
        case .workerLost: "The player could not get past this place of the song. Try another file."
        case .workersUnavailable(let words): "The player cannot start its worker (\(words)). Run the doctor command."
        case .protocolViolation(let words): "The media worker answered something unexpected (\(words)). Try again."
        case .closed: "The song was closed."
        }
    }
}
