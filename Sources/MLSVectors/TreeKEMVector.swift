internal import MLS

/// Vectors of update paths.
enum TreeKEMVector {
    static func check(_ entry: VectorValue) throws {
        let tree = try RatchetTree(decoding: entry["ratchet_tree"].bytes)
        var members: [UInt32: PrivateTree] = [:]
        for value in try entry["leaves_private"].items {
            let member = try member(value, in: tree)
            members[member.leaf] = member
        }
        for path in try entry["update_paths"].items {
            try check(path, of: entry, tree: tree, members: members)
        }
    }

    private static func member(_ value: VectorValue, in tree: RatchetTree) throws -> PrivateTree {
        let index = try value["index"].uint32
        var member = PrivateTree(leaf: index, leafKey: try HPKE.KeyPair(Secret(value["encryption_priv"].bytes)))
        let signer = try SignaturePrivateKey(scalar: value["signature_priv"].bytes)
        guard let leaf = tree.leaf(index) else { throw VectorFailure("leaf \(index) is blank") }
        try expectEqual("the encryption key of leaf \(index)", member.leafKey.publicKey, leaf.encryptionKey)
        try expectEqual("the signature key of leaf \(index)", signer.publicKey, leaf.signatureKey)
        for known in try value["path_secrets"].items {
            let node = try known["node"].uint32
            let key = try PathSecret.keyPair(Secret(known["path_secret"].bytes))
            guard let parent = tree.parent(node) else { throw VectorFailure("node \(node) is blank") }
            try expectEqual("the key of node \(node)", key.publicKey, parent.encryptionKey)
            member.nodeKeys[node] = key
        }
        return member
    }

    private static func context(_ entry: VectorValue, treeHash: [UInt8]) throws -> GroupContext {
        GroupContext(
            groupID: try entry["group_id"].bytes, epoch: try entry["epoch"].number, treeHash: treeHash,
            confirmedTranscriptHash: try entry["confirmed_transcript_hash"].bytes, extensions: [])
    }

    private static func check(
        _ value: VectorValue, of entry: VectorValue, tree: RatchetTree, members: [UInt32: PrivateTree]
    ) throws {
        let sender = try value["sender"].uint32
        let path = try UpdatePath(decoding: value["update_path"].bytes)
        let groupID = try entry["group_id"].bytes
        try expect("the sender's leaf is blank", tree.leaf(sender) != nil)
        try path.leafNode.verifySignature(groupID: groupID, leaf: sender)
        var merged = tree
        try merged.merge(path, from: sender)
        try expectEqual("the tree hash after the path", merged.treeHash(), try value["tree_hash_after"].bytes)
        let context = try context(entry, treeHash: merged.treeHash()).encoded
        let secrets = try value["path_secrets"].items
        for (index, var member) in members where index != sender {
            guard Int(index) < secrets.count else { throw VectorFailure("leaf \(index) has no path secret") }
            let secret = try member.decrypt(path, from: sender, in: merged, without: [], context: context)
            try expect("the path secret of leaf \(index) differs", secret.matches(try secrets[Int(index)].bytes))
            let commit = try member.implant(secret, from: sender, in: merged)
            try expect("the commit secret of leaf \(index) differs", commit.matches(try value["commit_secret"].bytes))
        }
        try checkOwn(entry, tree: tree, members: members, sender: sender)
    }

    /// Makes a path of the sender's own and lets everybody follow it.
    private static func checkOwn(
        _ entry: VectorValue, tree: RatchetTree, members: [UInt32: PrivateTree], sender: UInt32
    ) throws {
        var found: VectorValue?
        for value in try entry["leaves_private"].items where try value["index"].uint32 == sender { found = value }
        guard let found else { throw VectorFailure("the sender's keys are missing") }
        let signer = try SignaturePrivateKey(scalar: found["signature_priv"].bytes)
        var made = tree
        let groupID = try entry["group_id"].bytes
        let own = try NewPath(leaf: sender, in: &made, groupID: groupID, signer: signer)
        let context = try context(entry, treeHash: made.treeHash()).encoded
        let path = try own.encrypted(in: made, without: [], context: context)
        var merged = tree
        try merged.merge(path, from: sender)
        try expectEqual("the tree hash of an own path", merged.treeHash(), made.treeHash())
        for (index, var member) in members where index != sender {
            let secret = try member.decrypt(path, from: sender, in: merged, without: [], context: context)
            let commit = try member.implant(secret, from: sender, in: merged)
            try expect("the commit secret of an own path differs at leaf \(index)", commit == own.commitSecret)
        }
    }
}
