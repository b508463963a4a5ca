internal import MLS

/// Vectors of the presentation language and of all messages.
enum CodecVector {
    static func checkHeader(_ entry: VectorValue) throws {
        let header = try entry["vlbytes_header"].bytes
        let expected = Int(try entry["length"].uint32)
        var reader = MLSReader(header)
        try expectEqual("the decoded length", try reader.vectorLength(), expected)
        try reader.finish()
        var writer = MLSWriter()
        writer.vectorLength(expected)
        try expectEqual("the encoded length", writer.bytes, header)
    }

    /// Proposals are written without their type in these vectors.
    private static let proposals: [(key: String, type: UInt16)] = [
        ("add_proposal", 1), ("update_proposal", 2), ("remove_proposal", 3), ("pre_shared_key_proposal", 4),
        ("re_init_proposal", 5), ("external_init_proposal", 6), ("group_context_extensions_proposal", 7),
    ]

    private static let messages: [(key: String, format: WireFormat, content: UInt8?)] = [
        ("mls_welcome", .welcome, nil), ("mls_group_info", .groupInfo, nil), ("mls_key_package", .keyPackage, nil),
        ("public_message_application", .publicMessage, 1), ("public_message_proposal", .publicMessage, 2),
        ("public_message_commit", .publicMessage, 3), ("private_message", .privateMessage, nil),
    ]

    static func checkMessages(_ entry: VectorValue) throws {
        for (key, format, content) in messages {
            let bytes = try entry[key].bytes
            let message = try named(key) { try MLSMessage(decoding: bytes) }
            try expectEqual("the wire format of \(key)", message.wireFormat, format)
            if let content, case .publicMessage(let framed) = message {
                try expectEqual("the content of \(key)", framed.content.content.type, content)
            }
            try expectEqual("the encoding of \(key)", message.encoded, bytes)
        }
        for (key, type) in proposals {
            let bytes = try entry[key].bytes
            var reader = MLSReader(bytes)
            let proposal = try named(key) { try Proposal(type: type, from: &reader) }
            try reader.finish()
            var writer = MLSWriter()
            proposal.writeContents(to: &writer)
            try expectEqual("the encoding of \(key)", writer.bytes, bytes)
        }
        try roundTrip(entry, "ratchet_tree", RatchetTree.self)
        try roundTrip(entry, "group_secrets", GroupSecrets.self)
        try roundTrip(entry, "commit", Commit.self)
    }

    private static func roundTrip<Value: MLSCodable>(
        _ entry: VectorValue, _ key: String, _ type: Value.Type
    ) throws {
        let bytes = try entry[key].bytes
        let value = try named(key) { try Value(decoding: bytes) }
        try expectEqual("the encoding of \(key)", value.encoded, bytes)
    }

    private static func named<Value>(_ key: String, _ body: () throws -> Value) throws -> Value {
        do { return try body() } catch { throw VectorFailure("\(key): \(error)") }
    }
}
