import MediaPipeline

/// How a delivery failed, as far as the machine cares.
struct StreamFailure: Error, Sendable, Hashable {
    /// What may help.
    enum Kind: Sendable, Hashable {
        /// The worker is gone: opening again continues.
        case workerLost
        /// The address was refused: a fresh one may work.
        case addressRefused
        /// The connection broke: opening again may work.
        case interrupted
        /// Nothing helps.
        case final
    }

    let kind: Kind
    /// For people, when nothing has helped.
    let sentence: String

    init(_ kind: Kind, _ sentence: String) {
        self.kind = kind
        self.sentence = sentence
    }

    var isFinal: Bool { kind == .final }

    /// What an error means for a song of this source.
    init(_ error: any Error, of source: TrackSource) {
        switch error {
        case let error as MediaError: self.init(error, of: source)
        case MusicError.network: self.init(.interrupted, MusicError.network.sentence)
        case MusicError.addressExpired: self.init(.addressRefused, MusicError.addressExpired.sentence)
        case let error as MusicError: self.init(.final, error.sentence)
        default: self.init(.final, MusicError.cancelled.sentence)
        }
    }

    private init(_ error: MediaError, of source: TrackSource) {
        let kind: Kind
        switch error {
        case .workerLost, .protocolViolation, .closed: kind = .workerLost
        case .httpStatus(401), .httpStatus(403), .httpStatus(404), .httpStatus(410):
            // Only sites hand out fresh addresses; a plain one stays what it is.
            if case .extracted = source { kind = .addressRefused } else { kind = .final }
        case .httpStatus(429), .httpStatus(500...), .unreachable, .timedOut, .outOfResources: kind = .interrupted
        case .notFound, .forbidden, .httpStatus, .noAudio, .unsupported, .broken, .empty, .workersUnavailable:
            kind = .final
        }
        self.init(kind, error.description)
    }
}
