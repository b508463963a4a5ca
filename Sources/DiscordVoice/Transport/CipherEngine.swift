internal import COpenSSL
internal import CSodium

/// The C contexts of one key, used by one thread at a time; frees and wipes them when it ends.
@safe struct CipherEngine: ~Copyable, @unchecked Sendable {
    private static let keyByteCount = 32
    /// Longest nonce of the two modes; all but the first four bytes stay zero.
    private static let nonceByteCount = 24

    /// Counter of the next sealed packet; wraps.
    var nextNonce: UInt32
    private let mode: TransportMode
    private let key: UnsafeMutablePointer<UInt8>
    private let nonce: UnsafeMutablePointer<UInt8>
    private let sealing: OpaquePointer?
    private let opening: OpaquePointer?

    /// Copies the key (32 bytes) into wiped-on-end memory and, for AES, expands it once per direction.
    init(_ mode: TransportMode, key bytes: [UInt8], nextNonce: UInt32) throws(VoiceError) {
        self.mode = mode
        self.nextNonce = nextNonce
        unsafe key = .allocate(capacity: CipherEngine.keyByteCount)
        unsafe key.initialize(repeating: 0, count: CipherEngine.keyByteCount)
        for (index, byte) in bytes.prefix(CipherEngine.keyByteCount).enumerated() { unsafe key[index] = byte }
        unsafe nonce = .allocate(capacity: CipherEngine.nonceByteCount)
        unsafe nonce.initialize(repeating: 0, count: CipherEngine.nonceByteCount)
        guard mode == .aes256GCM else {
            unsafe sealing = nil
            unsafe opening = nil
            return
        }
        unsafe sealing = EVP_CIPHER_CTX_new()
        unsafe opening = EVP_CIPHER_CTX_new()
        guard unsafe EVP_EncryptInit_ex(sealing, EVP_aes_256_gcm(), nil, key, nil) == 1,
            unsafe EVP_DecryptInit_ex(opening, EVP_aes_256_gcm(), nil, key, nil) == 1
        else { throw .cipher("EVP_EncryptInit_ex") }
    }

    deinit {
        unsafe EVP_CIPHER_CTX_free(sealing)
        unsafe EVP_CIPHER_CTX_free(opening)
        unsafe sodium_memzero(key, CipherEngine.keyByteCount)
        unsafe key.deallocate()
        unsafe nonce.deallocate()
    }

    private func setNonce(_ value: UInt32) {
        unsafe UnsafeMutableRawBufferPointer(start: nonce, count: 4).storeBigEndian(value, at: 0)
    }

    /// Encrypts `count` bytes at `text` in place and writes the tag; false when the library refuses.
    func seal(
        _ text: UnsafeMutablePointer<UInt8>, count: Int, tag: UnsafeMutablePointer<UInt8>,
        header: UnsafePointer<UInt8>, headerCount: Int, nonce value: UInt32
    ) -> Bool {
        setNonce(value)
        guard mode == .aes256GCM else {
            return unsafe crypto_aead_xchacha20poly1305_ietf_encrypt_detached(
                text, tag, nil, text, UInt64(count), header, UInt64(headerCount), nil, nonce, key) == 0
        }
        var written: Int32 = 0
        return unsafe EVP_EncryptInit_ex(sealing, nil, nil, nil, nonce) == 1
            && EVP_EncryptUpdate(sealing, nil, &written, header, Int32(headerCount)) == 1
            && EVP_EncryptUpdate(sealing, text, &written, text, Int32(count)) == 1
            && EVP_EncryptFinal_ex(sealing, text + count, &written) == 1
            && EVP_CIPHER_CTX_ctrl(sealing, EVP_CTRL_AEAD_GET_TAG, 16, tag) == 1
    }

    /// Checks the tag and decrypts `count` bytes at `text` in place; false when it is not authentic.
    func open(
        _ text: UnsafeMutablePointer<UInt8>, count: Int, tag: UnsafeMutablePointer<UInt8>,
        header: UnsafePointer<UInt8>, headerCount: Int, nonce value: UInt32
    ) -> Bool {
        setNonce(value)
        guard mode == .aes256GCM else {
            return unsafe crypto_aead_xchacha20poly1305_ietf_decrypt_detached(
                text, nil, text, UInt64(count), tag, header, UInt64(headerCount), nonce, key) == 0
        }
        var written: Int32 = 0
        return unsafe EVP_DecryptInit_ex(opening, nil, nil, nil, nonce) == 1
            && EVP_DecryptUpdate(opening, nil, &written, header, Int32(headerCount)) == 1
            && EVP_DecryptUpdate(opening, text, &written, text, Int32(count)) == 1
            && EVP_CIPHER_CTX_ctrl(opening, EVP_CTRL_AEAD_SET_TAG, 16, tag) == 1
            && EVP_DecryptFinal_ex(opening, text + count, &written) == 1
    }
}
