internal import COpenSSL
internal import MLS

/// AES-128-GCM with an 8-byte tag under one key of a ratchet (DAVE 5.6), for one direction and one thread at a time.
///
/// The key is expanded once; a frame afterwards costs no allocation. The context wipes it when it ends.
@safe package struct FrameCipher: ~Copyable, @unchecked Sendable {
    /// Bytes of the tag that travel with a frame.
    package static let tagByteCount = 8
    private static let nonceByteCount = 12

    private let context: OpaquePointer?
    private let nonce: UnsafeMutablePointer<UInt8>
    private let seals: Bool

    /// Expands a key of 16 bytes.
    init(key: Secret, seals: Bool) throws(VoiceError) {
        unsafe context = EVP_CIPHER_CTX_new()
        self.seals = seals
        unsafe nonce = .allocate(capacity: FrameCipher.nonceByteCount)
        unsafe nonce.initialize(repeating: 0, count: FrameCipher.nonceByteCount)
        let isExpanded = unsafe key.withUnsafeBytes { bytes in
            unsafe bytes.count == KeyRatchet.keyByteCount
                && EVP_CipherInit_ex(
                    context, EVP_aes_128_gcm(), nil, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), nil,
                    seals ? 1 : 0) == 1
        }
        guard isExpanded else { throw .cipher("EVP_CipherInit_ex") }
    }

    deinit {
        unsafe EVP_CIPHER_CTX_free(context)
        unsafe nonce.deallocate()
    }

    /// Changes `frame` in place, leaving `clear` as it is; the tag is written when sealing and checked when opening.
    ///
    /// The ranges are ascending, do not overlap and lie within the frame. False when the library refuses or the tag does
    /// not fit; what the frame then holds must not be used.
    func run(
        _ frame: UnsafeMutableRawBufferPointer, clear: [Range<Int>], nonce truncated: UInt32,
        tag: UnsafeMutableRawPointer
    ) -> Bool {
        for shift in 0..<4 { unsafe nonce[8 + shift] = UInt8(truncatingIfNeeded: truncated >> (8 * UInt32(shift))) }
        guard unsafe EVP_CipherInit_ex(context, nil, nil, nil, nonce, seals ? 1 : 0) == 1 else { return false }
        // By index: an iterator is an allocation in unoptimised builds.
        var index = 0
        while index < clear.count {
            guard unsafe update(frame, clear[index], isAuthenticatedOnly: true) else { return false }
            index += 1
        }
        var start = 0
        index = 0
        while index < clear.count {
            guard unsafe update(frame, start..<clear[index].lowerBound, isAuthenticatedOnly: false) else {
                return false
            }
            start = clear[index].upperBound
            index += 1
        }
        guard unsafe update(frame, start..<frame.count, isAuthenticatedOnly: false) else { return false }
        return unsafe finish(tag)
    }

    private func update(
        _ frame: UnsafeMutableRawBufferPointer, _ range: Range<Int>, isAuthenticatedOnly: Bool
    ) -> Bool {
        guard !range.isEmpty, let base = frame.baseAddress else { return true }
        var written: Int32 = 0
        let bytes = unsafe (base + range.lowerBound).assumingMemoryBound(to: UInt8.self)
        return unsafe EVP_CipherUpdate(
            context, isAuthenticatedOnly ? nil : bytes, &written, bytes, Int32(range.count)) == 1
    }

    private func finish(_ tag: UnsafeMutableRawPointer) -> Bool {
        let count = Int32(FrameCipher.tagByteCount)
        var written: Int32 = 0
        // Nothing is left to write in this mode, but the function wants a place.
        var rest: UInt64 = 0
        return unsafe withUnsafeMutableBytes(of: &rest) { rest in
            let place = unsafe rest.baseAddress?.assumingMemoryBound(to: UInt8.self)
            if !seals {
                guard unsafe EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, count, tag) == 1 else { return false }
            }
            guard unsafe EVP_CipherFinal_ex(context, place, &written) == 1 else { return false }
            guard seals else { return true }
            return unsafe EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, count, tag) == 1
        }
    }
}
