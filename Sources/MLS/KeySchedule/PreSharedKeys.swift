/// The pre-shared keys that a member can mix in (RFC 9420 section 8.4).
public struct PreSharedKeys: Sendable {
    /// Keys from outside MLS, by identifier.
    public var external: [[UInt8]: Secret]
    /// Resumption secrets of past epochs of the group, by epoch; the oldest is dropped beyond `depth`.
    private var resumption: [UInt64: Secret] = [:]
    /// How many past epochs are remembered.
    private static let depth: UInt64 = 64

    /// No keys.
    public static let none = PreSharedKeys(external: [:])

    /// Keys from outside MLS.
    public init(external: [[UInt8]: Secret]) { self.external = external }

    /// Remembers an epoch's resumption secret.
    mutating func remember(_ secret: Secret, epoch: UInt64) {
        resumption[epoch] = secret
        if epoch >= PreSharedKeys.depth { resumption[epoch - PreSharedKeys.depth] = nil }
    }

    /// The secret that a list of keys is mixed into; 32 zero bytes for an empty list.
    func secret(_ identifiers: [PreSharedKeyID], groupID: [UInt8]) throws(MLSError) -> Secret {
        var keys: [(PreSharedKeyID, Secret)] = []
        for identifier in identifiers {
            let key: Secret?
            switch identifier.source {
            case .external(let name): key = external[name]
            case .resumption(_, let group, let epoch): key = group == groupID ? resumption[epoch] : nil
            }
            guard let key else { throw .invalid("a pre-shared key is not known here") }
            keys.append((identifier, key))
        }
        return try PreSharedKeys.secret(keys)
    }

    /// `psk_secret` of keys in order.
    package static func secret(_ keys: [(PreSharedKeyID, Secret)]) throws(MLSError) -> Secret {
        guard keys.count <= UInt16.max else { throw .tooLarge("A list of pre-shared keys", limit: Int(UInt16.max)) }
        let zero = Secret(zeros: Hash.byteCount)
        var secret = zero
        for (index, (identifier, key)) in keys.enumerated() {
            var label = MLSWriter()
            identifier.write(to: &label)
            label.uint16(UInt16(index))
            label.uint16(UInt16(keys.count))
            let input = try KDF.expand(
                KDF.extract(salt: zero, key), label: "derived psk", context: label.bytes, count: Hash.byteCount)
            secret = KDF.extract(salt: input, secret)
        }
        return secret
    }
}
