internal import Synchronization

/// How long what has been replaced stays good (DAVE 5.6).
package enum DAVEWindows {
    /// Old epochs' ratchets, old generations, and plain frames after the call became encrypted.
    package static let expiry: Duration = .seconds(10)
}

/// Why a received frame was not opened.
public enum DAVERefusal: Error, Sendable, Hashable {
    /// Not encrypted, and plain frames are not allowed now.
    case notEncrypted
    /// No key of this sender is known.
    case noKey
    /// No key fits, or the frame came before.
    case undecryptable
}

/// The receiving side of DAVE for one remote user: the ratchets of the newest epochs, and whether plain frames may pass.
package final class DAVEDecryptor: Sendable {
    /// Ratchets kept at a time; in a storm of joins the oldest goes before its window ends.
    package static let maximumRatchets = 32

    fileprivate struct State {
        var ratchets: [ReceivingRatchet] = []
        /// Plain frames pass until then.
        var plainUntil: Duration?
    }

    private let state: Mutex<State>

    /// Without any key; plain frames may pass until `plainUntil`.
    package init(plainUntil: Duration? = nil) {
        state = Mutex(State(plainUntil: plainUntil))
    }

    /// Takes in the ratchet of a new epoch; those before it stay for their window.
    package func install(_ ratchet: KeyRatchet, now: Duration) {
        state.withLock { state in
            state.expire(now: now)
            for older in state.ratchets where older.expiry == nil { older.expiry = now + DAVEWindows.expiry }
            state.ratchets.insert(ReceivingRatchet(ratchet, now: now), at: 0)
            if state.ratchets.count > DAVEDecryptor.maximumRatchets { state.ratchets.removeLast() }
        }
    }

    /// Lets plain frames pass from now on, or only until their window ends.
    package func allowPlain(_ allowed: Bool, now: Duration) {
        state.withLock { state in
            if allowed {
                state.plainUntil = .seconds(Int64.max / 4)
            } else if let until = state.plainUntil {
                state.plainUntil = min(until, now + DAVEWindows.expiry)
            }
        }
    }

    /// Forgets what has expired.
    package func expire(now: Duration) {
        state.withLock { $0.expire(now: now) }
    }

    /// Ratchets kept now.
    package var ratchetCount: Int { state.withLock { $0.ratchets.count } }

    /// Opens one frame; silence made by the server passes always.
    package func open(_ frame: [UInt8], now: Duration) throws(DAVERefusal) -> [UInt8] {
        if frame == OpusSilence.frame { return frame }
        let result = state.withLock { state -> Result<[UInt8], DAVERefusal> in
            guard let trailer = FrameTrailer(parsing: frame) else {
                guard let until = state.plainUntil, now < until else { return .failure(.notEncrypted) }
                return .success(frame)
            }
            state.expire(now: now)
            guard !state.ratchets.isEmpty else { return .failure(.noKey) }
            for ratchet in state.ratchets {
                if let opened = ratchet.open(frame, trailer, now: now) { return .success(opened) }
            }
            return .failure(.undecryptable)
        }
        return try result.get()
    }
}

extension DAVEDecryptor.State {
    fileprivate mutating func expire(now: Duration) {
        ratchets.removeAll { $0.expiry.map { $0 <= now } ?? false }
    }
}
