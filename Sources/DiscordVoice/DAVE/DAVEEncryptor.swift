internal import Synchronization

/// What became of the frames that went through an encryptor.
public struct DAVEFrameCounters: Sendable, Hashable {
    /// Frames encrypted.
    public var encrypted: UInt64 = 0
    /// Frames sent as they are: alone in the channel, or the server chose version 0.
    public var plain: UInt64 = 0
    /// Ticks on which a frame was held back because no key was ready.
    public var held: UInt64 = 0
    /// Frames replaced by silence: no key came in time, and somebody might have heard them unencrypted.
    public var silenced: UInt64 = 0

    /// Nothing yet.
    public init() {}
}

/// The sending side of DAVE: encrypts each frame in place on the sender thread (DAVE 5.6).
///
/// Keys are expanded by whoever installs them, the next generation's on the side thread, so that a frame costs neither an
/// allocation nor a wait.
package final class DAVEEncryptor: FrameTransform {
    /// What happens to frames now.
    package enum Mode: Sendable, Equatable {
        /// They go as they are.
        case plain
        /// They wait.
        case hold
        /// Silence goes in their place.
        case silence
        /// They are encrypted with the installed ratchet.
        case encrypted
    }

    /// One ratchet, with the keys of two generations expanded.
    fileprivate struct Keys: ~Copyable, Sendable {
        /// Stands at the generation of `next`, or the one to be made.
        var ratchet: KeyRatchet
        var current: FrameCipher
        var next: FrameCipher?
        /// Replaced on the sender thread, freed on another.
        var retired: FrameCipher?
        /// The generation of `current`.
        var generation: UInt64 = 0

        init(_ first: KeyRatchet) throws(VoiceError) {
            var ratchet = first
            let key = try ratchet.cipher(seals: true)
            try ratchet.advance()
            next = try ratchet.cipher(seals: true)
            current = key
            generation = UInt64(first.generation)
            self.ratchet = ratchet
        }

        /// Whether the key of this generation is the current one now.
        mutating func reach(_ wanted: UInt64) -> Bool {
            if wanted == generation { return true }
            guard wanted == generation + 1, next != nil, retired == nil else { return false }
            guard var successor = next.take() else { return false }
            swap(&current, &successor)
            retired = consume successor
            generation = wanted
            return true
        }

        /// Seals a frame with the current key.
        mutating func seal(_ buffer: UnsafeMutableRawBufferPointer, byteCount: Int, nonce: UInt32) -> Int? {
            unsafe DAVEFrame.seal(buffer, byteCount: byteCount, nonce: nonce, with: current)
        }

        /// Makes the next key and gives back the retired one for its destructor to run elsewhere.
        mutating func refresh() -> FrameCipher? {
            if next == nil, (try? ratchet.advance()) != nil { next = try? ratchet.cipher(seals: true) }
            return retired.take()
        }
    }

    fileprivate struct State: ~Copyable {
        var mode = Mode.plain
        var keys: Keys?
        /// Frames of this ratchet so far; the low 32 bits are the nonce, the rest the generation.
        var counter: UInt64 = 0
        var counters = DAVEFrameCounters()
    }

    private let state = Mutex(State())

    /// Leaves frames as they are until told otherwise.
    package init() {}

    /// Encrypts with a ratchet from the next frame on; the one before is forgotten.
    ///
    /// `framesSoFar` lets tests begin close to the end of a generation; the ratchet must stand at that generation.
    package func install(_ ratchet: KeyRatchet, framesSoFar: UInt64 = 0) throws(VoiceError) {
        var slot: Keys? = try Keys(ratchet)
        state.withLock { state in
            swap(&state.keys, &slot)
            state.counter = framesSoFar
            state.mode = .encrypted
        }
    }

    /// Changes what happens to frames; anything but `encrypted` forgets the keys.
    package func set(_ mode: Mode) {
        var slot: Keys? = nil
        state.withLock { state in
            if mode != .encrypted { swap(&state.keys, &slot) }
            state.mode = mode == .encrypted && state.keys == nil ? .hold : mode
        }
    }

    /// What happens to frames now.
    package var mode: Mode { state.withLock { $0.mode } }

    /// Counters up to now.
    package var counters: DAVEFrameCounters { state.withLock { $0.counters } }

    /// Changes one frame in place, on the sender thread.
    package func transform(_ buffer: UnsafeMutableRawBufferPointer, byteCount: Int) -> FrameTransformation {
        nonisolated(unsafe) let buffer = unsafe buffer
        let (result, wantsKey) = state.withLock { state -> (FrameTransformation, Bool) in
            switch state.mode {
            case .plain:
                state.counters.plain += 1
                return (.ready(byteCount: byteCount), false)
            case .hold:
                state.counters.held += 1
                return (.hold, false)
            case .silence: return (unsafe state.silence(buffer), false)
            case .encrypted: return unsafe state.encrypt(buffer, byteCount: byteCount)
            }
        }
        if wantsKey { SideThread.shared.post(self) }
        return result
    }
}

extension DAVEEncryptor.State {
    /// Replaces the frame by silence, which no receiver needs a key for.
    fileprivate mutating func silence(_ buffer: UnsafeMutableRawBufferPointer) -> FrameTransformation {
        guard buffer.count >= 3 else { return .ready(byteCount: 0) }
        unsafe buffer[0] = 0xF8
        unsafe buffer[1] = 0xFF
        unsafe buffer[2] = 0xFE
        counters.silenced += 1
        return .ready(byteCount: 3)
    }

    /// Encrypts the frame; also says whether the next generation's key must be made.
    fileprivate mutating func encrypt(
        _ buffer: UnsafeMutableRawBufferPointer, byteCount: Int
    ) -> (FrameTransformation, Bool) {
        let number = counter &+ 1
        let generation = number >> 24
        guard let before = keys?.generation, keys?.reach(generation) == true else {
            counters.held += 1
            return (.hold, false)
        }
        counter = number
        let nonce = UInt32(truncatingIfNeeded: number)
        let sealed = unsafe keys?.seal(buffer, byteCount: byteCount, nonce: nonce) ?? nil
        guard let count = sealed else { return (unsafe silence(buffer), generation != before) }
        counters.encrypted += 1
        return (.ready(byteCount: count), generation != before)
    }
}

extension DAVEEncryptor: SideWork {
    /// A generation has ended: the one after next is made, the old key freed.
    func performSideWork() {
        var retired: FrameCipher? = nil
        state.withLock { state in
            retired = state.keys?.refresh() ?? nil
        }
        _ = consume retired
    }
}
