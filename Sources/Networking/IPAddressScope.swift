extension IPAddress {
    /// Whether the address belongs to the public internet: none of IANA's special-purpose blocks, and for IPv6 inside
    /// 2000::/3. Forms that carry an IPv4 address inside (mapped, NAT64, 6to4, Teredo) never count as public.
    public var isPublic: Bool {
        switch self {
        case .v4(let number): !Self.specialV4.contains { number >> (32 - $0.length) == $0.network >> (32 - $0.length) }
        case .v6(let upper, _):
            upper >> 61 == 0b001
                && !Self.specialV6.contains { upper >> (64 - $0.length) == $0.network >> (64 - $0.length) }
        }
    }

    /// Whether the address is the machine itself: 127/8, ::1, or the former mapped into IPv6.
    public var isLoopback: Bool {
        switch self {
        case .v4(let number): number >> 24 == 127
        case .v6(0, 1): true
        case .v6(0, let lower): lower >> 32 == 0xFFFF && (lower >> 24) & 0xFF == 127
        case .v6: false
        }
    }

    /// IANA IPv4 special-purpose registry, multicast (224/4) and reserved (240/4).
    private static let specialV4: [(network: UInt32, length: UInt32)] = [
        (0x0000_0000, 8), (0x0A00_0000, 8), (0x6440_0000, 10), (0x7F00_0000, 8), (0xA9FE_0000, 16), (0xAC10_0000, 12),
        (0xC000_0000, 24), (0xC000_0200, 24), (0xC058_6300, 24), (0xC0A8_0000, 16), (0xC612_0000, 15),
        (0xC633_6400, 24), (0xCB00_7100, 24), (0xE000_0000, 4), (0xF000_0000, 4),
    ]

    /// The special blocks inside 2000::/3: 2001::/23 (with Teredo), 2001:db8::/32, 2002::/16 (6to4), 3fff::/20.
    private static let specialV6: [(network: UInt64, length: UInt64)] = [
        (0x2001_0000_0000_0000, 23), (0x2001_0DB8_0000_0000, 32), (0x2002_0000_0000_0000, 16),
        (0x3FFF_0000_0000_0000, 20),
    ]
}
