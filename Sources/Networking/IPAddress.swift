internal import Glibc

/// An IPv4 or IPv6 address as a number.
public enum IPAddress: Sendable, Hashable {
    /// IPv4, most significant byte first in the number.
    case v4(UInt32)
    /// IPv6, the upper and lower 64 bits.
    case v6(UInt64, UInt64)

    /// Reads the standard text forms: four decimal parts for IPv4, RFC 4291 for IPv6 (brackets and zones are refused).
    public init?(_ text: String) {
        guard text.utf8.count <= 45, !text.utf8.contains(0) else { return nil }
        var four = in_addr()
        if unsafe inet_pton(AF_INET, text, &four) == 1 {
            self = .v4(UInt32(bigEndian: four.s_addr))
            return
        }
        var six = in6_addr()
        guard unsafe inet_pton(AF_INET6, text, &six) == 1 else { return nil }
        self.init(six)
    }

    /// An address from its 4 or 16 bytes in network order.
    public init?(bytes: [UInt8]) {
        switch bytes.count {
        case 4: self = .v4(bytes.reduce(0) { $0 << 8 | UInt32($1) })
        case 16:
            self = .v6(
                bytes[..<8].reduce(0) { $0 << 8 | UInt64($1) },
                bytes[8...].reduce(0) { $0 << 8 | UInt64($1) })
        default: return nil
        }
    }

    /// The 4 or 16 bytes in network order.
    public var bytes: [UInt8] {
        switch self {
        case .v4(let number): (0..<4).map { UInt8(truncatingIfNeeded: number >> (24 - 8 * $0)) }
        case .v6(let upper, let lower):
            [upper, lower].flatMap { half in
                (0..<8).map { UInt8(truncatingIfNeeded: half >> (56 - 8 * $0)) }
            }
        }
    }

    /// Whether this is an IPv6 address.
    public var isV6: Bool {
        if case .v6 = self { true } else { false }
    }

    init(_ six: in6_addr) {
        let bytes = unsafe withUnsafeBytes(of: six) { unsafe [UInt8]($0) }
        self = .v6(
            bytes[..<8].reduce(0) { $0 << 8 | UInt64($1) },
            bytes[8...].reduce(0) { $0 << 8 | UInt64($1) })
    }
}

extension IPAddress: CustomStringConvertible {
    /// The usual text form, RFC 5952 for IPv6.
    public var description: String {
        let family = isV6 ? AF_INET6 : AF_INET
        let raw = bytes
        let text = unsafe [CChar](unsafeUninitializedCapacity: 64) { buffer, count in
            let end = unsafe inet_ntop(family, raw, buffer.baseAddress, 64)
            count = unsafe end == nil ? 0 : strnlen(end!, 64)
        }
        return String(decoding: text.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
