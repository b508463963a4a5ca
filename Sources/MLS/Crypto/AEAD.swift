internal import COpenSSL

/// AES-128-GCM, the AEAD of cipher suite 2.
enum AEAD {
    /// Key length in bytes (Nk).
    static let keyByteCount = 16
    /// Nonce length in bytes (Nn).
    static let nonceByteCount = 12
    /// Tag length in bytes (Nt).
    static let tagByteCount = 16

    /// Encrypts `plaintext`; the result is ciphertext and tag.
    static func seal(
        _ plaintext: Secret, key: Secret, nonce: [UInt8], authenticating data: [UInt8] = []
    ) throws(MLSError) -> [UInt8] {
        guard key.count == keyByteCount, nonce.count == nonceByteCount, let context = unsafe EVP_CIPHER_CTX_new()
        else {
            throw .cryptography(function: "EVP_CIPHER_CTX_new")
        }
        defer { unsafe EVP_CIPHER_CTX_free(context) }
        let count = plaintext.count
        var output = [UInt8](repeating: 0, count: count + tagByteCount)
        let done = unsafe key.withUnsafeBytes { key in
            unsafe plaintext.withUnsafeBytes { text in
                unsafe output.withUnsafeMutableBufferPointer { output in
                    var written: Int32 = 0
                    return unsafe EVP_EncryptInit_ex(
                        context, EVP_aes_128_gcm(), nil, key.bindMemory(to: UInt8.self).baseAddress, nonce) == 1
                        && EVP_EncryptUpdate(context, nil, &written, data, Int32(data.count)) == 1
                        && EVP_EncryptUpdate(
                            context, output.baseAddress, &written, text.bindMemory(to: UInt8.self).baseAddress,
                            Int32(count)) == 1
                        && EVP_EncryptFinal_ex(context, output.baseAddress.map { unsafe $0 + count }, &written) == 1
                        && EVP_CIPHER_CTX_ctrl(
                            context, EVP_CTRL_AEAD_GET_TAG, Int32(tagByteCount),
                            output.baseAddress.map { unsafe $0 + count })
                            == 1
                }
            }
        }
        guard done else { throw .cryptography(function: "EVP_EncryptUpdate") }
        return output
    }

    /// Checks the tag at the end of `ciphertext` and decrypts; nil when it is not authentic.
    static func open(
        _ ciphertext: [UInt8], key: Secret, nonce: [UInt8], authenticating data: [UInt8] = []
    ) -> Secret? {
        guard ciphertext.count >= tagByteCount, key.count == keyByteCount, nonce.count == nonceByteCount,
            let context = unsafe EVP_CIPHER_CTX_new()
        else { return nil }
        defer { unsafe EVP_CIPHER_CTX_free(context) }
        let count = ciphertext.count - tagByteCount
        var tag = Array(ciphertext.suffix(tagByteCount))
        let output = Secret(zeros: count)
        var done = false
        unsafe key.withUnsafeBytes { key in
            unsafe output.withUnsafeMutableBytes { bytes in
                let output = unsafe bytes.bindMemory(to: UInt8.self)
                var written: Int32 = 0
                done =
                    unsafe EVP_DecryptInit_ex(
                        context, EVP_aes_128_gcm(), nil, key.bindMemory(to: UInt8.self).baseAddress, nonce) == 1
                    && EVP_DecryptUpdate(context, nil, &written, data, Int32(data.count)) == 1
                    && EVP_DecryptUpdate(context, output.baseAddress, &written, ciphertext, Int32(count)) == 1
                    && EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, Int32(tagByteCount), &tag) == 1
                    && EVP_DecryptFinal_ex(context, output.baseAddress.map { unsafe $0 + count }, &written) == 1
            }
        }
        return done ? output : nil
    }
}
