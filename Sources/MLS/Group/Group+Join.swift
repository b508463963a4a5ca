/// Joining with a welcome (RFC 9420 section 12.4.3.1).
extension Group {
    /// Joins the group that a welcome is for, with the key package it was made for.
    ///
    /// - Parameters:
    ///   - signer: The key that the key package is signed with.
    ///   - id: The group that must be joined; nil for any.
    ///   - externalSender: The sender that the group must have; nil for any that the policy allows.
    ///   - ratchetTree: The tree, when the welcome does not carry it.
    /// - Throws: `notForThisKeyPackage`, `undecryptable`, `badConfirmationTag`, or what else is wrong with it.
    public static func join(
        _ welcome: Welcome, bundle: borrowing KeyPackageBundle, signer: borrowing SignaturePrivateKey,
        id: [UInt8]? = nil, externalSender: ExternalSender? = nil, policy: GroupPolicy = .externalAddRemove,
        ratchetTree: RatchetTree? = nil, preSharedKeys: PreSharedKeys = .none
    ) throws(MLSError) -> Group {
        guard signer.publicKey == bundle.package.leafNode.signatureKey else {
            throw .invalid("the signature key is not the key package's")
        }
        let (info, groupSecrets, preSharedSecret) = try open(
            welcome, for: bundle.package, initKey: bundle.initKey, preSharedKeys: preSharedKeys)
        let context = info.context
        try policy.check(context)
        if let id, context.groupID != id { throw .wrongGroup }
        if let externalSender {
            guard try context.externalSenders() == [externalSender] else {
                throw .invalid("the group has another external sender")
            }
        }
        var tree = try verifiedTree(of: info, given: ratchetTree, policy: policy)
        guard let leaf = tree.member(signatureKey: signer.publicKey), tree.leaf(leaf) == bundle.package.leafNode else {
            throw .invalid("the group has no leaf of this key package")
        }
        guard leaf != info.signer else { throw .invalid("the welcome says to be signed by its receiver") }
        try tree.validate(groupID: context.groupID)
        var privateTree = PrivateTree(leaf: leaf, leafKey: bundle.leafKey)
        if let pathSecret = groupSecrets.pathSecret {
            try privateTree.implant(pathSecret, from: info.signer, in: tree)
        }
        let secrets = try JoinerSecret(groupSecrets.joinerSecret).epoch(
            preSharedSecret: preSharedSecret, context: context)
        guard
            Transcript.isConfirmation(
                info.confirmationTag, key: secrets.confirmationKey, of: context.confirmedTranscriptHash)
        else { throw .badConfirmationTag }
        return Group(
            policy: policy, context: context, tree: tree, confirmationTag: info.confirmationTag, secrets: secrets,
            privateTree: privateTree, preSharedKeys: preSharedKeys)
    }

    /// Decrypts a welcome's secrets and group info; nothing of them is verified yet.
    package static func open(
        _ welcome: Welcome, for package: KeyPackage, initKey: HPKE.KeyPair, preSharedKeys: PreSharedKeys
    ) throws(MLSError) -> (info: GroupInfo, secrets: GroupSecrets, preSharedSecret: Secret) {
        guard welcome.cipherSuite == MLSParameters.cipherSuite else {
            throw .unsupported("Cipher suite \(welcome.cipherSuite)")
        }
        let reference = package.reference
        guard let entry = welcome.secrets.first(where: { $0.reference == reference }) else {
            throw .notForThisKeyPackage
        }
        let plaintext = try HPKE.decrypt(
            HPKECiphertext(kemOutput: entry.kemOutput, ciphertext: entry.ciphertext), key: initKey,
            label: "Welcome", context: welcome.encryptedGroupInfo)
        let secrets = try plaintext.decode { reader throws(MLSError) in try GroupSecrets(from: &reader) }
        let preSharedSecret = try preSharedKeys.secret(secrets.preSharedKeys, groupID: [])
        let welcomeSecret = try JoinerSecret(secrets.joinerSecret).welcome(preSharedSecret: preSharedSecret)
        return (try WelcomeKey(welcomeSecret).open(welcome.encryptedGroupInfo), secrets, preSharedSecret)
    }

    /// The tree of a group info, once its hash and the info's signature are verified.
    private static func verifiedTree(
        of info: GroupInfo, given: RatchetTree?, policy: GroupPolicy
    ) throws(MLSError) -> RatchetTree {
        var tree: RatchetTree
        if let carried = info.extensions.first(where: { $0.type == Extension.ratchetTree }) {
            tree = try RatchetTree(decoding: carried.data)
        } else if let given {
            tree = given
        } else {
            throw .invalid("the welcome carries no ratchet tree")
        }
        try policy.check(tree, extensions: info.context.extensions)
        guard tree.treeHash() == info.context.treeHash else {
            throw .invalid("the ratchet tree does not have the group's tree hash")
        }
        guard let signer = tree.leaf(info.signer) else { throw .invalid("the welcome's signer is not in the group") }
        try info.verifySignature(by: signer.signatureKey)
        return tree
    }
}
