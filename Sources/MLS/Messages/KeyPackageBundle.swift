/// A key package with its two private HPKE keys; move-only, the keys are wiped when the last owner ends.
public struct KeyPackageBundle: ~Copyable, Sendable {
    /// What is published.
    public let package: KeyPackage
    /// The key that opens the welcome.
    package let initKey: HPKE.KeyPair
    /// The key of the leaf.
    package let leafKey: HPKE.KeyPair

    /// A new key package with fresh keys, basic capabilities and an unlimited lifetime, signed by `signer`.
    public static func make(
        identity: [UInt8], signer: borrowing SignaturePrivateKey
    ) throws(MLSError) -> KeyPackageBundle {
        let initKey = try HPKE.KeyPair.generate()
        let leafKey = try HPKE.KeyPair.generate()
        var leaf = LeafNode(
            encryptionKey: leafKey.publicKey, signatureKey: signer.publicKey, credential: .basic(identity),
            source: .keyPackage(.always))
        try leaf.sign(signer)
        let package = try KeyPackage(initKey: initKey.publicKey, leafNode: leaf, signer: signer)
        return KeyPackageBundle(package: package, initKey: initKey, leafKey: leafKey)
    }

    private init(package: KeyPackage, initKey: HPKE.KeyPair, leafKey: HPKE.KeyPair) {
        self.package = package
        self.initKey = initKey
        self.leafKey = leafKey
    }

    /// A key package that was made elsewhere, with its private scalars of 32 bytes; throws unless they belong to it.
    public init(package: KeyPackage, initScalar: [UInt8], leafScalar: [UInt8]) throws(MLSError) {
        let initKey = try HPKE.KeyPair(Secret(initScalar))
        let leafKey = try HPKE.KeyPair(Secret(leafScalar))
        guard initKey.publicKey == package.initKey, leafKey.publicKey == package.leafNode.encryptionKey else {
            throw .invalid("the private keys are not the key package's")
        }
        self.init(package: package, initKey: initKey, leafKey: leafKey)
    }
}
