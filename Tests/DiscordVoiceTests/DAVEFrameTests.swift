import AllocationCount
import DiscordVoice
import MLS
import TestSupport
import Testing

@Suite struct DAVEFrameTests {
    typealias Vectors = DAVEVectors

    static func ratchet(_ secret: [UInt8]) -> KeyRatchet { KeyRatchet(baseSecret: Secret(secret)) }

    /// A frame sealed with the key at which a ratchet stands.
    static func seal(_ frame: [UInt8], clear: [Range<Int>] = [], nonce: UInt32, _ ratchet: KeyRatchet) throws -> [UInt8]
    {
        let cipher = try ratchet.cipher(seals: true)
        let sealed = DAVEFrame.sealed(frame, clear: clear, nonce: nonce, with: cipher)
        return try #require(sealed)
    }

    /// What an encryptor makes of a frame; nil when it holds it.
    static func run(_ encryptor: DAVEEncryptor, _ frame: [UInt8], room: Int = 64) -> [UInt8]? {
        var buffer = frame + [UInt8](repeating: 0, count: room)
        let result = unsafe buffer.withUnsafeMutableBytes {
            unsafe encryptor.transform($0, byteCount: frame.count)
        }
        guard case .ready(let count) = result else { return nil }
        return Array(buffer[..<count])
    }

