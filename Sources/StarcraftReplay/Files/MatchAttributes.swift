/// `replay.attributes.events`: what was set in the lobby, as short texts that no language changes.
public struct MatchAttributes: Sendable, Hashable {
    /// One setting.
    public struct Attribute: Sendable, Hashable {
        /// Who defined it; 999 is the game.
        public var namespace: UInt32
        /// Which setting, see ``MatchAttributes/Number``.
        public var number: UInt32
        /// A player from 1, or 16 for the whole game.
        public var scope: Int
        /// Up to four letters.
        public var value: String
    }

    /// Numbers of settings.
    public enum Number {
        /// `Humn`, `Comp`, `Open` or `Clsd`.
        public static let controller: UInt32 = 500
        /// Such as `1v1`.
        public static let teamType: UInt32 = 2001
        /// `Slor`, `Slow`, `Norm`, `Fast` or `Fasr`.
        public static let speed: UInt32 = 3000
        /// `Terr`, `Zerg`, `Prot` or `RAND`.
        public static let race: UInt32 = 3001
        /// `Part` or `Watc`.
        public static let role: UInt32 = 3007
        /// `Amm` for matchmaking, `Priv`, `Pub`, or nothing.
        public static let mode: UInt32 = 3009
    }

    /// The scope of the whole game.
    public static let game = 16

    /// All settings in their order.
    public var attributes: [Attribute] = []

    /// The value of a setting; `nil` when it was not set.
    public func value(_ number: UInt32, scope: Int) -> String? {
        attributes.first { $0.number == number && $0.scope == scope }?.value
    }

    init(_ bytes: Span<UInt8>, build: Int) throws(ReplayError) {
        guard bytes.count > 0 else { return }
        let start = build >= 17326 ? 5 : 4
        guard let count = bytes.double(at: start) else { throw .truncated(.attributes, offset: start) }
        guard Int(count) <= (bytes.count - start - 4) / 13 else { throw .truncated(.attributes, offset: start) }
        attributes.reserveCapacity(Int(count))
        var offset = start + 4
        for _ in 0..<count {
            guard let namespace = bytes.double(at: offset), let number = bytes.double(at: offset + 4) else {
                throw .truncated(.attributes, offset: offset)
            }
            var value = ""
            for index in stride(from: offset + 12, to: offset + 8, by: -1)
            where bytes[index] != 0 && bytes[index] != 0x20 {
                value.unicodeScalars.append(Unicode.Scalar(bytes[index]))
            }
            attributes.append(
                Attribute(namespace: namespace, number: number, scope: Int(bytes[offset + 8]), value: value))
            offset += 13
        }
        guard offset == bytes.count else {
            throw .leftOver(.attributes, offset: offset, bytes: bytes.count - offset)
        }
    }
}
