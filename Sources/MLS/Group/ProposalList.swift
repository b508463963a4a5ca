/// The proposals of one commit, validated and applied together (RFC 9420 sections 12.2 and 12.3).
struct ProposalList {
    /// The tree with the proposals applied, without the commit's path.
    private(set) var tree: RatchetTree
    /// The group's extensions afterwards.
    private(set) var extensions: [Extension]
    /// Who joins, by leaf index.
    private(set) var added: [(leaf: UInt32, package: KeyPackage)] = []
    /// The pre-shared keys to mix in.
    private(set) var preSharedKeys: [PreSharedKeyID] = []
    /// The encapsulation of a commit of a new member.
    private(set) var externalInit: [UInt8]?
    /// Whether the group ends with this commit.
    private(set) var endsGroup = false
    /// Whether the commit must have a path.
    private(set) var needsPath: Bool
    /// Leaves that are removed.
    private(set) var removed: Set<UInt32> = []

    /// The leaves that join.
    var addedLeaves: Set<UInt32> { Set(added.map(\.leaf)) }

    /// Applies proposals, each valid by itself, of which a commit of `committer` is made.
    init(
        _ proposals: [(proposal: Proposal, sender: Sender)], committer: Sender, tree: RatchetTree,
        extensions: [Extension]
    ) throws(MLSError) {
        self.tree = tree
        self.extensions = extensions
        needsPath = proposals.isEmpty
        var updates: [UInt32: LeafNode] = [:]
        var adds: [KeyPackage] = []
        var newExtensions: [Extension]?
        for (proposal, sender) in proposals {
            switch proposal {
            case .add(let package): adds.append(package)
            case .update(let leaf):
                guard case .member(let index) = sender, sender != committer else {
                    throw .invalid("a commit updates its committer by a proposal")
                }
                guard updates.updateValue(leaf, forKey: index) == nil else {
                    throw .invalid("a commit changes a member twice")
                }
                needsPath = true
            case .remove(let leaf):
                guard committer != .member(leaf) else { throw .invalid("a commit removes its committer") }
                guard removed.insert(leaf).inserted else { throw .invalid("a commit changes a member twice") }
                needsPath = true
            case .preSharedKey(let identifier):
                guard !preSharedKeys.contains(identifier) else {
                    throw .invalid("a commit has a pre-shared key twice")
                }
                preSharedKeys.append(identifier)
            case .reInit:
                guard proposals.count == 1 else { throw .invalid("a commit has ReInit and other proposals") }
                endsGroup = true
            case .externalInit(let kemOutput):
                guard externalInit == nil else { throw .invalid("a commit has two ExternalInit proposals") }
                externalInit = kemOutput
                needsPath = true
            case .groupContextExtensions(let list):
                guard newExtensions == nil else { throw .invalid("a commit replaces the extensions twice") }
                newExtensions = list
                needsPath = true
            }
        }
        guard removed.isDisjoint(with: updates.keys) else { throw .invalid("a commit changes a member twice") }
        if committer == .newMemberCommit {
            guard externalInit != nil, updates.isEmpty, adds.isEmpty, newExtensions == nil, !endsGroup,
                removed.count <= 1
            else { throw .invalid("the commit of a new member has proposals it may not have") }
        } else if externalInit != nil {
            throw .invalid("the commit of a member has an ExternalInit proposal")
        }
        if let newExtensions { self.extensions = newExtensions }
        try apply(updates: updates, adds: adds)
    }

    private mutating func apply(updates: [UInt32: LeafNode], adds: [KeyPackage]) throws(MLSError) {
        for (index, leaf) in updates.sorted(by: { $0.key < $1.key }) {
            guard tree.leaf(index) != nil else { throw .invalid("there is no member at leaf \(index)") }
            tree.update(index, to: leaf)
        }
        for index in removed.sorted() { try tree.remove(index) }
        if !removed.isEmpty { tree.truncate() }
        for package in adds { added.append((try tree.add(package.leafNode), package)) }
        // Whoever is new must not bring a key that somebody has; a path's keys are checked when it is merged.
        if !updates.isEmpty || !adds.isEmpty {
            try tree.verifyDistinctKeys()
            try tree.verifyCredentials()
        }
    }
}
