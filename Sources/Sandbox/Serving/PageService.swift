internal import Networking
internal import ServiceKit
internal import Synchronization

/// Routes of the sandbox's own port: REST, CDN, admin interface, page, and the gateway's WebSocket.
struct PageService: WebServerHandler {
    let core: Core
    let admin: AdminService
    let links: LinkService

    func respond(to request: ServerRequest) async -> ServerResponse {
        if request.path.hasPrefix("/api/") { return await rest(request) }
        if request.path.hasPrefix("/sandbox/api/") { return await admin.respond(to: request) }
        if request.path.hasPrefix("/attachments/") { return file(request) }
        if request.path == "/gw" || request.path.hasPrefix("/gw/") {
            return core.isGatewayRefused
                ? .text(503, "The gateway refuses connections.") : .text(426, "Connect with a WebSocket.")
        }
        if request.method == "GET" || request.method == "HEAD", let page = PageFiles.all[request.path] {
            return ServerResponse(
                status: 200, headers: ["Content-Type": page.contentType, "Cache-Control": "no-cache"],
                body: .bytes(page.bytes))
        }
        return .text(404, "Nothing is here.")
    }

    func webSocketAllowed(_ request: ServerRequest) async -> Bool {
        (request.path == "/gw" || request.path == "/gw/") && !core.isGatewayRefused
    }

    func serve(_ connection: any WebSocketConnection, for request: ServerRequest) async {
        await links.serveGateway(connection, query: Dictionary(request.query) { $1 })
    }

    private func rest(_ request: ServerRequest) async -> ServerResponse {
        let answer = await core.answerWithLatency(
            method: request.method, path: request.path, query: request.query, headers: request.headers,
            body: request.body, remoteAddress: request.remoteAddress)
        return ServerResponse(status: answer.status, headers: answer.headers, body: .bytes(answer.body))
    }

    /// A file of the CDN, also in parts.
    private func file(_ request: ServerRequest) -> ServerResponse {
        let parts = request.path.split(separator: "/")
        guard parts.count == 4, let channel = UInt64(parts[1]), let id = UInt64(parts[2]),
            let file = core.state.withLock({ $0.world.files[id] }), file.channel == channel
        else { return .text(404, "This content is no longer available.") }
        var headers: HTTPHeaders = [
            "Content-Type": file.contentType, "Accept-Ranges": "bytes", "Cache-Control": "public, max-age=86400",
            "Access-Control-Allow-Origin": "*",
        ]
        guard let range = request.headers["Range"], range.hasPrefix("bytes=") else {
            return ServerResponse(status: 200, headers: headers, body: .bytes(file.bytes))
        }
        let bounds = range.dropFirst(6).split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
        let last = file.bytes.count - 1
        guard bounds.count == 2, let first = bounds[0], first <= last, first >= 0 else {
            headers["Content-Range"] = "bytes */\(file.bytes.count)"
            return ServerResponse(status: 416, headers: headers)
        }
        let end = min(bounds[1] ?? last, last)
        guard end >= first else { return ServerResponse(status: 416, headers: headers) }
        headers["Content-Range"] = "bytes \(first)-\(end)/\(file.bytes.count)"
        return ServerResponse(status: 206, headers: headers, body: .bytes(Array(file.bytes[first...end])))
    }
}

extension Core {
    /// A REST call with the latency of the day on both ways.
    func answerWithLatency(
        method: String, path: String, query: [(String, String)], headers: HTTPHeaders, body: [UInt8],
        remoteAddress: String
    ) async -> HTTPResponse {
        let latency = state.withLock { $0.faults.restLatency }
        if latency > 0 { try? await time.sleep(for: .milliseconds(latency)) }
        var path = path[...]
        for prefix in ["/api/v10", "/api/v9", "/api"] where path.hasPrefix(prefix) {
            path = path.dropFirst(prefix.count)
            break
        }
        let answer = answer(
            RESTRequest(
                method: method, path: String(path), query: Dictionary(query) { $1 },
                authorization: headers["Authorization"], contentType: headers["Content-Type"] ?? "", body: body,
                remoteAddress: remoteAddress))
        if latency > 0 { try? await time.sleep(for: .milliseconds(latency)) }
        return answer
    }
}

/// A voice server's port: any path is the voice gateway.
struct VoiceService: WebServerHandler {
    let links: LinkService
    let region: Int

    func respond(to request: ServerRequest) async -> ServerResponse { .text(426, "Connect with a WebSocket.") }

    func webSocketAllowed(_ request: ServerRequest) async -> Bool { true }

    func serve(_ connection: any WebSocketConnection, for request: ServerRequest) async {
        await links.serveVoice(
            connection, region: region, version: request.queryValue("v").flatMap { Int($0) })
    }
}
