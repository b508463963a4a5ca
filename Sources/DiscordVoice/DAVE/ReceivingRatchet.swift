/// One sender's ratchet of one epoch on the receiving side, with the windows of DAVE 5.6.
///
/// Not for several threads at once: the decryptor that owns it keeps it in its lock.
final class ReceivingRatchet {
    /// A generation may be at most this far ahead of the newest that was heard.
    static let maximumGenerationGap: UInt64 = 250
    /// How many skipped nonces may still arrive late.
    static let maximumMissingNonces = 1_000
    /// Frames per second that bound the generation by the ratchet's age: audio and two videos.
    static let maximumFramesPerSecond: UInt64 = 170
    /// Bits of the frame counter below the generation.
    static let generationShift: UInt64 = 24

    /// When this ratchet ends because a newer epoch took its place; nil while it is the newest.
    var expiry: Duration?
    private let installed: Duration
    /// Stands at the oldest generation that is still accepted.
    private var oldest: KeyRatchet
    private var newestGeneration: UInt64 = 0
    /// When generations before the newest end.
    private var oldGenerationsEnd: Duration?
    private var cipher: FrameCipher?
    private var cipherGeneration: UInt64 = 0
    private var newest: UInt64?
    /// Numbers below `newest` that have not come, ascending.
    private var missing: [UInt64] = []

    init(_ ratchet: KeyRatchet, now: Duration) {
        oldest = ratchet
        installed = now
    }

    /// Decrypts a frame, if its number is acceptable and its tag fits; only then the state moves on.
    func open(_ frame: [UInt8], _ trailer: FrameTrailer, now: Duration) -> [UInt8]? {
        expireGenerations(now: now)
        guard let generation = fullGeneration(of: trailer.nonce) else { return nil }
        let number = generation << ReceivingRatchet.generationShift | UInt64(trailer.nonce & 0xFF_FFFF)
        guard accepts(generation, now: now), accepts(number: number) else { return nil }
        if cipher != nil, cipherGeneration == generation {
            guard let opened = DAVEFrame.opened(frame, trailer, with: cipher!) else { return nil }
            note(number, generation, now: now)
            return opened
        }
        guard let other = key(of: generation), let opened = DAVEFrame.opened(frame, trailer, with: other) else {
            return nil
        }
        if cipher == nil || generation > cipherGeneration {
            cipher = consume other
            cipherGeneration = generation
        }
        note(number, generation, now: now)
        return opened
    }

    /// The generation with these low 8 bits that is not older than the oldest known: counters wrap, generations do not.
    private func fullGeneration(of nonce: UInt32) -> UInt64? {
        let low = UInt64(nonce >> 24)
        let floor = UInt64(oldest.generation)
        let candidate = floor & ~0xFF | low
        return candidate >= floor ? candidate : candidate + 0x100
    }

    private func accepts(_ generation: UInt64, now: Duration) -> Bool {
        let seconds = UInt64(max(0, (now - installed).components.seconds))
        let possible = seconds.multipliedReportingOverflow(by: ReceivingRatchet.maximumFramesPerSecond)
        guard !possible.overflow else { return false }
        return generation <= newestGeneration + ReceivingRatchet.maximumGenerationGap
            && generation <= possible.partialValue >> ReceivingRatchet.generationShift
    }

    private func accepts(number: UInt64) -> Bool {
        guard let newest, number <= newest else { return true }
        return place(of: number) != nil
    }

    private func place(of number: UInt64) -> Int? {
        let index = missing.partitioningIndex { $0 >= number }
        return index < missing.count && missing[index] == number ? index : nil
    }

    private func note(_ number: UInt64, _ generation: UInt64, now: Duration) {
        if generation > newestGeneration {
            newestGeneration = generation
            oldGenerationsEnd = now + DAVEWindows.expiry
        }
        guard let last = newest else {
            newest = number
            return
        }
        guard number > last else {
            if let index = place(of: number) { missing.remove(at: index) }
            return
        }
        newest = number
        let skipped = number - last - 1
        guard skipped > 0 else { return }
        missing += number - min(skipped, UInt64(ReceivingRatchet.maximumMissingNonces))..<number
        if missing.count > ReceivingRatchet.maximumMissingNonces {
            missing.removeFirst(missing.count - ReceivingRatchet.maximumMissingNonces)
        }
    }

    private func key(of generation: UInt64) -> FrameCipher? {
        guard let generation = UInt32(exactly: generation) else { return nil }
        var ratchet = oldest
        guard (try? ratchet.advance(to: generation)) != nil else { return nil }
        return try? ratchet.cipher(seals: false)
    }

    private func expireGenerations(now: Duration) {
        guard let end = oldGenerationsEnd, end <= now, let generation = UInt32(exactly: newestGeneration) else {
            return
        }
        oldGenerationsEnd = nil
        try? oldest.advance(to: generation)
        if cipherGeneration < newestGeneration { cipher = nil }
    }
}

extension Array {
    /// The first index whose element satisfies `belongs`, which all later ones do too.
    fileprivate func partitioningIndex(_ belongs: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if belongs(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
