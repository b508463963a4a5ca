import TestSupport
import Testing

@testable import MLS

/// Every message cut at every byte and with every byte changed: an error, or the same bytes again; never a trap.
@Suite struct HostileInputTests {
    /// One of each message of a call, made once.
    private struct Messages {
        var named: [(String, [UInt8])] = []
        let call: Call
        let newcomer: Participant
        let commit: [UInt8]
        let welcome: [UInt8]

        init() throws {
            call = try Call(of: 5)
            newcomer = try call.newcomer()
            let first = call.members[0]
            for proposal in try call.proposals(adding: [newcomer], removing: [3]) {
                for member in call.members { try member.group.receiveProposal(proposal) }
                named.append(("proposal", MLSMessage.publicMessage(proposal).encoded))
            }
            let pending = try first.group.commit(signer: first.participant.signer)
            commit = pending.message
            welcome = pending.welcome ?? []
            named.append(("commit", commit))
            named.append(("key package", MLSMessage.keyPackage(newcomer.bundle.package).encoded))
            named.append(("welcome", MLSMessage.welcome(try Welcome(decoding: welcome)).encoded))
            let info = try Group.open(
                Welcome(decoding: welcome), for: newcomer.bundle.package, initKey: newcomer.bundle.initKey,
                preSharedKeys: .none
            ).info
            named.append(("group info", MLSMessage.groupInfo(info).encoded))
            let content = FramedContent(
                groupID: Call.id, epoch: 1, sender: .member(0), content: .application([1, 2, 3]))
            let signed = try AuthenticatedContent(
                signing: content, as: .privateMessage, context: first.group.context, signer: first.participant.signer)
            var secrets = first.group.secretTree
            let sealed = try PrivateMessage(
                signed, secrets: &secrets, senderData: first.group.secrets.senderData, padding: 3)
            named.append(("private message", MLSMessage.privateMessage(sealed).encoded))
        }
    }

    private static func changes(_ bytes: [UInt8], at index: Int) -> [[UInt8]] {
        ([0x01, 0x80, 0xFF] as [UInt8]).map { mask in
            var changed = bytes
            changed[index] ^= mask
            return changed
        }
    }

    @Test func cutMessagesAreErrors() throws {
        for (name, bytes) in try Messages().named {
            #expect(try MLSMessage(decoding: bytes).encoded == bytes, "\(name)")
            for count in bytes.indices {
                #expect(throws: MLSError.self, "\(name) cut to \(count)") {
                    try MLSMessage(decoding: Array(bytes[..<count]))
                }
            }
        }
    }

    @Test func changedMessagesAreErrorsOrKeepTheirBytes() throws {
        for (name, bytes) in try Messages().named {
            for index in bytes.indices {
                for changed in Self.changes(bytes, at: index) {
                    guard let message = try? MLSMessage(decoding: changed) else { continue }
                    #expect(message.encoded == changed, "\(name) changed at \(index)")
                }
            }
        }
    }

    @Test func changedTreesAreErrorsOrDoNotHold() throws {
        let call = try Call(of: 6)
        try call.change(adding: [], removing: [2], committer: 0)
        let bytes = call.members[0].group.tree.encoded
        var good = try RatchetTree(decoding: bytes)
        try good.validate(groupID: Call.id)
        for index in bytes.indices {
            var changed = bytes
            changed[index] ^= 0x01
            guard var tree = try? RatchetTree(decoding: changed) else { continue }
            #expect(tree.encoded == changed)
            #expect(throws: MLSError.self, "changed at \(index)") { try tree.validate(groupID: Call.id) }
        }
        for count in bytes.indices {
            #expect(throws: MLSError.self) { try RatchetTree(decoding: Array(bytes[..<count])) }
        }
    }

    @Test func changedMessagesChangeNoGroup() throws {
        let messages = try Messages()
        let member = messages.call.members[1]
        let before = member.group.epochAuthenticator
        for index in messages.commit.indices {
            for changed in Self.changes(messages.commit, at: index) {
                #expect(throws: MLSError.self, "commit changed at \(index)") {
                    _ = try member.group.process(messages.call.commit(changed))
                }
            }
        }
        for index in messages.welcome.indices {
            var changed = messages.welcome
            changed[index] ^= 0x01
            #expect(throws: MLSError.self, "welcome changed at \(index)") {
                _ = try Group.join(
                    Welcome(decoding: changed), bundle: messages.newcomer.bundle, signer: messages.newcomer.signer)
            }
        }
        let fresh = messages.call.members[2]
        fresh.group.cached = []
        for (name, bytes) in messages.named where name == "proposal" {
            for index in bytes.indices {
                var changed = bytes
                changed[index] ^= 0x01
                #expect(throws: MLSError.self, "proposal changed at \(index)") {
                    try fresh.group.receiveProposal(messages.call.commit(changed))
                }
            }
        }
        #expect(fresh.group.proposals.isEmpty)
        #expect(member.group.epochAuthenticator == before)
        #expect(try member.group.process(messages.call.commit(messages.commit)).epoch == 2)
    }

    @Test(arguments: 0..<200 as Range<UInt64>)
    func randomBytesAreErrorsOrKeepTheirBytes(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var bytes = (0..<Int.random(in: 0...600, using: &random)).map { _ in
            UInt8.random(in: 0...(Bool.random(using: &random) ? 8 : 255), using: &random)
        }
        if bytes.count > 4 { bytes.replaceSubrange(0..<4, with: [0, 1, 0, UInt8.random(in: 1...5, using: &random)]) }
        if let message = try? MLSMessage(decoding: bytes) { #expect(message.encoded == bytes) }
        if let tree = try? RatchetTree(decoding: bytes) { #expect(tree.encoded == bytes) }
        if let secrets = try? GroupSecrets(decoding: bytes) { #expect(secrets.encoded == bytes) }
        if let content = try? AuthenticatedContent(decoding: bytes) { #expect(content.encoded == bytes) }
    }
}
