/// When a session has been useless for long enough to leave: alone in its channel, or with nothing to play.
struct IdleWatch: Sendable, Equatable {
    /// Why to leave.
    enum Verdict: Sendable, Equatable {
        case alone, nothingPlaying
    }

    private let aloneLimit: Duration
    private let nothingPlayingLimit: Duration
    private var aloneSince: Duration?
    private var quietSince: Duration?

    init(aloneLimit: Duration, nothingPlayingLimit: Duration) {
        self.aloneLimit = aloneLimit
        self.nothingPlayingLimit = nothingPlayingLimit
    }

    /// Takes note of how things are; a change starts or ends the waiting.
    mutating func update(isAlone: Bool, isPlaying: Bool, now: Duration) {
        aloneSince = isAlone ? aloneSince ?? now : nil
        quietSince = isPlaying ? nil : quietSince ?? now
    }

    /// When to look again.
    var deadline: Duration? {
        [aloneSince.map { $0 + aloneLimit }, quietSince.map { $0 + nothingPlayingLimit }].compactMap { $0 }.min()
    }

    /// Whether it is time to leave.
    func verdict(now: Duration) -> Verdict? {
        if let aloneSince, now >= aloneSince + aloneLimit { return .alone }
        if let quietSince, now >= quietSince + nothingPlayingLimit { return .nothingPlaying }
        return nil
    }
}
