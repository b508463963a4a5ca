internal import COpenSSL
internal import CSodium
internal import Synchronization

/// A transport encryption mode as Select Protocol names it (Discord voice, "Transport encryption").
public enum TransportMode: String, Sendable, Hashable, CaseIterable {
    /// AES-256-GCM, the faster one where the processor has AES instructions.
    case aes256GCM = "aead_aes256_gcm_rtpsize"
    /// XChaCha20-Poly1305, always offered.
    case xchacha20Poly1305 = "aead_xchacha20_poly1305_rtpsize"

    /// Whether this processor has the AES and carry-less multiplication instructions.
    public static let hasFastAES: Bool = SodiumLibrary.isReady && crypto_aead_aes256gcm_is_available() == 1

    /// The best of the modes a server offers, leaving out refused ones; nil when none is known.
    public static func best(
        among offered: [String], except refused: Set<TransportMode> = [], fastAES: Bool = TransportMode.hasFastAES
    ) -> TransportMode? {
        let known = offered.compactMap(TransportMode.init(rawValue:)).filter { !refused.contains($0) }
        let order: [TransportMode] = fastAES ? [.aes256GCM, .xchacha20Poly1305] : [.xchacha20Poly1305, .aes256GCM]
        return order.first(where: known.contains)
    }
}

/// libsodium must be initialised once before it uses the fast implementations.
enum SodiumLibrary {
    /// True once initialised.
    static let isReady = sodium_init() >= 0
}

/// Seals and opens the packets of one media session under one key, in place and without allocating.
///
/// Wire form: clear header, ciphertext, tag of 16 bytes, nonce suffix of 4 bytes (big-endian counter).
public final class TransportCipher: Sendable {
    /// Bytes a sealed packet has more than header and payload: tag and nonce suffix.
    public static let overhead = 20
    private static let tagByteCount = 16
    private static let suffixByteCount = 4

    /// The mode in use.
    public let mode: TransportMode
    private let engine: Mutex<CipherEngine>

    /// Sets the key up once; `key` has 32 bytes, `firstNonce` is the first packet's counter.
    public init(_ mode: TransportMode, key: [UInt8], firstNonce: UInt32 = 0) throws(VoiceError) {
        self.mode = mode
        guard key.count == 32 else { throw .cipher("the key has \(key.count) bytes instead of 32") }
        guard SodiumLibrary.isReady else { throw .cipher("libsodium does not start") }
        engine = Mutex(try CipherEngine(mode, key: key, nextNonce: firstNonce))
    }

    /// Encrypts `packet[headerCount..<headerCount + plaintextCount]` in place and appends tag and suffix.
    ///
    /// The buffer needs `overhead` bytes of room behind the plaintext. Returns the length of the whole packet.
    public func seal(
        _ packet: UnsafeMutableRawBufferPointer, headerCount: Int, plaintextCount: Int
    ) throws(VoiceError) -> Int {
        let total = headerCount + plaintextCount + TransportCipher.overhead
        guard headerCount >= RTPHeader.byteCount, plaintextCount >= 0, total <= packet.count,
            let base = packet.baseAddress
        else { throw .malformedPacket(.tooLarge) }
        // The lock may not keep the memory: the pointers are only lent for the call.
        nonisolated(unsafe) let header = unsafe base.assumingMemoryBound(to: UInt8.self)
        nonisolated(unsafe) let packet = unsafe packet
        let sealed = engine.withLock { engine in
            let nonce = engine.nextNonce
            engine.nextNonce &+= 1
            unsafe packet.storeBigEndian(nonce, at: total - TransportCipher.suffixByteCount)
            return unsafe engine.seal(
                header + headerCount, count: plaintextCount, tag: header + headerCount + plaintextCount,
                header: header, headerCount: headerCount, nonce: nonce)
        }
        guard sealed else { throw .cipher("a packet could not be encrypted") }
        return total
    }

    /// Decrypts a received packet in place; returns its header and where in the buffer the payload now lies.
    ///
    /// The extension's body and the padding are left out of the payload.
    public func open(
        _ packet: UnsafeMutableRawBufferPointer
    ) throws(VoiceError) -> (header: RTPHeader, payload: Range<Int>) {
        let header = try unsafe RTPHeader(parsing: UnsafeRawBufferPointer(packet))
        let start = header.authenticatedByteCount
        guard packet.count >= start + TransportCipher.overhead, let base = packet.baseAddress else {
            throw .malformedPacket(.tooShort)
        }
        let end = packet.count - TransportCipher.overhead
        let nonce = unsafe UnsafeRawBufferPointer(packet).bigEndian32(
            at: packet.count - TransportCipher.suffixByteCount)
        nonisolated(unsafe) let clear = unsafe base.assumingMemoryBound(to: UInt8.self)
        let authentic = engine.withLock { engine in
            unsafe engine.open(
                clear + start, count: end - start, tag: clear + end, header: clear, headerCount: start, nonce: nonce)
        }
        guard authentic else { throw .malformedPacket(.notAuthentic) }
        var payload = start..<end
        if header.hasExtension {
            let words = unsafe UnsafeRawBufferPointer(packet).bigEndian16(at: start - 2)
            guard payload.count >= 4 * Int(words) else { throw .malformedPacket(.wrongLength) }
            payload = (start + 4 * Int(words))..<end
        }
        if header.hasPadding {
            guard let last = payload.last else { throw .malformedPacket(.wrongLength) }
            let padding = Int(unsafe packet[last])
            guard padding > 0, padding <= payload.count else { throw .malformedPacket(.wrongLength) }
            payload = payload.lowerBound..<payload.upperBound - padding
        }
        return (header, payload)
    }
}

extension TransportCipher {
    /// Seals one packet into a new array; `header` may be followed by contributors and an extension preamble.
    public func seal(header: [UInt8], plaintext: [UInt8]) throws(VoiceError) -> [UInt8] {
        var packet = header + plaintext + [UInt8](repeating: 0, count: TransportCipher.overhead)
        let result = unsafe packet.withUnsafeMutableBytes { bytes in
            Result { () throws(VoiceError) in
                try unsafe seal(bytes, headerCount: header.count, plaintextCount: plaintext.count)
            }
        }
        _ = try result.get()
        return packet
    }

    /// Opens one packet, the array's copy of it.
    public func open(_ packet: [UInt8]) throws(VoiceError) -> RTPPacket {
        var copy = packet
        let result = unsafe copy.withUnsafeMutableBytes { bytes in
            Result { () throws(VoiceError) in try unsafe open(bytes) }
        }
        let (header, payload) = try result.get()
        return RTPPacket(header: header, payload: Array(copy[payload]))
    }
}

/// A received packet after decryption.
public struct RTPPacket: Sendable, Hashable {
    /// The clear header.
    public var header: RTPHeader
    /// The Opus frame (or, in an end-to-end encrypted call, the DAVE frame).
    public var payload: [UInt8]

    /// A packet from its parts.
    public init(header: RTPHeader, payload: [UInt8]) {
        self.header = header
        self.payload = payload
    }
}
