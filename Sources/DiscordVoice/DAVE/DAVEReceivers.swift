internal import DiscordModel
internal import Synchronization

/// The decryptors of everybody else in the call, and whose stream is whose.
///
/// Called by the connection's loop, and by whoever receives packets; its lock is held for one frame at most.
final class DAVEReceivers: Sendable {
    /// A member is unheard when nothing of it could be decrypted for this long, over at least that many frames.
    static let unheardAfter: Duration = .seconds(1)
    static let unheardFrames = 10
    /// Streams kept at a time.
    static let maximumStreams = 10_000

    private struct Receiver {
        let decryptor: DAVEDecryptor
        var failures = 0
        var failingSince: Duration?
    }

    private struct State {
        var receivers: [UserID: Receiver] = [:]
        var streams: [UInt32: UserID] = [:]
        var plainUntil: Duration?
        var undecryptable: UInt64 = 0
        var isUnheard = false
    }

    private let state = Mutex(State())

    /// Takes in the ratchets of a new epoch; who is not among them is forgotten.
    func install(_ ratchets: [(user: UserID, ratchet: KeyRatchet)], now: Duration) {
        state.withLock { state in
            let members = Set(ratchets.map(\.user))
            state.receivers = state.receivers.filter { members.contains($0.key) }
            for (user, ratchet) in ratchets {
                let receiver =
                    state.receivers[user] ?? Receiver(decryptor: DAVEDecryptor(plainUntil: state.plainUntil))
                receiver.decryptor.install(ratchet, now: now)
                state.receivers[user] = receiver
            }
        }
    }

    /// Op 5: a stream belongs to a user.
    func bind(_ stream: UInt32, to user: UserID) {
        state.withLock { state in
            guard state.streams[stream] != nil || state.streams.count < DAVEReceivers.maximumStreams else { return }
            state.streams[stream] = user
        }
    }

    /// Op 13: a user has left.
    func forget(_ user: UserID) {
        state.withLock { state in
            state.receivers[user] = nil
            state.streams = state.streams.filter { $0.value != user }
        }
    }

    /// A new session begins; whose stream is whose may have been told already.
    func forgetKeys() {
        state.withLock { state in
            state.receivers = [:]
            state.plainUntil = nil
            state.isUnheard = false
        }
    }

    /// The session is over.
    func forgetAll() {
        state.withLock { state in
            let count = state.undecryptable
            state = State()
            state.undecryptable = count
        }
    }

    /// Whether plain frames may pass from now on; ending it leaves them their window.
    func allowPlain(_ allowed: Bool, now: Duration) {
        state.withLock { state in
            if allowed {
                state.plainUntil = .seconds(Int64.max / 4)
            } else if let until = state.plainUntil {
                state.plainUntil = min(until, now + DAVEWindows.expiry)
            }
            for receiver in state.receivers.values { receiver.decryptor.allowPlain(allowed, now: now) }
        }
    }

    /// Opens a frame of a stream; nil when it must be dropped.
    func open(_ frame: [UInt8], stream: UInt32, now: Duration) -> [UInt8]? {
        state.withLock { state in
            guard let user = state.streams[stream], var receiver = state.receivers[user] else {
                if frame == OpusSilence.frame { return frame }
                if FrameTrailer(parsing: frame) == nil, let until = state.plainUntil, now < until { return frame }
                state.undecryptable += 1
                return nil
            }
            defer { state.receivers[user] = receiver }
            do throws(DAVERefusal) {
                let opened = try receiver.decryptor.open(frame, now: now)
                if frame.count > OpusSilence.frame.count { receiver.failingSince = nil }
                return opened
            } catch {
                state.undecryptable += 1
                guard error == .undecryptable else { return nil }
                if receiver.failingSince == nil { (receiver.failingSince, receiver.failures) = (now, 0) }
                receiver.failures += 1
                if let since = receiver.failingSince, now >= since + DAVEReceivers.unheardAfter,
                    receiver.failures >= DAVEReceivers.unheardFrames
                {
                    state.isUnheard = true
                    receiver.failingSince = nil
                }
                return nil
            }
        }
    }

    /// Whether a member has been unheard since the last call.
    func takeUnheard() -> Bool {
        state.withLock { state in
            defer { state.isUnheard = false }
            return state.isUnheard
        }
    }

    /// Whether `takeUnheard` would say yes.
    var isUnheard: Bool { state.withLock { $0.isUnheard } }

    /// Frames that could not be decrypted.
    var undecryptable: UInt64 { state.withLock { $0.undecryptable } }

    /// Users with a decryptor, and streams with a user: what is kept.
    var kept: (users: Int, streams: Int) { state.withLock { ($0.receivers.count, $0.streams.count) } }
}
