@testable import DiscordAPI
@testable import Sandbox

/// The gateway: compressed or plain messages, read as frames, through the shard's machine and the guild cache.
///
/// First byte: how the rest is read. Plain messages are lines; a line that begins with `!` is an event of another kind.
enum GatewayFuzz {
    static let target = FuzzTarget(run: run, seeds: seeds)

    private static func run(_ bytes: [UInt8]) {
        var input = FuzzInput(bytes)
        let mode = input.byte()
        switch mode & 3 {
        case 1: decompress(.zlibStream, &input)
        case 2: decompress(.zstdStream, &input)
        case 3: roundTrip(mode & 4 == 0 ? .zlibStream : .zstdStream, cut: mode >> 3, &input)
        default:
            var shard = ShardUnderTest()
            for line in input.lines() { shard.take(line) }
        }
    }

    /// Records are frames of a stream that anybody may have compressed.
    private static func decompress(_ compression: GatewayCompression, _ input: inout FuzzInput) {
        let limit = 1 << 20
        guard let stream = try? StreamDecompressor(compression, limit: limit) else { return }
        var shard = ShardUnderTest()
        while !input.isEmpty {
            do {
                guard let message = try stream.push(input.record()) else { continue }
                precondition(message.count <= limit)
                shard.take(message)
            } catch {
                return shard.take(Array("!z".utf8))
            }
        }
    }

    /// What was compressed properly comes out as it went in.
    private static func roundTrip(_ compression: GatewayCompression, cut: UInt8, _ input: inout FuzzInput) {
        guard let sender = Compression(rawValue: compression.rawValue).flatMap({ StreamCompressor($0) }),
            let receiver = try? StreamDecompressor(compression, limit: 1 << 20)
        else { preconditionFailure("the compressors do not start") }
        for line in input.lines() {
            let frame = sender.compress(line)
            do {
                guard compression == .zlibStream else {
                    let message = try receiver.push(frame) ?? []
                    precondition(message == line)
                    continue
                }
                // Discord may cut a message anywhere; by chance a piece may end like a message.
                var message: [UInt8] = []
                for piece in frame.pieces(cut) { message += try receiver.push(Array(piece)) ?? [] }
                precondition(message == line)
            } catch {
                preconditionFailure("\(error)")
            }
        }
    }

    private static func seeds() -> [(name: String, bytes: [UInt8])] {
        let plain = GatewaySeeds.conversations.map { (name: $0.name, bytes: [0] + Array($0.text.utf8)) }
        let lines = GatewaySeeds.conversations[0].text.split(separator: "\n").map { Array($0.utf8) }
        let compressed = [(UInt8(1), Compression.zlibStream), (2, .zstdStream)].map { mode, kind in
            let sender = StreamCompressor(kind)
            let frames = lines.prefix(3).map { sender?.compress($0) ?? [] }
            return (
                name: kind.rawValue, bytes: [mode] + frames.flatMap { [UInt8(clamping: $0.count)] + $0.prefix(255) }
            )
        }
        return plain + compressed + [
            (name: "cut-zlib", bytes: [3 | 5 << 3] + lines.joined(separator: [0x0A])),
            (name: "whole-zstd", bytes: [7] + lines.joined(separator: [0x0A])),
        ]
    }
}
