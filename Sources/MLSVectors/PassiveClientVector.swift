internal import MLS

/// Vectors of a client that joins and follows commits.
enum PassiveClientVector {
    static func check(_ entry: VectorValue) throws {
        guard case .keyPackage(let package) = try MLSMessage(decoding: entry["key_package"].bytes),
            case .welcome(let welcome) = try MLSMessage(decoding: entry["welcome"].bytes)
        else { throw VectorFailure("the messages are not a key package and a welcome") }
        let signer = try SignaturePrivateKey(scalar: entry["signature_priv"].bytes)
        try expectEqual("the public signature key", signer.publicKey, package.leafNode.signatureKey)
        let bundle = try KeyPackageBundle(
            package: package, initScalar: entry["init_priv"].bytes, leafScalar: entry["encryption_priv"].bytes)
        var external: [[UInt8]: Secret] = [:]
        for key in try entry["external_psks"].items {
            external[try key["psk_id"].bytes] = Secret(try key["psk"].bytes)
        }
        let tree = try entry.optional("ratchet_tree").map { try RatchetTree(decoding: $0.bytes) }
        var group = try Group.join(
            welcome, bundle: bundle, signer: signer, policy: .permissive, ratchetTree: tree,
            preSharedKeys: PreSharedKeys(external: external))
        try expectEqual(
            "the epoch authenticator after joining", group.epochAuthenticator,
            try entry["initial_epoch_authenticator"].bytes)
        for (index, epoch) in try entry["epochs"].items.enumerated() {
            do {
                for proposal in try epoch["proposals"].items { try receive(proposal, &group) }
                group = try follow(epoch["commit"], &group)
            } catch {
                throw VectorFailure("commit \(index): \(error)")
            }
            try expectEqual(
                "the epoch authenticator after commit \(index)", group.epochAuthenticator,
                try epoch["epoch_authenticator"].bytes)
        }
    }

    private static func receive(_ value: VectorValue, _ group: inout Group) throws {
        switch try MLSMessage(decoding: value.bytes) {
        case .publicMessage(let message): try group.receiveProposal(message)
        case .privateMessage(let message): try group.receiveProposal(message)
        default: throw VectorFailure("a proposal is in another wire format")
        }
    }

    private static func follow(_ value: VectorValue, _ group: inout Group) throws -> Group {
        switch try MLSMessage(decoding: value.bytes) {
        case .publicMessage(let message): return try group.process(message)
        case .privateMessage(let message): return try group.process(message)
        default: throw VectorFailure("a commit is in another wire format")
        }
    }
}
