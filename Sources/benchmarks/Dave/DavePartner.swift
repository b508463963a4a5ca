import DiscordVoice
import MLS
import ServiceKit

/// The other member of a peer's group, and the server between them: it lets the peer make a group with a key, and checks
/// that what the peer sends is really encrypted under it.
final class DavePartner {
    /// The user id of each peer.
    static let peer: UInt64 = 1_000_000_000_000_000_201
    private static let partner: UInt64 = 1_000_000_000_000_000_202
    private static let channel: UInt64 = 1_000_000_000_000_000_112

    private let server: SignaturePrivateKey
    private let signer: SignaturePrivateKey
    private let bundle: KeyPackageBundle
    private var decryptor = DAVEDecryptor()

    /// A partner with keys of its own.
    init() throws {
        server = try SignaturePrivateKey.generate()
        signer = try SignaturePrivateKey.generate()
        bundle = try KeyPackageBundle.make(identity: Self.bytes(Self.partner), signer: signer)
    }

    private static func bytes(_ number: UInt64) -> [UInt8] {
        (0..<8).reversed().map { UInt8(truncatingIfNeeded: number >> (8 * UInt64($0))) }
    }

    /// Has the peer commit our Add and accepts its commit.
    func admit(_ peer: Peer) async throws {
        let sender = ExternalSender(signatureKey: server.publicKey, identity: [0])
        let add = try ExternalProposal.make(
            .add(bundle.package), groupID: Self.bytes(Self.channel), epoch: 0, senderIndex: 0, signer: server)
        let proposals = DAVEServerMessage.appendProposals([MLSMessage.publicMessage(add).encoded])
        guard case .binary(_, let body) = proposals.wire else { return }
        try await peer.say("sender \(sender.encoded.hexadecimal)")
        try await peer.say("proposals \(body.hexadecimal)")
        let answer = try [UInt8](hexadecimal: try await peer.line(within: .seconds(30)), from: peer.name)
        guard case .commit(let commit, welcome: let welcome?) = try DAVEClientMessage(opcode: 28, answer) else {
            throw BenchmarkError.peer(name: peer.name, "it made no commit with a welcome")
        }
        try await peer.say("accept \(commit.hexadecimal)")
        try await peer.expect("ready", within: .seconds(30))
        let group = try Group.join(Welcome(decoding: welcome), bundle: bundle, signer: signer)
        let context = Array(Self.bytes(Self.peer).reversed())
        let secret = try group.export(label: "Discord Secure Frames v0", context: context, count: 16)
        decryptor.install(KeyRatchet(baseSecret: secret), now: .zero)
    }

    /// Throws unless a frame of the peer opens to as many bytes of `0x5A`.
    func check(_ frame: String, bytes count: Int, from name: String) throws {
        let frame = try [UInt8](hexadecimal: frame, from: name)
        guard try decryptor.open(frame, now: .zero) == [UInt8](repeating: 0x5A, count: count) else {
            throw BenchmarkError.peer(name: name, "its frame holds something else")
        }
    }
}

extension [UInt8] {
    /// Two lower-case digits for each byte.
    fileprivate var hexadecimal: String {
        map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    /// Bytes from such digits.
    fileprivate init(hexadecimal text: String, from name: String) throws {
        let digits = text.utf8.compactMap { Character(UnicodeScalar($0)).hexDigitValue }
        guard digits.count == text.utf8.count, digits.count.isMultiple(of: 2) else {
            throw BenchmarkError.peer(name: name, "it said “\(text.prefix(200))” instead of bytes")
        }
        self = stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }
}
