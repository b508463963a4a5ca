import Testing

@testable import MLS

/// A member who signs and tags what it likes still cannot bring the others to accept what is against the rules.
@Suite struct InsiderTests {
    /// A call of four in which the first member commits to remove the fourth and add a newcomer.
    private final class Change {
        let call: Call
        let newcomer: Participant
        let commit: Commit
        let welcome: Welcome
        var insider: Member { call.members[0] }
        var victim: Member { call.members[1] }

        init() throws {
            call = try Call(of: 4)
            newcomer = try call.newcomer()
            for proposal in try call.proposals(adding: [newcomer], removing: [3]) {
                for member in call.members { try member.group.receiveProposal(proposal) }
            }
            let pending = try call.members[0].group.commit(signer: call.members[0].participant.signer)
            welcome = try Welcome(decoding: pending.welcome ?? [])
            guard case .commit(let commit) = try call.commit(pending.message).content.content else {
                throw MLSError.invalid("not a commit")
            }
            self.commit = commit
        }

        /// Lets the victim follow a commit that the insider signs and tags anew.
        func process(_ commit: Commit) throws {
            let context = insider.group.context
            let content = FramedContent(
                groupID: Call.id, epoch: context.epoch, sender: .member(0), content: .commit(commit))
            var message = try AuthenticatedContent(
                signing: content, as: .publicMessage, context: context, signer: insider.participant.signer)
            message.confirmationTag = Array(repeating: 0, count: 32)
            var framed = try PublicMessage(message)
            framed.tag(key: insider.group.secrets.membershipKey, context: context)
            _ = try victim.group.process(framed)
        }

        /// Changes the commit's path, signing the leaf again.
        func processPath(resign: Bool = true, _ change: (inout UpdatePath) throws -> Void) throws {
            var changed = commit
            try changed.path.map { path in
                var path = path
                try change(&path)
                if resign { try path.leafNode.sign(insider.participant.signer, groupID: Call.id, leaf: 0) }
                changed.path = path
            }
            try process(changed)
        }

        /// Lets the newcomer join with a welcome whose group info and secrets were changed and sealed again.
        func join(
            resign: Bool = true, _ change: (inout GroupInfo, inout GroupSecrets) throws -> Void
        ) throws {
            var (info, secrets, preShared) = try Group.open(
                welcome, for: newcomer.bundle.package, initKey: newcomer.bundle.initKey, preSharedKeys: .none)
            try change(&info, &secrets)
            if resign {
                info = try GroupInfo(
                    context: info.context, extensions: info.extensions, confirmationTag: info.confirmationTag,
                    signer: info.signer, key: insider.participant.signer)
            }
            let sealed = try WelcomeKey(
                JoinerSecret(secrets.joinerSecret).welcome(preSharedSecret: preShared)
            ).seal(info)
            let encrypted = try HPKE.encrypt(
                Secret(secrets.encoded), to: newcomer.bundle.package.initKey, label: "Welcome", context: sealed)
            let forged = Welcome(
                secrets: [Welcome.Entry(reference: newcomer.bundle.package.reference, encrypted)],
                encryptedGroupInfo: sealed)
            _ = try Group.join(forged, bundle: newcomer.bundle, signer: newcomer.signer)
        }
    }

    @Test func unchangedCommitsOnlyLackTheirTag() throws {
        let change = try Change()
        #expect(throws: MLSError.badConfirmationTag) { try change.process(change.commit) }
        // A leaf signed again is another tree, which the path secrets were not encrypted for.
        #expect(throws: MLSError.undecryptable("UpdatePathNode secret")) { try change.processPath { _ in } }
    }

