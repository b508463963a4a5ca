import DiscordVoice
import Networking
import Testing

@testable import Sandbox

@Suite(.timeLimit(.minutes(5))) struct TransportTests {
    private func request(_ method: HTTPMethod, _ path: String, token: String?, body: JSON? = nil) -> HTTPRequest {
        var request = HTTPRequest(method, "http://sandbox/api/v10" + path)
        if let token { request.headers["Authorization"] = "Bot " + token }
        if let body {
            request.headers["Content-Type"] = "application/json"
            request.body = body.bytes
        }
        return request
    }

    @Test func restInMemory() async throws {
        let sandbox = Sandbox()
        try sandbox.startInMemory()
        let http = sandbox.httpTransport
        let me = try await http.send(request(.get, "/users/@me", token: sandbox.botToken))
        #expect(me.status == 200)
        #expect(me.headers["Content-Type"] == "application/json")
        #expect(me.headers["X-RateLimit-Bucket"] != nil)
        #expect(try await http.send(request(.get, "/users/@me", token: "no")).status == 401)
        #expect(try await http.send(request(.get, "/nothing", token: nil)).status == 404)
        #expect(try await http.send(request(.delete, "/users/@me", token: nil)).status == 405)
        sandbox.inject(.rateLimit(route: nil, count: 1, retryAfter: 1.5, scope: "shared"))
        let limited = try await http.send(request(.get, "/users/@me", token: sandbox.botToken))
        #expect(limited.status == 429)
        #expect(limited.headers["Via"] != nil)
        #expect(limited.headers["Retry-After"] == "2")
        #expect(limited.headers["X-RateLimit-Scope"] == "shared")
        #expect(JSONReader.read(limited.body)?["retry_after"] == 1.5)
        sandbox.inject(.serverError(route: "GET /users/@me", count: 1, status: 503))
        #expect(try await http.send(request(.get, "/users/@me", token: sandbox.botToken)).status == 503)
        #expect(try await http.send(request(.get, "/users/@me", token: sandbox.botToken)).status == 200)
        sandbox.inject(.revokeToken(bot: nil))
        #expect(try await http.send(request(.get, "/users/@me", token: sandbox.botToken)).status == 401)
        await sandbox.stop()
    }

    private func next(_ socket: any WebSocketConnection) async throws -> JSON? {
        while let message = try await socket.receive() {
            if case .text(let text) = message { return JSONReader.read(text) }
        }
        return nil
    }

    private func identified(_ sandbox: Sandbox) async throws -> any WebSocketConnection {
        let socket = try await sandbox.webSocketConnector.connect(
            to: "ws://sandbox/gw?v=10&encoding=json", options: .init())
        #expect(try await next(socket)?["op"] == 10)
        let identify: JSON = [
            "op": 2, "d": ["token": .string(sandbox.botToken), "intents": 33_409, "properties": [:]],
        ]
        try await socket.send(.text(identify.text))
        #expect(try await next(socket)?["t"] == "READY")
        #expect(try await next(socket)?["t"] == "GUILD_CREATE")
        return socket
    }

    @Test func gatewayInMemoryAndItsFaults() async throws {
        let sandbox = Sandbox()
        try sandbox.startInMemory()
        let socket = try await identified(sandbox)
        try await sandbox.post("hello", in: sandbox.seed.general, as: sandbox.seed.alice)
        #expect(try await next(socket)?["d"]?["content"] == "hello")
        sandbox.inject(.gatewayReconnect)
        #expect(try await next(socket)?["op"] == 7)
        sandbox.inject(.gatewayClose(4000))
        #expect(try await next(socket) == nil)
        #expect(socket.closed?.code == 4000)
        sandbox.inject(.gatewayRefuse(milliseconds: 60_000))
        await #expect(throws: NetworkError.self) {
            try await sandbox.webSocketConnector.connect(to: "ws://sandbox/gw", options: .init())
        }
        sandbox.clearFaults()
        await sandbox.stop()
    }

    @Test func autocompleteWithoutAnswerEndsEmpty() async throws {
        var options = SandboxOptions()
        options.gateway.identifyWindow = 0
        let sandbox = Sandbox(options)
        try sandbox.startInMemory()
        _ = sandbox.core.step { (world: inout World) throws(APIError) in
            _ = try world.overwriteCommands(of: Seed.bot, guild: nil, [playCommand])
        }
        let choices = try await sandbox.complete("play", "query", "x", in: sandbox.seed.general, as: sandbox.seed.alice)
        #expect(choices.isEmpty)
        await sandbox.stop()
    }

    @Test func voicePacketsReachTheListener() async throws {
        let sandbox = Sandbox()
        try sandbox.startInMemory()
        let gateway = try await identified(sandbox)
        let join: JSON = [
            "op": 4,
            "d": [
                "guild_id": .id(sandbox.seed.guild), "channel_id": .id(sandbox.seed.lounge), "self_mute": false,
                "self_deaf": false,
            ],
        ]
        try await gateway.send(.text(join.text))
        let state = try #require(try await next(gateway))
        let server = try #require(try await next(gateway))
        #expect(state["t"] == "VOICE_STATE_UPDATE")
        let endpoint = try #require(server["d"]?["endpoint"]?.string)
        let voice = try await sandbox.webSocketConnector.connect(to: "wss://\(endpoint)/?v=8", options: .init())
        #expect(try await next(voice)?["op"] == 8)
        let identify: JSON = [
            "op": 0,
            "d": [
                "server_id": .id(sandbox.seed.guild), "user_id": .id(sandbox.seed.bot),
                "session_id": state["d"]?["session_id"] ?? "", "token": server["d"]?["token"] ?? "",
                "max_dave_protocol_version": 1,
            ],
        ]
        try await voice.send(.text(identify.text))
        let ready = try #require(try await next(voice)?["d"])
        let ssrc = UInt32(clamping: ready["ssrc"]?.integer ?? 0)
        let media = MediaSocket.Peer(address: 0x7F00_0001, port: UInt16(clamping: ready["port"]?.integer ?? 0))
        let socket = try #require(MediaSocket(host: "127.0.0.1"))
        defer { socket.close() }
        socket.send(IPDiscovery(.request, ssrc: ssrc).bytes, to: media)
        let select: JSON = [
            "op": 1,
            "d": [
                "protocol": "udp",
                "data": ["address": "127.0.0.1", "port": .number(socket.port), "mode": "aead_aes256_gcm_rtpsize"],
            ],
        ]
        try await voice.send(.text(select.text))
        let key = try #require(try await next(voice)?["d"]?["secret_key"]?.array).compactMap {
            $0.integer.map { UInt8(clamping: $0) }
        }
        try await voice.send(.text(#"{"op":5,"d":{"speaking":1,"delay":0,"ssrc":\#(ssrc)}}"#))
        try await voice.send(.text(#"{"op":3,"d":{"t":1,"seq_ack":-1}}"#))
        #expect(try await next(voice)?["op"] == 6)
        let cipher = try TransportCipher(.aes256GCM, key: key)
        let silence: [UInt8] = [0xF8, 0xFF, 0xFE]
        for number in 0..<10 {
            let header = RTPHeader(sequence: UInt16(number), timestamp: UInt32(number * 960), ssrc: ssrc)
            let packet = try cipher.seal(header: header.bytes, plaintext: silence)
            socket.send(packet, to: media)
            if number == 4 { socket.send(packet, to: media) }
        }
        var counts: JSON?
        while counts == nil || counts?["silence"]?.integer ?? 0 < 10 {
            try await Task.sleep(for: .milliseconds(5))
            counts = sandbox.voiceReport(sandbox.seed.lounge)["streams"]?[0]
        }
        #expect(counts?["doubled"] == 1)
        #expect(counts?["lost"] == 0)
        #expect(sandbox.listen(sandbox.seed.lounge)[ssrc]?.count == 10)
        // A stranger's packets and packets under another key count for nothing.
        let stranger = try #require(MediaSocket(host: "127.0.0.1"))
        defer { stranger.close() }
        let header = RTPHeader(sequence: 99, timestamp: 0, ssrc: ssrc)
        stranger.send(try cipher.seal(header: header.bytes, plaintext: silence), to: media)
        let wrong = try TransportCipher(.aes256GCM, key: [UInt8](repeating: 1, count: 32))
        socket.send(try wrong.seal(header: header.bytes, plaintext: silence), to: media)
        while sandbox.voiceReport(sandbox.seed.lounge)["rejected"]?.integer ?? 0 < 2 {
            try await Task.sleep(for: .milliseconds(5))
        }
        #expect(sandbox.voiceReport(sandbox.seed.lounge)["streams"]?[0]?["lost"] == 0)
        await sandbox.stop()
    }

    @Test func loopback() async throws {
        let sandbox = Sandbox()
        let addresses = try await sandbox.start()
        let client = HTTPClient()
        var request = HTTPRequest(.get, addresses.page + "sandbox/api/world")
        request.policy = .any
        let world = try await client.send(request)
        #expect(world.status == 200)
        #expect(JSONReader.read(world.body)?["guilds"]?[0]?["name"] == "Backline Sandbox")
        request.url = addresses.page
        let page = try await client.send(request)
        #expect(page.headers["Content-Type"]?.hasPrefix("text/html") == true)
        client.close()
        await sandbox.stop()
        await #expect(throws: Sandbox.StartFailure.self) { try await sandbox.start() }
    }
}
