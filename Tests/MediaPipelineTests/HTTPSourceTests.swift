import FoundationEssentials
import MediaPipeline
import Networking
import ServiceKit
import Synchronization
import Testing

/// Serves the files of a folder in all the ways that media servers do.
final class MediaServer: WebServerHandler {
    private let folder: String
    private let requests = Mutex<[String]>([])

    init(folder: String) {
        self.folder = folder
    }

    /// The requests so far: path and range.
    var log: [String] { requests.withLock { $0 } }

    func respond(to request: ServerRequest) async -> ServerResponse {
        requests.withLock { $0.append("\(request.path) \(request.headers["range"] ?? "")") }
        let parts = request.path.split(separator: "/").map(String.init)
        guard parts.count == 2 else { return .text(404, "no such thing") }
        switch parts[0] {
        case "status": return .text(Int(parts[1]) ?? 500, "as you wish")
        case "redirect":
            let target = request.queryValue("to") ?? ""
            return ServerResponse(status: 302, headers: HTTPHeaders([("Location", target)]))
        case "hang":
            return ServerResponse(status: 200, body: .stream(BoundedChannel<[UInt8]>(capacity: 1)))
        case "endless":
            return endless(parts[1])
        case "live" where parts[1] == "list.m3u8":
            return livePlaylist()
        case "holed" where parts[1] == "part1.ts": return .text(404, "lost")
        default: break
        }
        guard let data = try? Data(contentsOf: URL(filePath: folder + "/" + parts[1])) else {
            return .text(404, "no such file")
        }
        let whole = [UInt8](data)
        switch parts[0] {
        case "plain": return ServerResponse(status: 200, body: .bytes(whole))
        case "chunked", "radio":
            // The whole body is in the channel at once: more than any test file holds.
            let channel = BoundedChannel<[UInt8]>(capacity: whole.count / 1000 + 2)
            for start in stride(from: 0, to: whole.count, by: 1000) {
                channel.trySend(Array(whole[start..<min(whole.count, start + 1000)]))
            }
            channel.finish()
            let headers =
                parts[0] == "radio" ? HTTPHeaders([("icy-name", "Radio Test"), ("icy-br", "128")]) : HTTPHeaders()
            return ServerResponse(status: 200, headers: headers, body: .stream(channel))
        case "stall": return stalling(whole, request.headers["range"])
        default: return ranged(whole, request.headers["range"], longest: parts[0] == "short" ? 20_000 : .max)
        }
    }

    /// The wanted part; of the whole only the first half ever comes.
    private func stalling(_ whole: [UInt8], _ range: String?) -> ServerResponse {
        let full = ranged(whole, range, longest: .max)
        guard range?.hasPrefix("bytes=0-") == true, case .bytes(let body) = full.body else { return full }
        let channel = BoundedChannel<[UInt8]>(capacity: 2)
        channel.trySend(Array(body.prefix(body.count / 2)))
        return ServerResponse(status: 206, headers: full.headers, body: .stream(channel))
    }

    /// A body without end: letters that look like a playlist, or zeros.
    private func endless(_ kind: String) -> ServerResponse {
        let channel = BoundedChannel<[UInt8]>(capacity: 4)
        let line =
            kind == "playlist" ? Array("#EXTINF:1,\nhttp://example.org/a.ts\n".utf8) : [UInt8](repeating: 0, count: 40)
        let block = [UInt8]((0..<1000).flatMap { _ in line })
        let first = kind == "playlist" ? Array("#EXTM3U\n#EXT-X-TARGETDURATION:1\n".utf8) : []
        Task {
            await channel.send(first + block)
            while await channel.send(block) {}
        }
        return ServerResponse(status: 200, body: .stream(channel))
    }

    /// A live playlist that gets its last segment, and its end, with the second request.
    private func livePlaylist() -> ServerResponse {
        let isFirst = log.filter { $0.hasPrefix("/live/list.m3u8") }.count == 1
        var text = "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:1\n#EXT-X-MEDIA-SEQUENCE:0\n"
        for part in 0..<(isFirst ? 3 : 4) { text += "#EXTINF:1.0,\n/ranged/part\(part).ts\n" }
        if !isFirst { text += "#EXT-X-ENDLIST\n" }
        return ServerResponse(status: 200, body: .bytes(Array(text.utf8)))
    }

