@testable import DiscordVoice
import MLS

/// Encrypted frames and the messages of DAVE.
///
/// Records: a byte of flags, then a record. Flag bits 0 and 1 say what it is: 0 a frame as it comes, 1 a frame that is
/// sealed first, then changed when bit 2 is set (place, addend), and comes twice when bit 3 is set; 2 a message of the
/// server, 3 one of a client (opcode, body). Bit 4: the clock moves on by a second.
enum FrameFuzz {
    static let target = FuzzTarget(run: run, seeds: seeds)

    private static func run(_ bytes: [UInt8]) {
        var input = FuzzInput(bytes)
        let decryptor = DAVEDecryptor(plainUntil: .seconds(5))
        let ratchet = KeyRatchet(baseSecret: Secret([UInt8](repeating: 7, count: KeyRatchet.keyByteCount)))
        let encryptor = DAVEEncryptor()
        guard (try? encryptor.install(ratchet)) != nil else { preconditionFailure("no key") }
        var now: Duration = .zero
        decryptor.install(ratchet, now: now)
        while !input.isEmpty {
            let flags = input.byte()
            let record = input.record()
            if flags & 16 != 0 { now += .seconds(1) }
            switch flags & 3 {
            case 0: unsealed(record, decryptor, now)
            case 1: sealed(record, flags, &input, encryptor, decryptor, now)
            case 2: server(record)
            default: client(record)
            }
        }
        precondition(decryptor.ratchetCount <= DAVEDecryptor.maximumRatchets)
    }

    private static func unsealed(_ frame: [UInt8], _ decryptor: DAVEDecryptor, _ now: Duration) {
        if let trailer = FrameTrailer(parsing: frame) {
            precondition(trailer.frameByteCount >= 0 && trailer.frameByteCount < frame.count)
            precondition(trailer.clear.allSatisfy { $0.upperBound <= trailer.frameByteCount })
        }
        do {
            let opened = try decryptor.open(frame, now: now)
            precondition(opened == frame, "a frame without a key was decrypted")
        } catch {}
    }

    private static func sealed(
        _ frame: [UInt8], _ flags: UInt8, _ input: inout FuzzInput, _ encryptor: DAVEEncryptor,
        _ decryptor: DAVEDecryptor, _ now: Duration
    ) {
        var buffer = frame + [UInt8](repeating: 0, count: 64)
        let change = unsafe buffer.withUnsafeMutableBytes {
            unsafe encryptor.transform($0, byteCount: frame.count)
        }
        guard case .ready(let count) = change else { preconditionFailure("a frame was held") }
        var packet = Array(buffer[..<count])
        if flags & 4 != 0 {
            packet[Int(input.byte()) % packet.count] &+= input.byte() | 1
            // What the change made plain, or made look like silence, passes as it is.
            if let opened = try? decryptor.open(packet, now: now) { precondition(opened == packet) }
            return
        }
        let opened = try? decryptor.open(packet, now: now)
        precondition(opened == frame, "a whole frame did not open")
        if flags & 8 != 0 { precondition((try? decryptor.open(packet, now: now)) == nil, "a frame opened twice") }
    }

    private static func server(_ bytes: [UInt8]) {
        guard let opcode = bytes.first else { return }
        let body = Array(bytes.dropFirst())
        guard let message = try? DAVEServerMessage(opcode: opcode, body) else { return }
        precondition(message.wire == .binary(opcode: opcode, body), "a message has a second encoding")
    }

    private static func client(_ bytes: [UInt8]) {
        guard let opcode = bytes.first else { return }
        let body = Array(bytes.dropFirst())
        guard let message = try? DAVEClientMessage(opcode: opcode, body) else { return }
        if case .keyPackage = message { return }
        precondition(message.wire == .binary(opcode: opcode, body), "a message has a second encoding")
    }

    private static func seeds() -> [(name: String, bytes: [UInt8])] {
        func record(_ flags: UInt8, _ bytes: [UInt8]) -> [UInt8] { [flags, UInt8(bytes.count)] + bytes }
        let frame = [UInt8](repeating: 0x5A, count: 40)
        let sealed = record(1, frame) + record(9, frame) + record(5, frame) + [3, 1] + record(17, frame)
        let trailer = frame + [UInt8](repeating: 1, count: 8) + [0x85, 1, 0, 4, 8, 2, 17, 0xFA, 0xFA]
        return [
            ("sealed", sealed),
            ("unsealed", record(0, trailer) + record(0, [0xF8, 0xFF, 0xFE]) + record(0, frame + [12, 0xFA, 0xFA])),
            ("revoke", record(2, [27, 1, 33, 32] + [UInt8](repeating: 3, count: 32))),
            ("transitions", record(2, [29, 0, 7, 1, 2]) + record(2, [30, 0, 8, 1, 2]) + record(2, [25, 1])),
            ("client", record(3, [26, 0, 1, 0, 5, 1]) + record(3, [28, 0, 1, 0, 1])),
        ]
    }
}
