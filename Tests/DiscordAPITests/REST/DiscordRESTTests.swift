import DiscordModel
import Networking
import ServiceKit
import Synchronization
import TestSupport
import Testing

@testable import DiscordAPI

@Suite(.timeLimit(.minutes(5))) struct DiscordRESTTests {
    private let clock = ManualClock()

    private func rest(_ transport: ScriptedTransport, token: String = "secret-bot-token") -> DiscordREST {
        DiscordREST(token: token, baseURL: "http://api.test/api/v10/", transport: transport, time: clock)
    }

    private static let user = #"{"id":"1","username":"backline","discriminator":"0","bot":true}"#
    private static let message =
        #"{"id":"7","channel_id":"5","content":"hi","timestamp":"2026-01-01T00:00:00+00:00","type":0}"#

    private func failure<Value>(_ body: () async throws(DiscordError) -> Value) async -> DiscordError? {
        do throws(DiscordError) {
            _ = try await body()
            Issue.record("no error")
            return nil
        } catch {
            return error
        }
    }

    // MARK: Shapes

    @Test func sendsWhatDiscordExpects() async throws {
        let transport = ScriptedTransport([.discord(200, Self.user)])
        let user = try await rest(transport).currentUser()
        #expect(user.username == "backline")
        let request = try #require(transport.requests.first)
        #expect(request.method == .get && request.url == "http://api.test/api/v10/users/@me")
        #expect(request.headers["Authorization"] == "Bot secret-bot-token")
        #expect(request.headers["User-Agent"]?.hasPrefix("DiscordBot (") == true)
        #expect(request.headers["Content-Type"] == nil && request.body.isEmpty)
        #expect(request.policy == .any && request.maximumRedirects == 0)
    }

    @Test func everyEndpointHasItsPathAndMethod() async throws {
        let transport = ScriptedTransport([.discord(200, "{}")])
        let rest = rest(transport)
        _ = try? await rest.gateway()
        _ = try? await rest.gatewayBot()
        _ = try? await rest.currentApplication()
        _ = try? await rest.commands(of: 9)
        _ = try? await rest.overwriteCommands(of: 9, in: 3, with: [])
        try await rest.respond(to: 4, token: "t/1", with: .deferredMessage(flags: [.ephemeral]))
        _ = try? await rest.originalResponse(of: 9, token: "tok")
        _ = try? await rest.editOriginalResponse(of: 9, token: "tok", to: MessageBody(content: "x"))
        try await rest.deleteOriginalResponse(of: 9, token: "tok")
        _ = try? await rest.createFollowup(of: 9, token: "tok", MessageBody(content: "x"))
        _ = try? await rest.editFollowup(7, of: 9, token: "tok", to: MessageBody(content: "x"))
        try await rest.deleteFollowup(7, of: 9, token: "tok")
        _ = try? await rest.createMessage(in: 5, MessageBody(content: "x"))
        _ = try? await rest.editMessage(7, in: 5, to: MessageBody(content: "x"))
        try await rest.deleteMessage(7, in: 5)
        _ = try? await rest.message(7, in: 5)
        _ = try? await rest.messages(in: 5, .before(8), limit: 500)
        try await rest.startTyping(in: 5)
        try await rest.addReaction("👍", to: 7, in: 5)
        try await rest.removeReaction("a:1", of: 2, from: 7, in: 5)
        _ = try? await rest.channel(5)
        try await rest.setVoiceStatus(of: 5, to: nil)
        _ = try? await rest.guild(3)
        _ = try? await rest.member(2, of: 3)
        _ = try? await rest.editMember(2, of: 3, to: MemberChange(mute: true, channelID: .some(nil)), reason: "tidy ü")
        _ = try? await rest.createDirectMessage(with: 2)
        let lines = transport.requests.map {
            "\($0.method.rawValue) \($0.url.dropFirst("http://api.test/api/v10".count))"
        }
        #expect(
            lines == [
                "GET /gateway", "GET /gateway/bot", "GET /applications/@me",
                "GET /applications/9/commands?with_localizations=true", "PUT /applications/9/guilds/3/commands",
                "POST /interactions/4/t%2F1/callback?with_response=true", "GET /webhooks/9/tok/messages/@original",
                "PATCH /webhooks/9/tok/messages/@original", "DELETE /webhooks/9/tok/messages/@original",
                "POST /webhooks/9/tok?wait=true", "PATCH /webhooks/9/tok/messages/7",
                "DELETE /webhooks/9/tok/messages/7",
                "POST /channels/5/messages", "PATCH /channels/5/messages/7", "DELETE /channels/5/messages/7",
                "GET /channels/5/messages/7", "GET /channels/5/messages?limit=100&before=8", "POST /channels/5/typing",
                "PUT /channels/5/messages/7/reactions/%F0%9F%91%8D/@me",
                "DELETE /channels/5/messages/7/reactions/a%3A1/2", "GET /channels/5", "PUT /channels/5/voice-status",
                "GET /guilds/3", "GET /guilds/3/members/2", "PATCH /guilds/3/members/2", "POST /users/@me/channels",
            ])
        func body(_ line: String) throws -> JSONValue {
            let index = try #require(lines.firstIndex { $0.hasPrefix(line) })
            return try JSON.decode(from: transport.requests[index].body)
        }
        #expect(try body("POST /interactions") == ["type": 5, "data": ["flags": 64]])
        #expect(try body("PUT /channels/5/voice") == ["status": nil])
        #expect(try body("PATCH /guilds") == ["mute": true, "channel_id": nil])
        #expect(try body("POST /users/@me/channels") == ["recipient_id": "2"])
        let patched = try #require(transport.requests.first { $0.url.contains("/members/2") && $0.method == .patch })
        #expect(patched.headers["X-Audit-Log-Reason"] == "tidy%20%C3%BC")
        for request in transport.requests
        where request.url.contains("/interactions/") || request.url.contains("/webhooks/") {
            #expect(request.headers["Authorization"] == nil)
        }
    }

    @Test func parametersStayInTheirPlace() {
        let route = Route(.get, "/a/{x}/b/{y}", ["../..", "?q#f"], query: [("k", "a&b=c"), ("none", nil)])
        #expect(route.path == "/a/..%2F../b/%3Fq%23f?k=a%26b%3Dc")
        #expect(Route(.get, "/a/{x}", [".."]).path == "/a/%2E%2E")
        #expect(route.limit.name == "GET /a/{x}/b/{y}")
    }

    @Test func uploadsFilesAsMultipart() async throws {
        let transport = ScriptedTransport([.discord(200, Self.message)])
        let file = UploadFile(name: "a\"b\r\n.txt", contentType: "text/plain", bytes: [1, 2, 3], description: "alt")
        try await rest(transport).createMessage(in: 5, MessageBody(content: "x"), files: [file])
        let request = try #require(transport.requests.first)
        let type = try #require(request.headers["Content-Type"])
        let boundary = try #require(type.split(separator: "=").last)
        #expect(type.hasPrefix("multipart/form-data; boundary="))
        let text = String(decoding: request.body, as: UTF8.self)
        #expect(text.hasPrefix("--\(boundary)\r\nContent-Disposition: form-data; name=\"payload_json\"\r\n"))
        #expect(
            text.contains(
                "name=\"files[0]\"; filename=\"a%22b%0D%0A.txt\"\r\nContent-Type: text/plain\r\n\r\n\u{1}\u{2}\u{3}\r\n"
            ))
        #expect(text.hasSuffix("--\(boundary)--\r\n"))
        #expect(text.contains(#""attachments":[{"description":"alt","filename":"a\"b\r\n.txt","id":0}]"#))
    }

    // MARK: Errors

    @Test func flattensFieldErrors() async throws {
        let body = #"""
            {"code":50035,"message":"Invalid Form Body","errors":{"_errors":[{"code":"A","message":"whole"}],
            "embeds":{"0":{"description":{"_errors":[{"code":"BASE_TYPE_MAX_LENGTH","message":"too long"}]}}}}}
            """#
        let transport = ScriptedTransport([.discord(400, body)])
        let error = await failure { () async throws(DiscordError) in
            try await rest(transport).createMessage(in: 5, MessageBody(content: "x"))
        }
        #expect(error?.code == 50035)
        #expect(
            error
                == .refused(
                    .init(
                        status: 400, code: 50035, message: "Invalid Form Body",
                        fields: [
                            .init(path: "", code: "A", message: "whole"),
                            .init(path: "embeds[0].description", code: "BASE_TYPE_MAX_LENGTH", message: "too long"),
                        ])))
        #expect(transport.requests.count == 1)
    }

    @Test(arguments: ["", "<html>no</html>", "[]", "{\"errors\":{\"a\":\"b\"}}", "{\"code\":\"x\"}"])
    func survivesOtherErrorBodies(_ body: String) async {
        let transport = ScriptedTransport([.discord(400, body)])
        let error = await failure { () async throws(DiscordError) in try await rest(transport).currentUser() }
        guard case .refused(let refusal) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(refusal.status == 400)
    }

    @Test(arguments: ["", "[1]", "{\"id\":", "\u{0}"])
    func unreadableAnswersAreErrors(_ body: String) async {
        let transport = ScriptedTransport([.discord(200, body)])
        let error = await failure { () async throws(DiscordError) in try await rest(transport).currentUser() }
        guard case .unreadable = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func aRejectedTokenStopsAllButInteractions() async throws {
        let transport = ScriptedTransport { (_, request) throws(NetworkError) in
            request.url.contains("/interactions/")
                ? .discord(204) : .discord(401, "{\"message\":\"401: Unauthorized\",\"code\":0}")
        }
        let rest = rest(transport)
        for _ in 0..<3 {
            let error = await failure { () async throws(DiscordError) in try await rest.currentUser() }
            #expect(error == .tokenRejected)
            #expect(error.map { !"\($0)".contains("secret-bot-token") } == true)
        }
        #expect(transport.requests.count == 1)
        #expect(try await rest.respond(to: 1, token: "t", with: .deferredUpdate) == nil)
        // A 401 may have been a fault of Discord's: ten minutes later it is asked again.
        await clock.advance(by: .seconds(601))
        _ = await failure { () async throws(DiscordError) in try await rest.currentUser() }
        #expect(transport.requests.count == 3)
    }

    // MARK: Retries

    @Test func waitsAfterARefusalAndTriesAgain() async throws {
        let transport = ScriptedTransport([.limited(2.5), .discord(200, Self.user)])
        let rest = rest(transport)
        let task = Task { try await rest.currentUser() }
        while transport.requests.isEmpty { await Task.yield() }
        await clock.waitForSleepers(1)
        await clock.advance(by: .seconds(2.4))
        #expect(transport.requests.count == 1)
        #expect(try await finish(task).get().id == 1)
        #expect(transport.requests.count == 2)
    }

    /// Moves the clock whenever somebody sleeps on it, until the task is done.
    private func finish<Value: Sendable>(_ task: Task<Value, any Error>) async -> Result<Value, any Error> {
        let done = Flag()
        return await withTaskGroup(of: Result<Value, any Error>?.self) { group in
            group.addTask {
                let result = await task.result
                done.set()
                return result
            }
            group.addTask { [clock] in
                while !done.isSet {
                    if clock.sleeperCount > 0 { await clock.advance(by: .milliseconds(10)) }
                    await Task.yield()
                }
                return nil
            }
            var result: Result<Value, any Error>?
            for await value in group { result = result ?? value }
            return result ?? .failure(CancellationError())
        }
    }

    @Test func repeatsWhatMayBeRepeated() async throws {
        let transport = ScriptedTransport([.discord(502), .discord(503), .discord(200, Self.message)])
        let rest = rest(transport)
        let posted = await finish(Task { try await rest.createMessage(in: 5, MessageBody(content: "x")) })
        #expect(try posted.get().id == 7)
        #expect(transport.requests.count == 3)
        let bodies = Set(transport.requests.map { String(decoding: $0.body, as: UTF8.self) })
        #expect(bodies.count == 1)
        #expect(bodies.first?.contains("\"enforce_nonce\":true") == true)
    }

    @Test func repeatsTheFirstAnswerOfAnInteraction() async throws {
        let transport = ScriptedTransport([.discord(502), .discord(204)])
        let rest = rest(transport)
        let result = await finish(Task { try await rest.respond(to: 1, token: "t", with: .deferredUpdate) })
        #expect(try result.get() == nil)
        #expect(transport.requests.count == 2)
    }

    @Test func doesNotRepeatAFollowup() async throws {
        for answer in [Result<HTTPResponse, NetworkError>.success(.discord(502)), .failure(.connectionLost("x"))] {
            let transport = ScriptedTransport { (_, _) throws(NetworkError) in try answer.get() }
            let rest = rest(transport)
            let result = await finish(
                Task { try await rest.createFollowup(of: 1, token: "t", MessageBody(content: "x")) })
            #expect(throws: DiscordError.self) { try result.get() }
            #expect(transport.requests.count == 1)
        }
    }

    @Test func repeatsAnythingThatNeverLeft() async throws {
        let transport = ScriptedTransport { (index, _) throws(NetworkError) in
            if index < 2 { throw .connectFailed("refused") }
            return .discord(200, Self.message)
        }
        let rest = rest(transport)
        let result = await finish(Task { try await rest.createFollowup(of: 1, token: "t", MessageBody(content: "x")) })
        #expect(try result.get().id == 7)
        #expect(transport.requests.count == 3)
    }

    @Test func givesUpAfterFiveTries() async throws {
        let transport = ScriptedTransport([.discord(500)])
        let rest = rest(transport)
        let result = await finish(Task { try await rest.currentUser() })
        #expect(throws: DiscordError.unavailable(status: 500)) { try result.get() }
        #expect(transport.requests.count == 5)
    }

    @Test func aRepeatedDeleteThatFindsNothingHasWorked() async throws {
        let gone = HTTPResponse.discord(404, "{\"message\":\"Unknown Message\",\"code\":10008}")
        let transport = ScriptedTransport { (index, _) throws(NetworkError) in
            if index == 0 { throw .connectionLost("reset") }
            return gone
        }
        let rest = rest(transport)
        try await finish(Task { try await rest.deleteMessage(7, in: 5) }).get()
        let plain = self.rest(ScriptedTransport([gone]))
        let error = await failure { () async throws(DiscordError) in try await plain.deleteMessage(7, in: 5) }
        #expect(error?.code == 10008)
    }

    // MARK: Waiting

    @Test func cancellationLeavesTheQueue() async throws {
        let transport = ScriptedTransport([.limited(5, isGlobal: true)])
        let rest = rest(transport)
        let task = Task { try await rest.currentUser() }
        while transport.requests.isEmpty { await Task.yield() }
        await clock.waitForSleepers(1)
        task.cancel()
        await #expect(throws: DiscordError.cancelled) { try await task.value }
        await clock.advance(by: .seconds(10))
        #expect(transport.requests.count == 1)
    }

    @Test func tellsAtOnceWhenALimitOutlastsTheDeadline() async throws {
        let transport = ScriptedTransport([
            .limited(
                582, [("X-RateLimit-Limit", "5"), ("X-RateLimit-Remaining", "4"), ("X-RateLimit-Reset-After", "5")])
        ])
        let rest = rest(transport)
        let error = await failure { () async throws(DiscordError) in try await rest.setVoiceStatus(of: 5, to: "x") }
        guard case .rateLimited(let wait) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(wait > .seconds(581) && wait < .seconds(583))
    }

    @Test func theProtectionInFrontOfDiscordStopsEverything() async throws {
        let transport = ScriptedTransport([
            HTTPResponse(status: 429, headers: ["Retry-After": "3600"], body: Array("error code: 1015".utf8))
        ])
        let rest = rest(transport)
        for _ in 0..<3 {
            let error = await failure { () async throws(DiscordError) in try await rest.currentUser() }
            guard case .rateLimited = error else {
                Issue.record("\(String(describing: error))")
                return
            }
        }
        let error = await failure { () async throws(DiscordError) in
            try await rest.respond(to: 1, token: "t", with: .deferredUpdate)
        }
        guard case .rateLimited = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(transport.requests.count == 1)
    }

    @Test func errorsHoldNoToken() async {
        let transport = ScriptedTransport { (_, _) throws(NetworkError) in throw .tls("certificate") }
        let error = await failure { () async throws(DiscordError) in
            try await rest(transport).createFollowup(of: 1, token: "interaction-token", MessageBody(content: "x"))
        }
        #expect(error.map { !"\($0)".contains("interaction-token") } == true)
    }
}

/// A mark that one task sets and another sees.
private final class Flag: Sendable {
    private let state = Mutex(false)
    var isSet: Bool { state.withLock { $0 } }
    func set() { state.withLock { $0 = true } }
}
