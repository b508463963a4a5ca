/// Everything that can go wrong in this library; messages never hold key material.
public enum MLSError: Error, Sendable, Equatable {
    /// The bytes do not have the form of RFC 9420: what was read and why it was refused.
    case malformed(String)
    /// A value is larger than this library handles: what, and the limit.
    case tooLarge(String, limit: Int)
    /// Well-formed, but of a kind that this library or the group's policy does not handle.
    case unsupported(String)
    /// A rule of RFC 9420 or of the group's policy is broken by the named thing.
    case invalid(String)
    /// The signature of the named structure is not its signer's.
    case badSignature(String)
    /// The membership tag of a message does not come from a member of this epoch.
    case badMembershipTag
    /// The confirmation tag does not fit the epoch that the commit or welcome leads to.
    case badConfirmationTag
    /// A ciphertext could not be opened with the key it should be for.
    case undecryptable(String)
    /// The message is for another group.
    case wrongGroup
    /// The message is for another epoch of the group.
    case wrongEpoch(expected: UInt64, found: UInt64)
    /// A commit refers to a proposal that was not received, or was revoked.
    case unknownProposal
    /// The welcome has no entry for the key package.
    case notForThisKeyPackage
    /// The commit was made by this member; adopt the pending commit instead.
    case ownCommit
    /// The commit removes this member from the group.
    case removedFromGroup
    /// OpenSSL refused an operation that does not depend on foreign input.
    case cryptography(function: String)
}

extension MLSError: CustomStringConvertible {
    /// One sentence: what happened, and what to do where something can be done.
    public var description: String {
        switch self {
        case .malformed(let what): "The MLS bytes are malformed: \(what)."
        case .tooLarge(let what, let limit): "\(what) exceeds the limit of \(limit)."
        case .unsupported(let what): "\(what) is not supported."
        case .invalid(let what): "Refused: \(what)."
        case .badSignature(let what): "The signature of the \(what) is not valid."
        case .badMembershipTag: "The message's membership tag is not from a member of this epoch."
        case .badConfirmationTag:
            "The confirmation tag does not fit; this member's state differs from the sender's: join anew."
        case .undecryptable(let what): "The \(what) cannot be decrypted with this member's keys."
        case .wrongGroup: "The message is for another group."
        case .wrongEpoch(let expected, let found):
            "The message is for epoch \(found), and the group is in epoch \(expected)."
        case .unknownProposal: "The commit refers to a proposal that was not received; join anew."
        case .notForThisKeyPackage: "The welcome has no entry for this key package."
        case .ownCommit: "The commit is this member's own; adopt the pending commit."
        case .removedFromGroup: "The commit removes this member from the group."
        case .cryptography(let function): "OpenSSL's \(function) failed; check the installation of libssl3."
        }
    }
}
