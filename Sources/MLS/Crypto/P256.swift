internal import COpenSSL

/// Arithmetic on the curve P-256; points are 65 uncompressed bytes, scalars 32 big-endian bytes.
enum P256 {
    /// Length of a point, in bytes (Npk of DHKEM P-256).
    static let pointByteCount = 65
    /// Length of a scalar and of a shared secret, in bytes.
    static let scalarByteCount = 32

    /// The curve's parameters, read by any thread and never changed.
    @safe private struct Curve: @unchecked Sendable {
        let group: OpaquePointer?
    }

    private static let curve = unsafe Curve(group: EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1))

    /// A point, freed when it ends.
    @safe private struct Point: ~Copyable {
        let handle: OpaquePointer

        /// Not yet any point; nil when memory is used up.
        init?() {
            guard let handle = unsafe EC_POINT_new(curve.group) else { return nil }
            unsafe self.handle = handle
        }

        deinit { unsafe EC_POINT_clear_free(handle) }
    }

    /// A scalar, wiped when it ends.
    @safe struct Scalar: ~Copyable {
        /// OpenSSL's number.
        let handle: OpaquePointer

        /// The number, unless it has another length, is 0 or is not below the group's order.
        init?(_ secret: Secret) {
            guard secret.count == scalarByteCount,
                let number = unsafe secret.withUnsafeBytes({
                    unsafe BN_bin2bn($0.bindMemory(to: UInt8.self).baseAddress, Int32(scalarByteCount), nil)
                })
            else { return nil }
            unsafe BN_set_flags(number, BN_FLG_CONSTTIME)
            guard unsafe BN_is_zero(number) == 0, unsafe BN_cmp(number, EC_GROUP_get0_order(curve.group)) < 0 else {
                unsafe BN_clear_free(number)
                return nil
            }
            unsafe handle = number
        }

        deinit { unsafe BN_clear_free(handle) }
    }

    /// Whether `scalar` is in 1 ..< order.
    static func isScalar(_ secret: Secret) -> Bool {
        let scalar = Scalar(secret)
        return scalar != nil
    }

    /// Whether `bytes` are an uncompressed point on the curve (not at infinity).
    static func isPoint(_ bytes: [UInt8]) -> Bool {
        guard let point = Point() else { return false }
        return decode(bytes, into: point)
    }

    private static func decode(_ bytes: [UInt8], into point: borrowing Point) -> Bool {
        guard bytes.count == pointByteCount, bytes.first == 4 else { return false }
        let done = unsafe EC_POINT_oct2point(curve.group, point.handle, bytes, bytes.count, nil) == 1
        if !done { ERR_clear_error() }
        return done
    }

    /// The public point of a private scalar.
    static func publicKey(of secret: Secret) throws(MLSError) -> [UInt8] {
        guard let scalar = Scalar(secret) else { throw .invalid("a private key is not a scalar of P-256") }
        guard let point = Point(), unsafe EC_POINT_mul(curve.group, point.handle, scalar.handle, nil, nil, nil) == 1
        else { throw .cryptography(function: "EC_POINT_mul") }
        var output = [UInt8](repeating: 0, count: pointByteCount)
        guard
            unsafe EC_POINT_point2oct(
                curve.group, point.handle, POINT_CONVERSION_UNCOMPRESSED, &output, output.count, nil)
                == pointByteCount
        else { throw .cryptography(function: "EC_POINT_point2oct") }
        return output
    }

    /// ECDH: the x coordinate of `secret` times the point `other`, which is checked to be on the curve.
    static func sharedSecret(_ secret: Secret, with other: [UInt8]) throws(MLSError) -> Secret {
        guard let scalar = Scalar(secret) else { throw .invalid("a private key is not a scalar of P-256") }
        guard let peer = Point(), decode(other, into: peer) else {
            throw .invalid("a public key is not a point of P-256")
        }
        guard let product = Point(), let x = unsafe BN_new() else { throw .cryptography(function: "BN_new") }
        defer { unsafe BN_clear_free(x) }
        guard unsafe EC_POINT_mul(curve.group, product.handle, nil, peer.handle, scalar.handle, nil) == 1,
            unsafe EC_POINT_get_affine_coordinates(curve.group, product.handle, x, nil, nil) == 1
        else { throw .cryptography(function: "EC_POINT_mul") }
        return try unsafe Secret(count: scalarByteCount) { bytes throws(MLSError) in
            guard
                unsafe BN_bn2binpad(x, bytes.bindMemory(to: UInt8.self).baseAddress, Int32(scalarByteCount))
                    == Int32(scalarByteCount)
            else { throw .cryptography(function: "BN_bn2binpad") }
        }
    }

    /// A random private scalar.
    static func randomScalar() throws(MLSError) -> Secret {
        // One draw in 2^32 is not below the order; eight such in a row mean a broken source of randomness.
        for _ in 0..<8 {
            let candidate = try Secret.random(scalarByteCount)
            if isScalar(candidate) { return candidate }
        }
        throw .cryptography(function: "RAND_priv_bytes")
    }
}
