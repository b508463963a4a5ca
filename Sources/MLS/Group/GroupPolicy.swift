/// Which of the things that RFC 9420 allows a group accepts.
public struct GroupPolicy: Sendable {
    /// Numbers of the proposal types that are accepted.
    public var proposalTypes: Set<UInt16>
    /// Whether members may propose, in messages of their own and inside commits; else only external senders.
    public var memberProposals: Bool
    /// Whether clients may join by a commit of their own.
    public var externalCommits: Bool
    /// Whether encrypted handshake messages are accepted.
    public var privateMessages: Bool
    /// Whether the group context must hold `external_senders` with one sender, and nothing else.
    public var oneExternalSender: Bool
    /// Whether members have basic credentials with identities of their own, and keep credential and signature key.
    public var fixedIdentities: Bool
    /// Most members; also most leaves of the tree after rounding up to a power of two.
    public var maximumMembers: Int
    /// Most proposals that are kept for one commit.
    public var maximumProposals: Int

    /// Only one external sender changes the group, by Add and Remove proposals that members commit by reference, all
    /// in public messages. Up to 1024 members.
    public static let externalAddRemove = GroupPolicy(
        proposalTypes: [1, 3], memberProposals: false, externalCommits: false, privateMessages: false,
        oneExternalSender: true, fixedIdentities: true, maximumMembers: 1024, maximumProposals: 1024)

    /// Everything of RFC 9420 that this library can follow.
    public static let permissive = GroupPolicy(
        proposalTypes: [1, 2, 3, 4, 5, 6, 7], memberProposals: true, externalCommits: true, privateMessages: true,
        oneExternalSender: false, fixedIdentities: false, maximumMembers: MLSLimits.leaves, maximumProposals: 1024)

    /// Checks a group context that a welcome or a proposal brings.
    func check(_ context: GroupContext) throws(MLSError) {
        guard context.version == MLSParameters.version, context.cipherSuite == MLSParameters.cipherSuite else {
            throw .unsupported("Cipher suite \(context.cipherSuite)")
        }
        guard context.extensions.areDistinct else { throw .invalid("the group has an extension twice") }
        let senders = try context.externalSenders()
        guard !oneExternalSender || (context.extensions.count == 1 && senders.count == 1) else {
            throw .invalid("the group does not have exactly one external sender and no other extension")
        }
    }

    /// Checks who is in a tree and what they can handle in the group of `extensions`.
    func check(_ tree: RatchetTree, extensions: [Extension]) throws(MLSError) {
        let members = tree.members
        guard members.count <= maximumMembers, Int(tree.leafCount) / 2 < max(maximumMembers, 1) else {
            throw .tooLarge("The number of members", limit: maximumMembers)
        }
        let required = try RequiredCapabilities(extensions)
        for (_, leaf) in members {
            guard required.areMet(by: leaf.capabilities),
                extensions.allSatisfy({ leaf.capabilities.supports(extension: $0.type) })
            else { throw .invalid("a member lacks a capability that the group requires") }
        }
        guard fixedIdentities else { return }
        guard members.allSatisfy({ $0.leaf.credential.type == MLSParameters.basicCredential }) else {
            throw .unsupported("A credential that is not basic")
        }
        guard Set(members.map(\.leaf.identity)).count == members.count else {
            throw .invalid("two members have the same identity")
        }
    }
}

/// The `required_capabilities` extension of a group (RFC 9420 section 11.1).
struct RequiredCapabilities {
    private var extensions: [UInt16] = []
    private var proposals: [UInt16] = []
    private var credentials: [UInt16] = []

    /// What a group's extensions require; nothing without the extension.
    init(_ list: [Extension]) throws(MLSError) {
        guard let found = list.first(where: { $0.type == Extension.requiredCapabilities }) else { return }
        var reader = MLSReader(found.data)
        extensions = try reader.list()
        proposals = try reader.list()
        credentials = try reader.list()
        try reader.finish()
    }

    /// Whether a leaf's capabilities have all that is required.
    func areMet(by capabilities: Capabilities) -> Bool {
        extensions.allSatisfy { capabilities.supports(extension: $0) }
            && proposals.allSatisfy { capabilities.supports(proposal: $0) }
            && credentials.allSatisfy { capabilities.credentials.contains($0) }
    }
}
