/// The kinds of vectors that the MLS working group publishes, told apart by the keys of an entry.
public enum VectorKind: String, Sendable, CaseIterable {
    case cryptoBasics = "crypto-basics"
    case deserialization
    case keySchedule = "key-schedule"
    case messageProtection = "message-protection"
    case messages
    case passiveClient = "passive-client"
    case preSharedKeys = "psk_secret"
    case secretTree = "secret-tree"
    case transcriptHashes = "transcript-hashes"
    case treeKEM = "treekem"
    case treeMath = "tree-math"
    case treeOperations = "tree-operations"
    case treeValidation = "tree-validation"
    case welcome

    /// The key that only entries of the kind have.
    private var mark: String {
        switch self {
        case .cryptoBasics: "ref_hash"
        case .deserialization: "vlbytes_header"
        case .keySchedule: "initial_init_secret"
        case .messageProtection: "proposal_pub"
        case .messages: "mls_welcome"
        case .passiveClient: "initial_epoch_authenticator"
        case .preSharedKeys: "psks"
        case .secretTree: "sender_data"
        case .transcriptHashes: "authenticated_content"
        case .treeKEM: "update_paths"
        case .treeMath: "n_leaves"
        case .treeOperations: "tree_before"
        case .treeValidation: "tree_hashes"
        case .welcome: "signer_pub"
        }
    }

    /// The kind of an entry; nil when it is none of them.
    init?(of entry: VectorValue) {
        guard let kind = VectorKind.allCases.first(where: { entry.has($0.mark) }) else { return nil }
        self = kind
    }

    /// Checks an entry; throws when it does not pass.
    func check(_ entry: VectorValue) throws {
        switch self {
        case .cryptoBasics: try CryptoBasicsVector.check(entry)
        case .deserialization: try CodecVector.checkHeader(entry)
        case .keySchedule: try KeyScheduleVector.check(entry)
        case .messageProtection: try MessageProtectionVector.check(entry)
        case .messages: try CodecVector.checkMessages(entry)
        case .passiveClient: try PassiveClientVector.check(entry)
        case .preSharedKeys: try KeyScheduleVector.checkPreSharedKeys(entry)
        case .secretTree: try MessageProtectionVector.checkSecretTree(entry)
        case .transcriptHashes: try KeyScheduleVector.checkTranscript(entry)
        case .treeKEM: try TreeKEMVector.check(entry)
        case .treeMath: try TreeVector.checkMath(entry)
        case .treeOperations: try TreeVector.checkOperation(entry)
        case .treeValidation: try TreeVector.checkValidation(entry)
        case .welcome: try WelcomeVector.check(entry)
        }
    }
}