    @Test func theRatchetFitsTheVectors() throws {
        #expect(
            try Self.ratchet(bytes("cedd61b1b8a1ca69046554282cf70b7b")).key().revealed
                == bytes("7530f9a9945e2d2e06d0651f7b2a864b"))
        var ratchet = Self.ratchet(Vectors.Epoch1.baseSecretCommitter)
        #expect(try ratchet.key().revealed == Vectors.Epoch1.keyGen0Committer)
        try ratchet.advance()
        #expect(ratchet.generation == 1)
        #expect(try ratchet.key().revealed == Vectors.Epoch1.keyGen1Committer)
        try ratchet.advance(to: 1)
        #expect(ratchet.generation == 1)
    }

    @Test func framesFitTheVectors() throws {
        let encryptor = DAVEEncryptor()
        try encryptor.install(Self.ratchet(Vectors.Epoch1.baseSecretCommitter))
        #expect(Self.run(encryptor, Vectors.Epoch1.framePlain) == Vectors.Epoch1.frameFromCommitter)
        let joiner = DAVEEncryptor()
        try joiner.install(Self.ratchet(Vectors.Epoch1.baseSecretJoiner), framesSoFar: 299)
        #expect(Self.run(joiner, Vectors.Epoch1.framePlain) == Vectors.Epoch1.frameFromJoinerNonce300)

        let decryptor = DAVEDecryptor()
        decryptor.install(Self.ratchet(Vectors.Epoch1.baseSecretCommitter), now: .zero)
        #expect(try decryptor.open(Vectors.Epoch1.frameFromCommitter, now: .zero) == Vectors.Epoch1.framePlain)
        #expect(throws: DAVERefusal.undecryptable) {
            try decryptor.open(Vectors.Epoch1.frameFromCommitter, now: .zero)
        }
        let other = DAVEDecryptor()
        other.install(Self.ratchet(Vectors.Epoch1.baseSecretJoiner), now: .zero)
        #expect(try other.open(Vectors.Epoch1.frameFromJoinerNonce300, now: .zero) == Vectors.Epoch1.framePlain)
    }

    @Test func codesFitTheVectors() throws {
        #expect(DAVECode.digits(of: bytes("aabbccddee"), count: 5, per: 5) == "05870")
        let long = bytes("aabbccddeebbccddeeffccddeeffaaddeeffaabbeeffaabbccffaabbccdd")
        #expect(DAVECode.digits(of: long, count: 30, per: 5) == "058708105556138052119572494877")
        #expect(DAVECode.digits(of: long, count: 31, per: 5) == nil)
        #expect(DAVECode.digits(of: long, count: 35, per: 5) == nil)
        #expect(DAVECode.digits(of: long, count: 9, per: 9) == nil)
        #expect(
            DAVECode.privacy(epochAuthenticator: Vectors.Epoch1.epochAuthenticator) == Vectors.Epoch1.privacyCode)
        #expect(DAVECode.grouped("0587081055") == "05870 81055")
    }

    @Test func theFingerprintFitsTheVector() throws {
        func party(_ scalar: UInt8, _ user: UInt64) throws -> DAVECode.Party {
            let key = try SignaturePrivateKey(scalar: [UInt8](repeating: 0, count: 31) + [scalar])
            return DAVECode.Party(key: key.publicKey, user: user)
        }
        let first = try party(Vectors.Fingerprint.firstScalar, Vectors.Fingerprint.firstUser)
        let second = try party(Vectors.Fingerprint.secondScalar, Vectors.Fingerprint.secondUser)
        #expect(try DAVECode.fingerprint(first, second) == Vectors.Fingerprint.pairwise)
        #expect(try DAVECode.verification(second, first) == Vectors.Fingerprint.code)
    }

    @Test func unencryptedRangesAreAuthenticatedAndStay() throws {
        let ratchet = Self.ratchet([UInt8](repeating: 4, count: 16))
        let frame = (0..<200).map { UInt8($0) }
        for clear in [[0..<10], [0..<1, 5..<20, 150..<200], [199..<200], [0..<200], [3..<3, 3..<130]] {
            let sealed = try Self.seal(frame, clear: clear, nonce: 70_000, ratchet)
            for range in clear { #expect(sealed[range] == frame[range]) }
            #expect(FrameTrailer(parsing: sealed)?.clear == clear)
            let decryptor = DAVEDecryptor()
            decryptor.install(ratchet, now: .zero)
            for position in [0, 7, 199, 200, 207] {
                var changed = sealed
                changed[position] ^= 1
                #expect(throws: DAVERefusal.undecryptable) { try decryptor.open(changed, now: .zero) }
            }
            #expect(try decryptor.open(sealed, now: .zero) == frame)
        }
    }

    /// Every cut and every changed byte of a sealed frame is refused, whatever it does to the trailer.
    @Test func truncatedAndChangedFramesAreRefused() throws {
        let ratchet = Self.ratchet([UInt8](repeating: 9, count: 16))
        let frame = (0..<40).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let sealed = try Self.seal(frame, clear: [0..<4, 6..<9], nonce: 0xFFFFFF, ratchet)
        let decryptor = DAVEDecryptor()
        decryptor.install(ratchet, now: .zero)
        for count in 0..<sealed.count {
            #expect(throws: DAVERefusal.self) { try decryptor.open(Array(sealed[..<count]), now: .zero) }
            #expect(throws: DAVERefusal.self) { try decryptor.open(Array(sealed[(count + 1)...]), now: .zero) }
        }
        for position in sealed.indices {
            for bit in 0..<8 {
                var changed = sealed
                changed[position] ^= 1 << UInt8(bit)
                #expect(throws: DAVERefusal.self) { try decryptor.open(changed, now: .zero) }
            }
        }
        var random = SeededRandom(seed: 3)
        for _ in 0..<20_000 {
            let size = UInt8.random(in: 0...60, using: &random)
            let junk = (0..<Int.random(in: 0...60, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            #expect(throws: DAVERefusal.self) { try decryptor.open(junk + [size, 0xFA, 0xFA], now: .zero) }
        }
    }

    @Test(arguments: [
        // Too short, no marker, length beyond the frame, length too small, nonce cut off, nonce over 32 bits.
        "fafa", "0000000000000000000000", "0000000000000000010dfafb", "0000000000000000010efafa",
        "0000000000000000010afafa", "00000000000000000bfafa", "00000000000000008000fafa",
        "0000000000000000800cfafa", "0000000000000000ffffffff1f10fafa",
        // Half a pair of a range; a range beyond the frame; ranges that overlap.
        "aabb0000000000000000" + "01000dfafa", "aabb0000000000000000" + "0100030efafa",
        "aabb0000000000000000" + "010002010110fafa",
    ])
    func brokenTrailersAreNone(_ frame: String) {
        #expect(FrameTrailer(parsing: bytes(frame)) == nil)
    }

    @Test func aTrailerIsTakenApart() {
        let trailer = FrameTrailer(parsing: bytes("aabb" + "0000000000000000" + "ac02" + "0002" + "0f" + "fafa"))
        #expect(trailer?.nonce == 300)
        #expect(trailer?.clear == [0..<2])
        #expect(trailer?.frameByteCount == 2)
    }
}

@Suite struct DAVEEncryptorTests {
    static let secret = [UInt8](repeating: 1, count: 16)
    static let frame = [UInt8](repeating: 0x5A, count: 240)

    static func run(_ encryptor: DAVEEncryptor, room: Int = 64) -> [UInt8]? {
        DAVEFrameTests.run(encryptor, frame, room: room)
    }

    @Test func modesSayWhatHappensToFrames() throws {
        let encryptor = DAVEEncryptor()
        #expect(Self.run(encryptor) == Self.frame)
        encryptor.set(.hold)
        #expect(Self.run(encryptor) == nil)
        encryptor.set(.silence)
        #expect(Self.run(encryptor) == OpusSilence.frame)
        // Without a key there is no encryption, and nothing leaks.
        encryptor.set(.encrypted)
        #expect(Self.run(encryptor) == nil)
        try encryptor.install(DAVEFrameTests.ratchet(Self.secret))
        #expect(Self.run(encryptor)?.suffix(4) == [1, 12, 0xFA, 0xFA])
        #expect(Self.run(encryptor)?.suffix(4) == [2, 12, 0xFA, 0xFA])
        // A new ratchet counts anew.
        try encryptor.install(DAVEFrameTests.ratchet([2]))
        #expect(Self.run(encryptor)?.suffix(4) == [1, 12, 0xFA, 0xFA])
        encryptor.set(.plain)
        encryptor.set(.encrypted)
        #expect(encryptor.mode == .hold)
        #expect(
            encryptor.counters
                == {
                    var counters = DAVEFrameCounters()
                    (counters.encrypted, counters.plain, counters.held, counters.silenced) = (3, 1, 2, 1)
                    return counters
                }())
    }

    @Test func aFrameWithoutRoomBecomesSilence() throws {
        let encryptor = DAVEEncryptor()
        try encryptor.install(DAVEFrameTests.ratchet(Self.secret))
        for room in 0..<12 { #expect(Self.run(encryptor, room: room) == OpusSilence.frame) }
        #expect(Self.run(encryptor, room: 12)?.count == Self.frame.count + 12)
    }

    /// Over the end of a generation, and over the end of the 32-bit nonce: the receiver follows.
    @Test(arguments: [UInt32(1), 256]) func generationsFollowOneAnother(_ generation: UInt32) async throws {
        var ratchet = DAVEFrameTests.ratchet(Self.secret)
        try ratchet.advance(to: generation - 1)
        let encryptor = DAVEEncryptor()
        try encryptor.install(ratchet, framesSoFar: UInt64(generation) << 24 - 3)
        let decryptor = DAVEDecryptor()
        decryptor.install(DAVEFrameTests.ratchet(Self.secret), now: .zero)
        // Old enough for that many frames to be possible.
        let now: Duration = .seconds(Int64(generation) * (1 << 24) / 170 + 1)
        if generation > 250 {
            // A receiver that has heard nothing for more than 250 generations gives up; this one has heard one.
            var heard = DAVEFrameTests.ratchet(Self.secret)
            try heard.advance(to: 200)
            let frame = try DAVEFrameTests.seal([1], nonce: 200 << 24, heard)
            #expect(try decryptor.open(frame, now: now) == [1])
        }
        for _ in 0..<6 {
            let sealed = try #require(Self.run(encryptor))
            #expect(try decryptor.open(sealed, now: now + .seconds(11)) == Self.frame)
        }
    }

    @Test func encryptingDoesNotAllocate() throws {
        let encryptor = DAVEEncryptor()
        try encryptor.install(DAVEFrameTests.ratchet(Self.secret))
        var buffer = Self.frame + [UInt8](repeating: 0, count: 64)
        let allocations = unsafe buffer.withUnsafeMutableBytes { buffer in
            for _ in 0..<100 { _ = unsafe encryptor.transform(buffer, byteCount: 240) }
            let before = backline_allocations_of_this_thread() + backline_releases_of_this_thread()
            for _ in 0..<1_000 { _ = unsafe encryptor.transform(buffer, byteCount: 240) }
            encryptor.set(.hold)
            for _ in 0..<1_000 { _ = unsafe encryptor.transform(buffer, byteCount: 240) }
            encryptor.set(.silence)
            for _ in 0..<1_000 { _ = unsafe encryptor.transform(buffer, byteCount: 240) }
            // Changing the mode frees the old keys here, which the sender thread never does.
            return backline_allocations_of_this_thread() + backline_releases_of_this_thread() - before
        }
        let counters = encryptor.counters
        #expect(counters.encrypted == 1_100)
        #expect(counters.held == 1_000)
        #expect(allocations <= 20)
    }
}

@Suite struct DAVEDecryptorTests {
    static let secret = [UInt8](repeating: 1, count: 16)

    static func seal(_ nonce: UInt32, secret: [UInt8] = secret, generation: UInt32 = 0) throws -> [UInt8] {
        var ratchet = DAVEFrameTests.ratchet(secret)
        try ratchet.advance(to: generation)
        return try DAVEFrameTests.seal([1, 2, 3, 4], nonce: nonce, ratchet)
    }

    static func opens(_ decryptor: DAVEDecryptor, _ frame: [UInt8], at now: Duration = .zero) -> Bool {
        (try? decryptor.open(frame, now: now)) == [1, 2, 3, 4]
    }

    @Test func silencePassesAlwaysAndPlainFramesInTheirWindow() throws {
        let decryptor = DAVEDecryptor()
        #expect(try decryptor.open(OpusSilence.frame, now: .zero) == OpusSilence.frame)
        #expect(throws: DAVERefusal.notEncrypted) { try decryptor.open([1, 2, 3, 4], now: .zero) }
        decryptor.allowPlain(true, now: .zero)
        #expect(Self.opens(decryptor, [1, 2, 3, 4], at: .seconds(1_000)))
        // An encrypted frame is never passed on as it is.
        let sealed = try Self.seal(1)
        #expect(throws: DAVERefusal.noKey) { try decryptor.open(sealed, now: .zero) }
        decryptor.install(DAVEFrameTests.ratchet([7]), now: .zero)
        #expect(throws: DAVERefusal.undecryptable) { try decryptor.open(sealed, now: .zero) }
        decryptor.allowPlain(false, now: .seconds(1_000))
        decryptor.allowPlain(false, now: .seconds(1_005))
        #expect(Self.opens(decryptor, [1, 2, 3, 4], at: .milliseconds(1_009_999)))
        #expect(!Self.opens(decryptor, [1, 2, 3, 4], at: .seconds(1_010)))
    }

    @Test func oldEpochsLiveTenSeconds() throws {
        let decryptor = DAVEDecryptor()
        decryptor.install(DAVEFrameTests.ratchet(Self.secret), now: .zero)
        decryptor.install(DAVEFrameTests.ratchet([2]), now: .seconds(20))
        #expect(Self.opens(decryptor, try Self.seal(1), at: .seconds(21)))
        #expect(Self.opens(decryptor, try Self.seal(1, secret: [2]), at: .seconds(21)))
        #expect(Self.opens(decryptor, try Self.seal(2), at: .milliseconds(29_999)))
        #expect(!Self.opens(decryptor, try Self.seal(3), at: .seconds(30)))
        #expect(decryptor.ratchetCount == 1)
        #expect(Self.opens(decryptor, try Self.seal(2, secret: [2]), at: .seconds(1_000)))
    }

    @Test func ratchetsAreBounded() throws {
        let decryptor = DAVEDecryptor()
        for number in 0..<200 { decryptor.install(DAVEFrameTests.ratchet([UInt8(number)]), now: .zero) }
        #expect(decryptor.ratchetCount == DAVEDecryptor.maximumRatchets)
        #expect(Self.opens(decryptor, try Self.seal(1, secret: [199])))
    }

    @Test func oldGenerationsLiveTenSeconds() throws {
        let decryptor = DAVEDecryptor()
        decryptor.install(DAVEFrameTests.ratchet(Self.secret), now: .zero)
        let day: Duration = .seconds(200_000)
        #expect(Self.opens(decryptor, try Self.seal(5), at: day))
        #expect(Self.opens(decryptor, try Self.seal(1 << 24, generation: 1), at: day))
        #expect(Self.opens(decryptor, try Self.seal((1 << 24) - 1), at: day + .seconds(9)))
        #expect(!Self.opens(decryptor, try Self.seal((1 << 24) - 2), at: day + .seconds(10)))
        #expect(Self.opens(decryptor, try Self.seal((1 << 24) + 1, generation: 1), at: day + .seconds(11)))
    }

    @Test func generationsAreBoundByAgeAndDistance() throws {
        let decryptor = DAVEDecryptor()
        decryptor.install(DAVEFrameTests.ratchet(Self.secret), now: .zero)
        let first = try Self.seal(1 << 24, generation: 1)
        // 2^24 frames at 170 a second take 98,689.5 s.
        #expect(!Self.opens(decryptor, first, at: .seconds(98_689)))
        #expect(Self.opens(decryptor, first, at: .seconds(98_690)))
        let long: Duration = .seconds(98_690 * 300)
        #expect(!Self.opens(decryptor, try Self.seal(252 << 24, generation: 252), at: long))
        #expect(Self.opens(decryptor, try Self.seal(251 << 24, generation: 251), at: long))
    }

    @Test func replaysAreRefusedAndLateFramesAreTaken() throws {
        let decryptor = DAVEDecryptor()
        decryptor.install(DAVEFrameTests.ratchet(Self.secret), now: .zero)
        #expect(Self.opens(decryptor, try Self.seal(10)))
        // Before the first that was heard.
        #expect(!Self.opens(decryptor, try Self.seal(9)))
        #expect(!Self.opens(decryptor, try Self.seal(10)))
        #expect(Self.opens(decryptor, try Self.seal(13)))
        #expect(Self.opens(decryptor, try Self.seal(11)))
        #expect(!Self.opens(decryptor, try Self.seal(11)))
        #expect(Self.opens(decryptor, try Self.seal(12)))
        #expect(!Self.opens(decryptor, try Self.seal(13)))
        // Only the newest thousand of those that are missing may still come.
        #expect(Self.opens(decryptor, try Self.seal(5_000)))
        #expect(!Self.opens(decryptor, try Self.seal(3_999)))
        #expect(Self.opens(decryptor, try Self.seal(4_000)))
        #expect(Self.opens(decryptor, try Self.seal(4_999)))
    }

    @Test func aFailedFrameChangesNothing() throws {
        let decryptor = DAVEDecryptor()
        decryptor.install(DAVEFrameTests.ratchet(Self.secret), now: .zero)
        #expect(!Self.opens(decryptor, try Self.seal(4_000_000, secret: [9])))
        #expect(Self.opens(decryptor, try Self.seal(1)))
        #expect(Self.opens(decryptor, try Self.seal(2)))
    }
}