    @Test func commitsNeedTheirPathAndProposals() throws {
        let change = try Change()
        #expect(throws: MLSError.invalid("a commit lacks the path that it needs")) {
            try change.process(Commit(proposals: change.commit.proposals, path: nil))
        }
        #expect(throws: MLSError.invalid("a commit lacks the path that it needs")) {
            try change.process(Commit(proposals: [], path: nil))
        }
        #expect(throws: MLSError.invalid("a commit refers to a proposal that it may not refer to")) {
            try change.process(
                Commit(
                    proposals: change.commit.proposals + change.commit.proposals.prefix(1), path: change.commit.path))
        }
        #expect(throws: MLSError.unknownProposal) {
            try change.process(Commit(proposals: [.reference([1])], path: change.commit.path))
        }
        #expect(throws: MLSError.unsupported("A proposal inside a commit")) {
            try change.process(Commit(proposals: [.proposal(.remove(leaf: 3))], path: change.commit.path))
        }
    }

    @Test func pathsFitTheTree() throws {
        let change = try Change()
        let wrongLength = MLSError.invalid("the path of a commit has the wrong length")
        #expect(throws: wrongLength) { try change.processPath { $0.nodes.removeLast() } }
        #expect(throws: wrongLength) { try change.processPath { $0.nodes.append($0.nodes[0]) } }
        let wrongCount = MLSError.invalid("a node of a commit's path has the wrong number of ciphertexts")
        #expect(throws: wrongCount) {
            try change.processPath { $0.nodes[0].encryptedPathSecret.append($0.nodes[0].encryptedPathSecret[0]) }
        }
        #expect(throws: wrongCount) { try change.processPath { $0.nodes[1].encryptedPathSecret = [] } }
        let known = MLSError.invalid("the path of a commit has a key that is in the tree already")
        #expect(throws: known) { try change.processPath { $0.nodes[1].encryptionKey = $0.nodes[0].encryptionKey } }
        let taken = change.victim.participant.bundle.package.leafNode.encryptionKey
        #expect(throws: known) { try change.processPath { $0.nodes[1].encryptionKey = taken } }
        #expect(throws: known) { try change.processPath { $0.leafNode.encryptionKey = taken } }
        #expect(throws: MLSError.invalid("the path of a commit has a key off the curve")) {
            try change.processPath { $0.nodes[1].encryptionKey = [4] + [UInt8](repeating: 1, count: 64) }
        }
    }

    @Test func pathsHoldTheirParentHash() throws {
        let change = try Change()
        let wrong = MLSError.invalid("the leaf of a commit has the wrong parent hash")
        let other = try HPKE.KeyPair.generate().publicKey
        #expect(throws: wrong) { try change.processPath { $0.nodes[0].encryptionKey = other } }
        #expect(throws: wrong) { try change.processPath { $0.leafNode.source = .commit(parentHash: []) } }
        #expect(throws: MLSError.invalid("the leaf of a commit has another source")) {
            try change.processPath { $0.leafNode.source = .update }
        }
    }

    @Test func pathSecretsLeadToTheirKeys() throws {
        let change = try Change()
        // A ciphertext of another place opens with no key of the victim.
        #expect(throws: MLSError.undecryptable("UpdatePathNode secret")) {
            try change.processPath { path in
                path.nodes[0].encryptedPathSecret[0] = path.nodes[1].encryptedPathSecret[0]
            }
        }
    }

    @Test func committersKeepWhoTheyAre() throws {
        let change = try Change()
        let kept = MLSError.invalid("a commit changes its committer's credential or signature key")
        #expect(throws: kept) { try change.processPath { $0.leafNode.credential = .basic([7]) } }
        #expect(throws: kept) {
            try change.processPath { $0.leafNode.signatureKey = try SignaturePrivateKey.generate().publicKey }
        }
        #expect(throws: MLSError.badSignature("leaf node")) {
            try change.processPath(resign: false) { $0.leafNode.signature[10] ^= 1 }
        }
        #expect(throws: MLSError.invalid("a leaf's capabilities do not list its own credential type")) {
            try change.processPath { $0.leafNode.capabilities.credentials = [] }
        }
        #expect(throws: MLSError.invalid("a leaf has an extension that its capabilities do not list")) {
            try change.processPath { $0.leafNode.extensions = [Extension(type: 77, data: [])] }
        }
    }

    @Test func welcomesTellTheTruth() throws {
        let change = try Change()
        try change.join { _, _ in }
        #expect(throws: MLSError.badSignature("group info")) {
            try change.join(resign: false) { info, _ in info.signature[10] ^= 1 }
        }
        #expect(throws: MLSError.badSignature("group info")) { try change.join { info, _ in info.signer = 1 } }
        #expect(throws: MLSError.invalid("the welcome's signer is not in the group")) {
            try change.join { info, _ in info.signer = 9 }
        }
        #expect(throws: MLSError.badConfirmationTag) {
            try change.join { info, _ in info.confirmationTag[0] ^= 1 }
        }
        #expect(throws: MLSError.badConfirmationTag) { try change.join { info, _ in info.context.epoch += 1 } }
        #expect(throws: MLSError.invalid("the ratchet tree does not have the group's tree hash")) {
            try change.join { info, _ in info.context.treeHash[0] ^= 1 }
        }
        #expect(throws: MLSError.invalid("the welcome carries no ratchet tree")) {
            try change.join { info, _ in info.extensions = [] }
        }
        #expect(throws: MLSError.invalid("the group does not have exactly one external sender and no other extension"))
        {
            try change.join { info, _ in info.context.extensions = [] }
        }
        #expect(throws: MLSError.unsupported("Cipher suite 1")) {
            try change.join { info, _ in info.context.cipherSuite = 1 }
        }
    }

    @Test func welcomesTellTheirSecrets() throws {
        let change = try Change()
        #expect(throws: MLSError.invalid("a path secret does not lead to the tree's keys")) {
            try change.join { _, secrets in secrets.pathSecret = Secret(zeros: 32) }
        }
        #expect(throws: MLSError.badConfirmationTag) {
            try change.join { _, secrets in secrets.joinerSecret = Secret(zeros: 32) }
        }
        // Without the path secret one can join, but not follow the next path: that shows later.
        try change.join { _, secrets in secrets.pathSecret = nil }
    }

    /// Trees whose hash and signature are right, and that are still not a group's.
    @Test func welcomesCarryATreeThatHolds() throws {
        let change = try Change()
        func join(_ edit: (inout RatchetTree) throws -> Void) throws {
            try change.join { info, _ in
                var tree = try RatchetTree(decoding: info.extensions[0].data)
                try edit(&tree)
                info.extensions[0].data = tree.encoded
                info.context.treeHash = tree.treeHash()
            }
        }
        let chain = MLSError.invalid("the parent hashes of the ratchet tree do not chain")
        let key = try HPKE.KeyPair.generate().publicKey
        for node in [1, 3] as [UInt32] {
            #expect(throws: chain) {
                try join { tree in
                    guard var parent = tree.parent(node) else { return }
                    parent.encryptionKey = key
                    tree.set(node, to: .parent(parent))
                }
            }
            #expect(throws: chain) {
                try join { tree in
                    guard var parent = tree.parent(node) else { return }
                    parent.parentHash = [1]
                    tree.set(node, to: .parent(parent))
                }
            }
        }
        #expect(throws: chain) {
            try join { $0.set(5, to: .parent(ParentNode(encryptionKey: key, parentHash: []))) }
        }
        let unmerged = MLSError.invalid("an unmerged leaf of the ratchet tree is out of place")
        for leaves in [[0, 0], [1, 0], [7], [2, 1]] as [[UInt32]] {
            #expect(throws: unmerged) {
                try join { tree in
                    guard var parent = tree.parent(1) else { return }
                    parent.unmergedLeaves = leaves
                    tree.set(1, to: .parent(parent))
                }
            }
        }
        #expect(throws: MLSError.invalid("the group has no leaf of this key package")) {
            try join { try $0.remove(3) }
        }
        #expect(throws: MLSError.invalid("two members have the same identity")) {
            try join { tree in
                guard var leaf = tree.leaf(1) else { return }
                leaf.credential = .basic(RecordedCall.identity(1))
                tree.set(2, to: .leaf(leaf))
            }
        }
        #expect(throws: MLSError.invalid("two members have the same signature key")) {
            try join { tree in
                guard var leaf = tree.leaf(1), let other = tree.leaf(2) else { return }
                leaf.signatureKey = other.signatureKey
                tree.set(2, to: .leaf(leaf))
            }
        }
        #expect(throws: MLSError.badSignature("leaf node")) {
            try join { tree in
                guard var leaf = tree.leaf(0) else { return }
                leaf.signature[10] ^= 1
                tree.set(0, to: .leaf(leaf))
            }
        }
    }
}
