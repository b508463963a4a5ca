internal import COpenSSL
internal import Synchronization

/// A server's certificate chain and private key, both PEM.
public struct TLSIdentity: Sendable {
    /// The certificate, followed by those of its issuers.
    public var certificatePEM: String
    /// The private key, not encrypted.
    public var privateKeyPEM: String

    /// An identity from PEM texts.
    public init(certificatePEM: String, privateKeyPEM: String) {
        self.certificatePEM = certificatePEM
        self.privateKeyPEM = privateKeyPEM
    }

    /// A fresh P-256 key and a certificate signed by it, valid for a year for the given host names and IP addresses.
    /// The certificate is its own authority: clients trust the server by trusting this file.
    public static func selfSigned(names: [String], addresses: [String]) throws(NetworkError) -> TLSIdentity {
        for name in names {
            let bytes = name.utf8
            let good = bytes.allSatisfy { HTTPText.isTokenByte($0) }
            guard !bytes.isEmpty, bytes.count <= 253, good else { throw .tls("a host name has forbidden characters") }
        }
        for address in addresses where IPAddress(address) == nil { throw .tls("an address is not numeric") }
        let alternatives = (names.map { "DNS:\($0)" } + addresses.map { "IP:\($0)" }).joined(separator: ",")
        guard !alternatives.isEmpty else { throw .tls("a certificate needs a name or an address") }
        guard let key = unsafe makeKey() else { throw failure("EVP_PKEY_generate") }
        defer { unsafe EVP_PKEY_free(key) }
        guard let certificate = unsafe makeCertificate(key, names.first ?? addresses[0], alternatives) else {
            throw failure("X509_sign")
        }
        defer { unsafe X509_free(certificate) }
        let certificateText = unsafe text { unsafe PEM_write_bio_X509($0, certificate) }
        let keyText = unsafe text { unsafe PEM_write_bio_PrivateKey($0, key, nil, nil, 0, nil, nil) }
        guard let certificateText, let keyText else { throw failure("PEM_write_bio") }
        return TLSIdentity(certificatePEM: certificateText, privateKeyPEM: keyText)
    }

    private static func makeKey() -> OpaquePointer? {
        guard let context = unsafe EVP_PKEY_CTX_new_from_name(nil, "EC", nil) else { return nil }
        defer { unsafe EVP_PKEY_CTX_free(context) }
        var key: OpaquePointer?
        guard unsafe EVP_PKEY_keygen_init(context) == 1,
            unsafe EVP_PKEY_CTX_set_group_name(context, "P-256") == 1,
            unsafe EVP_PKEY_generate(context, &key) == 1
        else { return nil }
        return unsafe key
    }

    private static func makeCertificate(
        _ key: OpaquePointer, _ commonName: String, _ alternatives: String
    ) -> OpaquePointer? {
        guard let certificate = unsafe X509_new() else { return nil }
        let hour = 3600
        let subject = unsafe X509_get_subject_name(certificate)
        // A common name holds at most 64 characters; the alternative names are what clients check.
        let common = Array(commonName.utf8.prefix(64))
        var good = unsafe X509_set_version(certificate, 2) == 1
        good =
            unsafe good
            && ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), .random(in: 1...UInt64(Int64.max))) == 1
            && X509_gmtime_adj(X509_getm_notBefore(certificate), -hour) != nil
            && X509_gmtime_adj(X509_getm_notAfter(certificate), 365 * 24 * hour) != nil
            && X509_set_pubkey(certificate, key) == 1
            && X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_FLAG | 1, common, Int32(common.count), -1, 0) == 1
            && X509_set_issuer_name(certificate, subject) == 1
        let extensions: [(Int32, String)] = [
            (NID_basic_constraints, "critical,CA:TRUE"),
            (NID_key_usage, "critical,digitalSignature,keyCertSign"),
            (NID_ext_key_usage, "serverAuth"),
            (NID_subject_alt_name, alternatives),
            (NID_subject_key_identifier, "hash"),
            (NID_authority_key_identifier, "keyid:always"),
        ]
        for (kind, value) in extensions { good = unsafe good && add(kind, value, to: certificate) }
        guard good, unsafe X509_sign(certificate, key, EVP_sha256()) > 0 else {
            unsafe X509_free(certificate)
            return nil
        }
        return unsafe certificate
    }

    private static func add(_ kind: Int32, _ value: String, to certificate: OpaquePointer) -> Bool {
        var context = unsafe X509V3_CTX()
        unsafe X509V3_set_ctx(&context, certificate, certificate, nil, nil, 0)
        guard let field = unsafe X509V3_EXT_conf_nid(nil, &context, kind, value) else { return false }
        defer { unsafe X509_EXTENSION_free(field) }
        return unsafe X509_add_ext(certificate, field, -1) == 1
    }

    private static func text(_ write: (OpaquePointer) -> Int32) -> String? {
        guard let memory = unsafe BIO_new(BIO_s_mem()) else { return nil }
        defer { unsafe BIO_free(memory) }
        guard unsafe write(memory) == 1 else { return nil }
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = unsafe BIO_read(memory, &part, Int32(part.count))
            guard count > 0 else { return String(validating: bytes, as: UTF8.self) }
            bytes += part[..<Int(count)]
        }
    }

    private static func failure(_ function: String) -> NetworkError {
        let code = ERR_get_error()
        var words = [CChar](repeating: 0, count: 256)
        unsafe ERR_error_string_n(code, &words, words.count)
        ERR_clear_error()
        let text = String(decoding: words.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return .library(function: function, code: Int(truncatingIfNeeded: code), words: text)
    }
}
