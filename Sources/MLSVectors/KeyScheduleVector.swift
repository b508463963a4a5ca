internal import MLS

/// Vectors of the key schedule, pre-shared keys and transcript hashes.
enum KeyScheduleVector {
    static func check(_ entry: VectorValue) throws {
        let groupID = try entry["group_id"].bytes
        var initSecret = Secret(try entry["initial_init_secret"].bytes)
        for (index, epoch) in try entry["epochs"].items.enumerated() {
            let context = GroupContext(
                groupID: groupID, epoch: UInt64(index), treeHash: try epoch["tree_hash"].bytes,
                confirmedTranscriptHash: try epoch["confirmed_transcript_hash"].bytes, extensions: [])
            try expectEqual("the group context of epoch \(index)", context.encoded, try epoch["group_context"].bytes)
            let preShared = Secret(try epoch.optional("psk_secret")?.bytes ?? Array(repeating: 0, count: 32))
            let joiner = try JoinerSecret(
                initSecret: initSecret, commitSecret: Secret(epoch["commit_secret"].bytes), context: context)
            let secrets = try joiner.epoch(preSharedSecret: preShared, context: context)
            let found: [(String, Secret)] = [
                ("joiner_secret", joiner.secret), ("welcome_secret", try joiner.welcome(preSharedSecret: preShared)),
                ("init_secret", secrets.initSecret), ("sender_data_secret", secrets.senderData),
                ("encryption_secret", secrets.encryption), ("exporter_secret", secrets.exporter),
                ("epoch_authenticator", secrets.authenticator), ("external_secret", secrets.external),
                ("confirmation_key", secrets.confirmationKey), ("membership_key", secrets.membershipKey),
                ("resumption_psk", secrets.resumption),
            ]
            for (key, secret) in found {
                try expect("\(key) of epoch \(index) differs", secret.matches(try epoch[key].bytes))
            }
            try expectEqual(
                "external_pub of epoch \(index)", try secrets.externalKeyPair().publicKey,
                try epoch["external_pub"].bytes)
            let exporter = try epoch["exporter"]
            let exported = try secrets.export(
                label: exporter["label"].text, context: exporter["context"].bytes,
                count: Int(exporter["length"].uint32))
            try expect("the export of epoch \(index) differs", exported.matches(try exporter["secret"].bytes))
            initSecret = secrets.initSecret
        }
    }

    static func checkPreSharedKeys(_ entry: VectorValue) throws {
        var keys: [(PreSharedKeyID, Secret)] = []
        for key in try entry["psks"].items {
            let identifier = PreSharedKeyID(.external(try key["psk_id"].bytes), nonce: try key["psk_nonce"].bytes)
            keys.append((identifier, Secret(try key["psk"].bytes)))
        }
        try expect("psk_secret differs", try PreSharedKeys.secret(keys).matches(entry["psk_secret"].bytes))
    }

    static func checkTranscript(_ entry: VectorValue) throws {
        let message = try AuthenticatedContent(decoding: entry["authenticated_content"].bytes)
        guard case .commit = message.content.content, let tag = message.confirmationTag else {
            throw VectorFailure("the content is not a commit")
        }
        let confirmed = Transcript.confirmed(
            interim: try entry["interim_transcript_hash_before"].bytes, message)
        try expectEqual(
            "the confirmed transcript hash", confirmed, try entry["confirmed_transcript_hash_after"].bytes)
        try expect(
            "the confirmation tag is not valid",
            Transcript.isConfirmation(tag, key: Secret(try entry["confirmation_key"].bytes), of: confirmed))
        try expectEqual(
            "the interim transcript hash", Transcript.interim(confirmed: confirmed, confirmationTag: tag),
            try entry["interim_transcript_hash_after"].bytes)
    }
}