    /// A part of a file; at most `longest` bytes of it, as a connection that breaks off.
    private func ranged(_ whole: [UInt8], _ range: String?, longest: Int) -> ServerResponse {
        guard let range, range.hasPrefix("bytes=") else {
            return ServerResponse(status: 200, headers: HTTPHeaders([("Accept-Ranges", "bytes")]), body: .bytes(whole))
        }
        let ends = range.dropFirst(6).split(separator: "-", omittingEmptySubsequences: false)
        guard let first = Int(ends[0]), first < whole.count else { return .text(416, "out of range") }
        var last = min(whole.count - 1, ends.count > 1 ? Int(ends[1]) ?? .max : .max)
        let stated = last
        last = min(last, first + min(longest, whole.count) - 1)
        let content = "bytes \(first)-\(longest < .max ? last : stated)/\(whole.count)"
        return ServerResponse(
            status: 206, headers: HTTPHeaders([("Content-Range", content)]), body: .bytes(Array(whole[first...last])))
    }
}

@Suite(.enabled(if: MediaFixture.hasFFmpeg), .serialized, .timeLimit(.minutes(5))) struct HTTPSourceTests {
    /// Runs `body` with a pool and a server for the folder; `address` is `http://127.0.0.1:PORT`.
    static func serve(
        _ body:
            @Sendable (
                _ pool: MediaWorkerPool, _ folder: String, _ address: String, _ server: MediaServer,
                _ request: @Sendable (String) -> MediaRequest
            ) async throws -> Void
    ) async throws {
        try await MediaFixture.run { pool, folder in
            let handler = MediaServer(folder: folder)
            let server = WebServer(handler: handler)
            let port = try await server.start()
            let address = "http://127.0.0.1:\(port)"
            do {
                try await body(pool, folder, address, handler) { path in
                    MediaRequest(
                        source: .http(url: address + path, headers: ["X-Test": "1"]),
                        allowPrivateNetwork: ["127.0.0.1:\(port)"], openTimeLimit: .seconds(120),
                        stallTimeLimit: .seconds(60))
                }
            } catch {
                await server.stop()
                throw error
            }
            await server.stop()
        }
    }

    @Test func everyWayOfServingGivesTheSamePackets() async throws {
        try await Self.serve { pool, folder, _, _, request in
            let expected = try await PassthroughTests.make(in: folder)
            for way in ["ranged", "plain", "chunked", "short"] {
                for file in ["a.opus", "a.webm"] {
                    let session = try await pool.open(request("/\(way)/\(file)"))
                    #expect(session.info.passthrough && !session.info.isLive || way == "chunked", "\(way) \(file)")
                    let same = try await MediaFixture.packets(session).map(\.bytes) == expected
                    #expect(same, "\(way) \(file)")
                }
            }
        }
    }

    @Test func aSeekIsExactWithAndWithoutRanges() async throws {
        try await Self.serve { pool, folder, _, server, request in
            let expected = try await PassthroughTests.make(in: folder)
            for way in ["ranged", "plain", "short"] {
                for file in ["a.opus", "a.webm", "a.mp4"] {
                    var request = request("/\(way)/\(file)")
                    request.start = .milliseconds(20 * 700)
                    let packets = try await MediaFixture.packets(pool, request)
                    let same = packets.map(\.bytes) == Array(expected[700...])
                    #expect(same && packets.first?.index == 700, "\(way) \(file)")
                }
            }
            #expect(server.log.allSatisfy { !$0.hasPrefix("/ranged/") || $0.contains("bytes=") })
        }
    }

    @Test func aRadioStationIsLiveAndTakenUpAgain() async throws {
        try await Self.serve { pool, folder, _, server, request in
            try TestSound.write(to: folder + "/a.wav", rate: 44_100, channels: 2)
            try await MediaFixture.ffmpeg(["-i", folder + "/a.wav", "-b:a", "128k", folder + "/a.mp3"])
            let session = try await pool.open(request("/radio/a.mp3"))
            #expect(session.info.isLive && session.info.duration == nil)
            #expect(session.info.title == "Radio Test")
            var packets: [OpusPacket] = []
            while packets.count < 500, let batch = try await session.nextBatch() { packets += batch }
            session.close()
            #expect(packets.count >= 500)
            #expect(packets.map(\.index) == Array(packets.indices))
            #expect(server.log.count >= 3)
        }
    }

    @Test func anOpusStationIsPassedThrough() async throws {
        try await Self.serve { pool, folder, _, server, request in
            let expected = try await PassthroughTests.make(in: folder, seconds: 8)
            let session = try await pool.open(request("/radio/a.opus"))
            #expect(session.info.isLive && session.info.passthrough)
            var packets: [OpusPacket] = []
            while packets.count < expected.count * 2, let batch = try await session.nextBatch() { packets += batch }
            session.close()
            #expect(packets.map(\.index) == Array(packets.indices))
            let same = packets.prefix(expected.count * 2).map(\.bytes) == expected + expected
            #expect(same)
            #expect(server.log.count >= 2)
        }
    }

    @Test func aStationListLeadsToItsFirstStreamThatAnswers() async throws {
        try await Self.serve { pool, folder, address, server, request in
            let expected = try await PassthroughTests.make(in: folder)
            let list = "[playlist]\nFile1=\(address)/status/503\nFile2=\(address)/radio/a.opus\nNumberOfEntries=2\n"
            try Data(list.utf8).write(to: URL(filePath: folder + "/station.pls"))
            try Data("#EXTM3U\n\(address)/ranged/a.opus\n".utf8).write(to: URL(filePath: folder + "/songs.m3u"))
            for way in ["plain", "chunked", "ranged"] {
                let station = try await pool.open(request("/\(way)/station.pls"))
                #expect(station.info.isLive && station.info.title == "Radio Test", "\(way)")
                station.close()
                let packets = try await MediaFixture.packets(pool, request("/\(way)/songs.m3u"))
                let same = packets.map(\.bytes) == expected
                #expect(same, "\(way)")
            }
            #expect(server.log.contains { $0.hasPrefix("/status/503") })
            // A list may not lead where an address may not, and an HLS playlist by that name is played.
            for target in ["http://127.0.0.1:9/a.mp3", "http://10.0.0.1/a.mp3"] {
                try Data("\(target)\n".utf8).write(to: URL(filePath: folder + "/inside.m3u"))
                let error = await #expect(throws: MediaError.self) { try await pool.open(request("/plain/inside.m3u")) }
                guard case .forbidden = error else {
                    Issue.record("\(target): \(String(describing: error))")
                    continue
                }
            }
            try await Self.makePlaylist(in: folder)
            try FileManager.default.moveItem(atPath: folder + "/list.m3u8", toPath: folder + "/list.m3u")
            for way in ["plain", "chunked"] {
                let packets = try await MediaFixture.packets(pool, request("/\(way)/list.m3u"))
                #expect((200...204).contains(packets.count), "\(way)")
            }
        }
    }

    @Test func failuresAreTyped() async throws {
        try await Self.serve { pool, folder, address, _, request in
            try TestSound.write(to: folder + "/a.wav", rate: 44_100, channels: 2)
            for status in [401, 403, 404, 410, 429, 500, 503] {
                await #expect(throws: MediaError.httpStatus(status)) {
                    try await pool.open(request("/status/\(status)"))
                }
            }
            let elsewhere = [
                "http://127.0.0.1:9/a.mp3", "http://10.0.0.1/a.mp3", "file:///etc/passwd", "http://localhost:9/",
            ]
            for target in elsewhere {
                let error = await #expect(throws: MediaError.self) {
                    try await pool.open(request("/redirect/x?to=" + target))
                }
                guard case .forbidden = error else {
                    Issue.record("\(target): \(String(describing: error))")
                    continue
                }
                #expect("\(error!)".contains("127.0.0.1") == false)
            }
            let packets = try await MediaFixture.packets(pool, request("/redirect/x?to=/ranged/a.wav"))
            #expect(packets.count == 200)
            var slow = request("/hang/x")
            slow.openTimeLimit = .seconds(2)
            let error = await #expect(throws: MediaError.self) { try await pool.open(slow) }
            guard case .timedOut = error else {
                Issue.record("\(String(describing: error)) at \(address)")
                return
            }
        }
    }

    static func makePlaylist(in folder: String, extra: [String] = []) async throws {
        try TestSound.write(to: folder + "/a.wav", rate: 48_000, channels: 2)
        let arguments = ["-i", folder + "/a.wav", "-c:a", "aac", "-b:a", "192k", "-f", "hls", "-hls_time", "1"]
        try await MediaFixture.ffmpeg(
            arguments + ["-hls_list_size", "0", "-hls_segment_filename", folder + "/part%d.ts"] + extra
                + [folder + "/list.m3u8"])
    }

    @Test func aPlaylistOfSegmentsIsPlayed() async throws {
        try await Self.serve { pool, folder, _, server, request in
            try await Self.makePlaylist(in: folder)
            var request = request("/ranged/list.m3u8")
            let session = try await pool.open(request)
            #expect(!session.info.isLive)
            let duration = try #require(session.info.duration)
            #expect(abs(duration / .seconds(1) - 4) < 0.2)
            let packets = try await MediaFixture.packets(session)
            #expect((200...204).contains(packets.count))
            let lateness = TestSound.lateness(of: try MediaFixture.decode(packets))
            #expect(lateness.allSatisfy { abs($0) <= 1100 }, "late by \(lateness)")
            request.start = .seconds(3)
            let rest = try await MediaFixture.packets(pool, request)
            #expect(rest.map(\.index) == Array(150..<packets.count))
            #expect(server.log.contains { $0.hasPrefix("/ranged/part2.ts") })
        }
    }

    @Test func aLostSegmentIsForgottenOnceTheNextCame() async throws {
        try await Self.serve { pool, folder, _, _, request in
            try await Self.makePlaylist(in: folder)
            let packets = try await MediaFixture.packets(pool, request("/holed/list.m3u8"))
            #expect((140...204).contains(packets.count))
        }
    }

    @Test func aLivePlaylistIsReadAgain() async throws {
        try await Self.serve { pool, folder, _, server, request in
            try await Self.makePlaylist(in: folder)
            let session = try await pool.open(request("/live/list.m3u8"))
            #expect(session.info.isLive && session.info.duration == nil)
            let packets = try await MediaFixture.packets(session)
            #expect((198...204).contains(packets.count))
            #expect(packets.map(\.index) == Array(packets.indices))
            #expect(server.log.filter { $0.hasPrefix("/live/list.m3u8") }.count >= 2)
        }
    }

    @Test(arguments: ["playlist", "zeros"]) func anEndlessBodyIsGivenUp(kind: String) async throws {
        try await Self.serve { pool, folder, _, _, request in
            var request = request("/endless/\(kind)")
            request.openTimeLimit = .seconds(15)
            let endless = request
            let error = await #expect(throws: MediaError.self) { try await pool.open(endless) }
            #expect(error != .workerLost)
            #expect(pool.snapshot.died == 0)
            #expect(pool.snapshot.residentBytes < 150 << 20)
        }
    }

    @Test func aServerThatStopsSendingIsAskedAgain() async throws {
        try await Self.serve { pool, folder, _, server, request in
            let expected = try await PassthroughTests.make(in: folder)
            var request = request("/stall/a.opus")
            request.stallTimeLimit = .seconds(6)
            let packets = try await MediaFixture.packets(pool, request)
            let same = packets.map(\.bytes) == expected
            #expect(same)
            #expect(server.log.contains { $0.hasPrefix("/stall/a.opus bytes=") && !$0.contains("bytes=0-") })
        }
    }

    @Test func anEncryptedPlaylistIsPlayed() async throws {
        try await Self.serve { pool, folder, address, _, request in
            try Data((0..<16).map { UInt8($0 * 7) }).write(to: URL(filePath: folder + "/key"))
            let info = "\(address)/plain/key\n\(folder)/key\n"
            try Data(info.utf8).write(to: URL(filePath: folder + "/info"))
            try await Self.makePlaylist(in: folder, extra: ["-hls_key_info_file", folder + "/info"])
            let packets = try await MediaFixture.packets(pool, request("/plain/list.m3u8"))
            #expect((200...204).contains(packets.count))
            let level = TestSound.level(of: try MediaFixture.decode(packets), channel: 0)
            #expect(abs(level - TestSound.level) < 0.5)
        }
    }

    @Test func aPlaylistMayNotLeadIntoPrivateNetworks() async throws {
        try await Self.serve { pool, folder, _, _, request in
            for target in [
                "http://127.0.0.1:9/a.ts", "file:///etc/passwd", "http://169.254.169.254/latest/", "a.wav",
                "/redirect/x?to=http://127.0.0.1:9/",
            ] {
                let playlist =
                    "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4.0,\n\(target)\n#EXT-X-ENDLIST\n"
                try Data(playlist.utf8).write(to: URL(filePath: folder + "/list.m3u8"))
                let error = await #expect(throws: MediaError.self) {
                    try await pool.open(request("/plain/list.m3u8"))
                }
                #expect(error != .workerLost)
                if target.hasPrefix("http") {
                    guard case .forbidden = error else {
                        Issue.record("\(target): \(String(describing: error))")
                        continue
                    }
                }
            }
            #expect(pool.snapshot.died == 0)
        }
    }
}
