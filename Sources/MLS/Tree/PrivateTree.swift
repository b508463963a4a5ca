/// The private keys that one member has in the ratchet tree: its leaf's, and those of nodes above it.
package struct PrivateTree: Sendable {
    /// The member's leaf index.
    package let leaf: UInt32
    /// The key of the leaf.
    package var leafKey: HPKE.KeyPair
    /// The keys of nodes above, by node index.
    package var nodeKeys: [UInt32: HPKE.KeyPair] = [:]

    /// A member that knows only the key of its leaf.
    package init(leaf: UInt32, leafKey: HPKE.KeyPair) {
        self.leaf = leaf
        self.leafKey = leafKey
    }

    /// Forgets the keys of nodes that are blank or have another key by now.
    mutating func prune(_ tree: RatchetTree) {
        nodeKeys = nodeKeys.filter { tree.parent($0.key)?.encryptionKey == $0.value.publicKey }
    }

    /// The key of a node of the tree, when the member has it.
    private func key(_ node: UInt32) -> HPKE.KeyPair? { node == 2 * leaf ? leafKey : nodeKeys[node] }

    /// Takes the keys that follow from the path secret of the lowest common ancestor with the committer, up to the
    /// root; each must be the tree's. The commit secret that the path ends in.
    @discardableResult
    package mutating func implant(
        _ secret: Secret, from committer: UInt32, in tree: RatchetTree
    ) throws(MLSError) -> Secret {
        let lowest = TreeMath.commonAncestor(leaf: leaf, leaf: committer)
        let path = tree.filteredDirectPath(committer).drop { $0.node != lowest }
        guard !path.isEmpty else { throw .invalid("a path secret is for a node without a key") }
        var secret = secret
        for place in path {
            let key = try PathSecret.keyPair(secret)
            guard tree.parent(place.node)?.encryptionKey == key.publicKey else {
                throw .invalid("a path secret does not lead to the tree's keys")
            }
            nodeKeys[place.node] = key
            secret = try PathSecret.next(secret)
        }
        return secret
    }

    /// Decrypts the path secret of the lowest common ancestor with the committer. `tree` has the path merged,
    /// `added` are the leaves that joined with the commit, `context` is the provisional group context.
    package func decrypt(
        _ path: UpdatePath, from committer: UInt32, in tree: RatchetTree, without added: Set<UInt32>, context: [UInt8]
    ) throws(MLSError) -> Secret {
        let lowest = TreeMath.commonAncestor(leaf: leaf, leaf: committer)
        let places = tree.filteredDirectPath(committer)
        guard places.count == path.nodes.count, let index = places.firstIndex(where: { $0.node == lowest }) else {
            throw .invalid("the path of a commit misses this member")
        }
        for (place, node) in zip(places, path.nodes) {
            let receivers = PathSecret.receivers(place.copath, in: tree, without: added).count
            guard node.encryptedPathSecret.count == receivers else {
                throw .invalid("a node of a commit's path has the wrong number of ciphertexts")
            }
        }
        let receivers = PathSecret.receivers(places[index].copath, in: tree, without: added)
        for (receiver, message) in zip(receivers, path.nodes[index].encryptedPathSecret) {
            guard let key = key(receiver) else { continue }
            return try HPKE.decrypt(message, key: key, label: PathSecret.label, context: context)
        }
        throw .undecryptable("path secret")
    }
}

/// How path secrets lead to keys and to each other (RFC 9420 section 7.4).
package enum PathSecret {
    /// The label path secrets are encrypted with.
    static let label = "UpdatePathNode"

    /// The key pair of the node with a path secret.
    package static func keyPair(_ secret: Secret) throws(MLSError) -> HPKE.KeyPair {
        try HPKE.KeyPair.derive(from: KDF.derive(secret, label: "node"))
    }

    /// The path secret of the next node up; behind the last node, the commit secret.
    package static func next(_ secret: Secret) throws(MLSError) -> Secret {
        try KDF.derive(secret, label: "path")
    }

    /// The nodes a path secret is encrypted to: the resolution less the leaves that joined with the commit.
    static func receivers(_ copath: UInt32, in tree: RatchetTree, without added: Set<UInt32>) -> [UInt32] {
        tree.resolution(copath).filter { !TreeMath.isLeaf($0) || !added.contains($0 / 2) }
    }
}
