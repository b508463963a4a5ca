/// What a tree has to be when one joins (RFC 9420 section 12.4.3.1).
extension RatchetTree {
    /// Checks unmerged leaves, keys, every leaf and its signature, and the parent hashes.
    package mutating func validate(groupID: [UInt8]) throws(MLSError) {
        try verifyUnmergedLeaves()
        try verifyKeys()
        try verifyCredentials()
        try verifyParentHashes()
        for (index, leaf) in members { try leaf.validate(groupID: groupID, leaf: index) }
    }

    /// Every unmerged leaf is a member below the node, in order, and in the lists of the nodes between.
    func verifyUnmergedLeaves() throws(MLSError) {
        for index in stride(from: UInt32(1), to: nodeCount, by: 2) {
            guard let node = parent(index) else { continue }
            let range = TreeMath.leaves(below: index)
            var last: UInt32?
            for unmerged in node.unmergedLeaves {
                guard last.map({ $0 < unmerged }) ?? true, range.contains(unmerged), leaf(unmerged) != nil else {
                    throw .invalid("an unmerged leaf of the ratchet tree is out of place")
                }
                last = unmerged
                for between in directPath(unmerged) where between != index {
                    guard TreeMath.level(between) < TreeMath.level(index) else { break }
                    if let other = parent(between), !other.unmergedLeaves.containsSorted(in: unmerged...unmerged) {
                        throw .invalid("an unmerged leaf of the ratchet tree is missing in a node between")
                    }
                }
            }
        }
    }

    /// No two nodes share an encryption key, no two leaves a signature key, and all keys are points.
    func verifyKeys() throws(MLSError) {
        try verifyDistinctKeys()
        for index in 0..<nodeCount {
            guard let node = node(index) else { continue }
            guard P256.isPoint(node.encryptionKey) else {
                throw .invalid("a key of the ratchet tree is not a point of P-256")
            }
        }
    }

    /// No two nodes share an encryption key, no two leaves a signature key.
    func verifyDistinctKeys() throws(MLSError) {
        var encryption: Set<[UInt8]> = []
        var signature: Set<[UInt8]> = []
        for index in 0..<nodeCount {
            guard let node = node(index) else { continue }
            guard encryption.insert(node.encryptionKey).inserted else {
                throw .invalid("two nodes of the ratchet tree have the same encryption key")
            }
            if case .leaf(let leaf) = node, !signature.insert(leaf.signatureKey).inserted {
                throw .invalid("two members have the same signature key")
            }
        }
    }

    /// Every member can handle the credential type of every other.
    func verifyCredentials() throws(MLSError) {
        let members = members
        let used = Set(members.map(\.leaf.credential.type))
        guard members.allSatisfy({ used.isSubset(of: $0.leaf.capabilities.credentials) }) else {
            throw .invalid("a member cannot handle another's credential type")
        }
    }

    /// The leaf of the member with a signature key.
    func member(signatureKey: [UInt8]) -> UInt32? {
        members.first { $0.leaf.signatureKey == signatureKey }?.index
    }
}
