import CZlib
import CZstd
import DiscordModel
import TestSupport
import Testing

@testable import DiscordAPI

/// Both transport compressions against compressors that do what Discord does.
struct CompressionTests {
    static let messages = [
        #"{"op":10,"d":{"heartbeat_interval":41250}}"#, #"{"op":11}"#,
        #"{"op":0,"s":1,"t":"X","d":""# + String(repeating: "å🎵 abc", count: 30_000) + #""}"#,
        #"{"op":0,"s":2,"t":"X","d":null}"#,
    ].map { Array($0.utf8) }

    /// One frame per message, flushed at its end, all in one context.
    static func compress(_ messages: [[UInt8]], _ compression: GatewayCompression) -> [[UInt8]] {
        switch compression {
        case .none: return messages
        case .zlibStream:
            var stream = unsafe z_stream()
            unsafe deflateInit_(&stream, Z_DEFAULT_COMPRESSION, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
            defer { unsafe deflateEnd(&stream) }
            return messages.map { message in
                var input = message
                var output = [UInt8](repeating: 0, count: message.count + 1024)
                let count = unsafe input.withUnsafeMutableBufferPointer { source in
                    unsafe output.withUnsafeMutableBufferPointer { target in
                        unsafe stream.next_in = source.baseAddress
                        unsafe stream.avail_in = UInt32(source.count)
                        unsafe stream.next_out = target.baseAddress
                        unsafe stream.avail_out = UInt32(target.count)
                        unsafe deflate(&stream, Z_SYNC_FLUSH)
                        return unsafe target.count - Int(stream.avail_out)
                    }
                }
                return Array(output[..<count])
            }
        case .zstdStream:
            let context = unsafe ZSTD_createCCtx()
            defer { unsafe _ = ZSTD_freeCCtx(context) }
            return messages.map { message in
                var output = [UInt8](repeating: 0, count: message.count + 1024)
                let count = unsafe message.withUnsafeBytes { source in
                    unsafe output.withUnsafeMutableBytes { target in
                        var from = unsafe ZSTD_inBuffer(src: source.baseAddress, size: source.count, pos: 0)
                        var into = unsafe ZSTD_outBuffer(dst: target.baseAddress, size: target.count, pos: 0)
                        unsafe _ = ZSTD_compressStream2(context, &into, &from, ZSTD_e_flush)
                        return unsafe into.pos
                    }
                }
                return Array(output[..<count])
            }
        }
    }

    @Test(arguments: GatewayCompression.allCases)
    func wholeFrames(compression: GatewayCompression) throws {
        let decompressor = try StreamDecompressor(compression, limit: 1 << 20)
        for (frame, message) in zip(Self.compress(Self.messages, compression), Self.messages) {
            #expect(try decompressor.push(frame) == message)
        }
    }

    @Test func zlibMessagesMayBeSplitAtEveryByte() throws {
        let frames = Self.compress(Self.messages, .zlibStream)
        let single = try StreamDecompressor(.zlibStream, limit: 1 << 20)
        var read: [[UInt8]] = []
        for byte in frames.joined() {
            if let message = try single.push([byte]) { read.append(message) }
        }
        #expect(read == Self.messages)
        for cut in 0...frames[0].count {
            let decompressor = try StreamDecompressor(.zlibStream, limit: 1 << 20)
            let first = try decompressor.push(Array(frames[0][..<cut]))
            let second = try decompressor.push(Array(frames[0][cut...]))
            #expect((first ?? []) + (second ?? []) == Self.messages[0])
        }
    }

    @Test func zstdStreamsMayBeSplitAtEveryByte() throws {
        let frames = Self.compress(Self.messages, .zstdStream)
        let stream = try ZstdStream()
        var read: [UInt8] = []
        for byte in frames.joined() { read += try stream.decompress([byte], limit: 1 << 20) }
        #expect(read == Array(Self.messages.joined()))
        for cut in 0...frames[0].count {
            let stream = try ZstdStream()
            let first = try stream.decompress(Array(frames[0][..<cut]), limit: 1 << 20)
            let second = try stream.decompress(Array(frames[0][cut...]), limit: 1 << 20)
            #expect(first + second == Self.messages[0])
        }
    }

    @Test(arguments: [GatewayCompression.zlibStream, .zstdStream])
    func bombsAreRefused(compression: GatewayCompression) throws {
        let bomb = [UInt8](repeating: 0x20, count: 8 << 20)
        let frame = try #require(Self.compress([bomb], compression).first)
        #expect(frame.count < 50_000)
        let decompressor = try StreamDecompressor(compression, limit: 1 << 20)
        #expect(throws: GatewayFailure.messageTooLarge(limit: 1 << 20)) { try decompressor.push(frame) }
    }

    @Test func endlessZlibMessagesAreRefused() throws {
        let decompressor = try StreamDecompressor(.zlibStream, limit: 1000)
        for _ in 0..<10 { #expect(try decompressor.push([UInt8](repeating: 1, count: 100)) == nil) }
        #expect(throws: GatewayFailure.messageTooLarge(limit: 1000)) { try decompressor.push([1]) }
    }

    @Test(arguments: [GatewayCompression.zlibStream, .zstdStream])
    func garbageIsAnErrorOrNothing(compression: GatewayCompression) throws {
        var random = SeededRandom(seed: 5)
        var errors = 0
        let frames = Self.compress(Self.messages, compression)
        for round in 0..<300 {
            let decompressor = try StreamDecompressor(compression, limit: 1 << 20)
            for frame in frames {
                var mutant = frame
                for _ in 0..<3 {
                    mutant[Int.random(in: 0..<mutant.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
                }
                if round % 3 == 0 {
                    mutant = (0..<50).map { _ in UInt8.random(in: 0...255, using: &random) } + [0, 0, 255, 255]
                }
                do {
                    if let message = try decompressor.push(mutant) { _ = try? GatewayFrame(message) }
                } catch {
                    errors += 1
                    break
                }
            }
        }
        #expect(errors > 100)
    }

    @Test func aFinishedStreamIsAnError() throws {
        #expect(throws: GatewayFailure.self) {
            let decompressor = try StreamDecompressor(.zlibStream, limit: 1000)
            // A complete zlib stream of "a" whose Adler checksum happens not to be a flush mark.
            _ = try decompressor.push([0x78, 0x9C, 0x4B, 0x04, 0x00, 0x00, 0x62, 0x00, 0x62, 0x00, 0x00, 0xFF, 0xFF])
        }
    }
}
