internal import MLS

/// Vectors of the secret tree and of messages protected with it.
enum MessageProtectionVector {
    static func checkSecretTree(_ entry: VectorValue) throws {
        let sample = try entry["sender_data"]
        let sender = try SenderDataKey(
            Secret(sample["sender_data_secret"].bytes), ciphertext: sample["ciphertext"].bytes)
        try expect("the sender data key differs", sender.key.matches(try sample["key"].bytes))
        try expectEqual("the sender data nonce", sender.nonce, try sample["nonce"].bytes)
        let leaves = try entry["leaves"].items
        try expect("the tree is empty or too large", (1...MLSLimits.leaves).contains(leaves.count))
        var width: UInt32 = 1
        while width < leaves.count { width *= 2 }
        var tree = SecretTree(encryptionSecret: Secret(try entry["encryption_secret"].bytes), leafCount: width)
        for (leaf, generations) in leaves.enumerated() {
            for value in try generations.items {
                let generation = try value["generation"].uint32
                for kind in [SecretTree.Kind.handshake, .application] {
                    let found = try tree.key(kind, leaf: UInt32(leaf), generation: generation)
                    let place = "\(kind.rawValue) generation \(generation) of leaf \(leaf)"
                    try expect(
                        "the key of \(place) differs", found.key.matches(try value["\(kind.rawValue)_key"].bytes))
                    try expectEqual("the nonce of \(place)", found.nonce, try value["\(kind.rawValue)_nonce"].bytes)
                }
            }
        }
    }

    /// The epoch that the messages of an entry belong to.
    private struct Epoch {
        let context: GroupContext
        let membershipKey: Secret
        let senderData: Secret
        let encryption: Secret
        let publicKey: [UInt8]

        init(_ entry: VectorValue) throws {
            context = GroupContext(
                groupID: try entry["group_id"].bytes, epoch: try entry["epoch"].number,
                treeHash: try entry["tree_hash"].bytes,
                confirmedTranscriptHash: try entry["confirmed_transcript_hash"].bytes, extensions: [])
            membershipKey = Secret(try entry["membership_key"].bytes)
            senderData = Secret(try entry["sender_data_secret"].bytes)
            encryption = Secret(try entry["encryption_secret"].bytes)
            publicKey = try entry["signature_pub"].bytes
        }

        var secrets: SecretTree { SecretTree(encryptionSecret: encryption, leafCount: 2) }

        func verify(_ bytes: [UInt8]) throws -> AuthenticatedContent {
            switch try MLSMessage(decoding: bytes) {
            case .publicMessage(let message):
                try message.verifyTag(key: membershipKey, context: context)
                try message.authenticated.verifySignature(by: publicKey, context: context)
                return message.authenticated
            case .privateMessage(let message):
                var secrets = secrets
                let content = try message.open(secrets: &secrets, senderData: senderData)
                try content.verifySignature(by: publicKey, context: context)
                return content
            default: throw VectorFailure("a message is in another wire format")
            }
        }

        func sign(
            _ content: Content, as format: WireFormat, _ signer: borrowing SignaturePrivateKey
        ) throws -> AuthenticatedContent {
            let framed = FramedContent(
                groupID: context.groupID, epoch: context.epoch, sender: .member(1), content: content)
            var message = try AuthenticatedContent(signing: framed, as: format, context: context, signer: signer)
            // The tag of these commits has no meaning; any bytes travel with it.
            if case .commit = content { message.confirmationTag = Array(repeating: 7, count: 32) }
            return message
        }
    }

    static func check(_ entry: VectorValue) throws {
        let epoch = try Epoch(entry)
        let signer = try SignaturePrivateKey(scalar: entry["signature_priv"].bytes)
        try expectEqual("the public signature key", signer.publicKey, epoch.publicKey)
        let contents: [(String, Content)] = [
            ("proposal", .proposal(try Proposal(decoding: entry["proposal"].bytes))),
            ("commit", .commit(try Commit(decoding: entry["commit"].bytes))),
            ("application", .application(try entry["application"].bytes)),
        ]
        for (key, content) in contents {
            let opened = try epoch.verify(entry["\(key)_priv"].bytes)
            try expectEqual("the content of \(key)_priv", opened.content.content, content)
            try expectEqual("the sender of \(key)_priv", opened.content.sender, .member(1))
            let signed = try epoch.sign(content, as: .privateMessage, signer)
            var secrets = epoch.secrets
            let sealed = try PrivateMessage(signed, secrets: &secrets, senderData: epoch.senderData, padding: 5)
            let again = try epoch.verify(MLSMessage.privateMessage(sealed).encoded)
            try expectEqual("an own private message with \(key)", again, signed)
            try checkPublic(entry, key, content, epoch, signer)
        }
    }

    private static func checkPublic(
        _ entry: VectorValue, _ key: String, _ content: Content, _ epoch: Epoch,
        _ signer: borrowing SignaturePrivateKey
    ) throws {
        let signed = try epoch.sign(content, as: .publicMessage, signer)
        if case .application = content {
            try expect("application data can be sent in clear", (try? PublicMessage(signed)) == nil)
            return
        }
        let opened = try epoch.verify(entry["\(key)_pub"].bytes)
        try expectEqual("the content of \(key)_pub", opened.content.content, content)
        var own = try PublicMessage(signed)
        own.tag(key: epoch.membershipKey, context: epoch.context)
        try expectEqual(
            "an own public message with \(key)", try epoch.verify(MLSMessage.publicMessage(own).encoded), signed)
    }
}
