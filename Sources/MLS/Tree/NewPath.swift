/// A committer's new keys from its leaf to the root, before they are encrypted to the others (RFC 9420 section 7.5).
package struct NewPath: Sendable {
    /// The committer's new leaf, signed.
    package let leafNode: LeafNode
    /// What the path ends in.
    package let commitSecret: Secret
    /// The committer's private keys afterwards.
    package let privateTree: PrivateTree
    private let places: [(node: UInt32, copath: UInt32)]
    private let secrets: [Secret]
    private let keys: [[UInt8]]

    /// Makes new keys for a leaf and merges them into the tree; credential, capabilities, signature key and
    /// extensions stay.
    package init(
        leaf index: UInt32, in tree: inout RatchetTree, groupID: [UInt8], signer: borrowing SignaturePrivateKey
    ) throws(MLSError) {
        guard var leaf = tree.leaf(index), leaf.signatureKey == signer.publicKey else {
            throw .invalid("the signature key is not that of the committer's leaf")
        }
        let leafKey = try HPKE.KeyPair.generate()
        places = tree.filteredDirectPath(index)
        var keys: [[UInt8]] = []
        var secrets: [Secret] = []
        var own = PrivateTree(leaf: index, leafKey: leafKey)
        var secret = try Secret.random(Hash.byteCount)
        for place in places {
            let key = try PathSecret.keyPair(secret)
            own.nodeKeys[place.node] = key
            keys.append(key.publicKey)
            secrets.append(secret)
            secret = try PathSecret.next(secret)
        }
        // Without other members there is no node, and the commit secret is what follows the leaf's path secret.
        commitSecret = places.isEmpty ? try PathSecret.next(secret) : secret
        leaf.encryptionKey = leafKey.publicKey
        leaf.source = .commit(parentHash: tree.setPath(index, keys: keys))
        try leaf.sign(signer, groupID: groupID, leaf: index)
        tree.set(2 * index, to: .leaf(leaf))
        leafNode = leaf
        privateTree = own
        self.keys = keys
        self.secrets = secrets
    }

    /// Encrypts the path secrets to the members, in the provisional group context.
    package func encrypted(
        in tree: RatchetTree, without added: Set<UInt32>, context: [UInt8]
    ) throws(MLSError) -> UpdatePath {
        var nodes: [UpdatePath.Node] = []
        for (offset, place) in places.enumerated() {
            var ciphertexts: [HPKECiphertext] = []
            for receiver in PathSecret.receivers(place.copath, in: tree, without: added) {
                guard let key = tree.node(receiver)?.encryptionKey else { continue }
                ciphertexts.append(
                    try HPKE.encrypt(secrets[offset], to: key, label: PathSecret.label, context: context))
            }
            nodes.append(UpdatePath.Node(encryptionKey: keys[offset], encryptedPathSecret: ciphertexts))
        }
        return UpdatePath(leafNode: leafNode, nodes: nodes)
    }

    /// The path secret that a newcomer gets: that of its lowest common ancestor with the committer.
    func secret(for newcomer: UInt32) -> Secret? {
        let lowest = TreeMath.commonAncestor(leaf: privateTree.leaf, leaf: newcomer)
        return places.firstIndex { $0.node == lowest }.map { secrets[$0] }
    }
}
