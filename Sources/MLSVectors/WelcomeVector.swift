internal import MLS

/// Vectors of welcomes without a tree.
enum WelcomeVector {
    static func check(_ entry: VectorValue) throws {
        guard case .keyPackage(let package) = try MLSMessage(decoding: entry["key_package"].bytes),
            case .welcome(let welcome) = try MLSMessage(decoding: entry["welcome"].bytes)
        else { throw VectorFailure("the messages are not a key package and a welcome") }
        let initKey = try HPKE.KeyPair(Secret(entry["init_priv"].bytes))
        try expectEqual("the public init key", initKey.publicKey, package.initKey)
        let (info, groupSecrets, preShared) = try Group.open(
            welcome, for: package, initKey: initKey, preSharedKeys: .none)
        try info.verifySignature(by: entry["signer_pub"].bytes)
        let secrets = try JoinerSecret(groupSecrets.joinerSecret).epoch(
            preSharedSecret: preShared, context: info.context)
        try expect(
            "the confirmation tag is not valid",
            Transcript.isConfirmation(
                info.confirmationTag, key: secrets.confirmationKey, of: info.context.confirmedTranscriptHash))
    }
}
