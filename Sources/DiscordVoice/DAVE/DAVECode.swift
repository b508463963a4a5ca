internal import COpenSSL

/// Numbers that people compare to see that nobody is in between (DAVE 5.8).
package enum DAVECode {
    /// Digits of a voice privacy code.
    private static let privacyDigits = 30
    private static let fingerprintDigits = 45
    private static let digitsPerGroup = 5
    private static let fingerprintSalt: [UInt8] = [
        0x24, 0xCA, 0xB1, 0x7A, 0x7A, 0xF8, 0xEC, 0x2B, 0x82, 0xB4, 0x12, 0xB9, 0x2D, 0xAB, 0x19, 0x2E,
    ]

    /// Digits from data: `groupDigits` bytes at a time, as a big-endian number, give as many digits.
    ///
    /// Nil when `digits` is no multiple of `groupDigits` (1 to 8), or there is too little data.
    package static func digits(of data: [UInt8], count digits: Int, per groupDigits: Int) -> String? {
        guard (1...8).contains(groupDigits), digits > 0, digits % groupDigits == 0, data.count >= digits else {
            return nil
        }
        let modulus = (0..<groupDigits).reduce(UInt64(1)) { product, _ in product * 10 }
        return stride(from: 0, to: digits, by: groupDigits).map { start in
            let value = data[start..<start + groupDigits].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            let text = String(value % modulus)
            return String(repeating: "0", count: groupDigits - text.count) + text
        }.joined()
    }

    /// The voice privacy code of an epoch: 30 digits, the same for all its members.
    package static func privacy(epochAuthenticator: [UInt8]) -> String? {
        digits(of: epochAuthenticator, count: privacyDigits, per: digitsPerGroup)
    }

    /// A code in groups of five, as people read it out.
    package static func grouped(_ code: String) -> String {
        let digits = Array(code)
        return stride(from: 0, to: digits.count, by: digitsPerGroup)
            .map { String(digits[$0..<min($0 + digitsPerGroup, digits.count)]) }
            .joined(separator: " ")
    }

    /// One party of a pairwise fingerprint.
    package struct Party: Sendable {
        /// The signature key, 65 bytes.
        package var key: [UInt8]
        /// The user.
        package var user: UInt64

        /// Makes one from its parts.
        package init(key: [UInt8], user: UInt64) {
            self.key = key
            self.user = user
        }

        /// Version 0, key, user id.
        fileprivate var bytes: [UInt8] {
            [0, 0] + key + (0..<8).reversed().map { UInt8(truncatingIfNeeded: user >> (8 * UInt64($0))) }
        }
    }

    /// The pairwise fingerprint of two parties, 64 bytes; slow on purpose (scrypt, 16 MB).
    package static func fingerprint(_ first: Party, _ second: Party) throws(VoiceError) -> [UInt8] {
        let parts = [first.bytes, second.bytes].sorted { $0.lexicographicallyPrecedes($1) }
        let password = Array(parts.joined())
        var result = [UInt8](repeating: 0, count: 64)
        let made = unsafe password.withUnsafeBytes { password in
            unsafe EVP_PBE_scrypt(
                password.baseAddress?.assumingMemoryBound(to: CChar.self), password.count, fingerprintSalt,
                fingerprintSalt.count, 16_384, 8, 2, 64 << 20, &result, result.count)
        }
        guard made == 1 else { throw .cipher("EVP_PBE_scrypt") }
        return result
    }

    /// The verification code of two parties: 45 digits.
    package static func verification(_ first: Party, _ second: Party) throws(VoiceError) -> String {
        let fingerprint = try fingerprint(first, second)
        return digits(of: fingerprint, count: fingerprintDigits, per: digitsPerGroup) ?? ""
    }
}
