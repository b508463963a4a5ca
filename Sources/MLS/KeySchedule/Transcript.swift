/// The hashes over all commits of a group so far (RFC 9420 section 8.2).
package enum Transcript {
    /// The confirmed hash behind a commit: 32 bytes.
    package static func confirmed(interim: [UInt8], _ commit: AuthenticatedContent) -> [UInt8] {
        Hash.sha256(interim + commit.confirmedTranscriptInput)
    }

    /// The interim hash behind a commit with its confirmation tag: 32 bytes.
    package static func interim(confirmed: [UInt8], confirmationTag: [UInt8]) -> [UInt8] {
        var writer = MLSWriter()
        writer.fixed(confirmed)
        writer.opaque(confirmationTag)
        return Hash.sha256(writer.bytes)
    }

    /// The tag that confirms a transcript with an epoch's confirmation key: 32 bytes.
    package static func confirmationTag(key: Secret, confirmed: [UInt8]) -> [UInt8] {
        Hash.tag(key: key, confirmed)
    }

    /// Whether a tag confirms a transcript, compared in constant time.
    package static func isConfirmation(_ tag: [UInt8], key: Secret, of confirmed: [UInt8]) -> Bool {
        Hash.isTag(tag, key: key, of: confirmed)
    }
}
