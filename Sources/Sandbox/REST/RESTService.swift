internal import Networking
internal import Synchronization

/// A REST request as it came in, whatever carried it.
struct RESTRequest: Sendable {
    var method: String
    /// The path below `/api/v10`.
    var path: String
    var query: [String: String]
    var authorization: String?
    var contentType: String
    var body: [UInt8]
    var remoteAddress: String
}

extension Core {
    /// Answers a REST request: limits, faults, authorization, then the endpoint.
    func answer(_ request: RESTRequest) -> HTTPResponse {
        state.withLock { state in
            let response = answer(request, &state)
            let route = (try? Router.standard.find(request.method, request.path))?.0.route
            state.timeline.noteCall(
                route ?? "\(request.method) \(request.path.prefix(60))", status: response.status, at: elapsed)
            return response
        }
    }

    private func answer(_ request: RESTRequest, _ state: inout State) -> HTTPResponse {
        if now < state.faults.restDownUntil {
            return HTTPResponse(
                status: 502, headers: ["Content-Type": "text/html"],
                body: Array("<html><body>502 Bad Gateway</body></html>".utf8))
        }
        let endpoint: Endpoint
        let parameters: [String: String]
        do throws(APIError) {
            if request.path == "/gateway" || request.path == "/gateway/bot" {
                return gatewayInfo(request, &state)
            }
            (endpoint, parameters) = try Router.standard.find(request.method, request.path)
        } catch {
            return Self.response(error)
        }
        if let status = state.faults.takeFailure(endpoint.route) {
            return Self.response(APIError(status: status, code: 0, message: "\(status): Sandbox fault"))
        }
        var identity = request.remoteAddress
        var me: ID = 0
        if let token = Self.token(request.authorization), let application = state.world.application(token: token) {
            me = application.id
            identity = token
        }
        if endpoint.needsBot && me == 0 { return Self.response(.unauthorized) }
        let (refusal, headers) = limit(endpoint, parameters, identity, request, &state)
        if let refusal { return refusal }
        do throws(APIError) {
            let parts = try RequestBody.read(request.body, contentType: request.contentType)
            if let refusal = hiddenLimit(endpoint, parameters, parts.json, &state) { return refusal }
            let call = RESTCall(
                parameters: parameters, query: request.query, body: parts.json, files: parts.files, me: me)
            let answer = try step(&state) { (world: inout World) throws(APIError) in
                try endpoint.run(&world, call)
            }.get()
            return Self.response(answer, headers)
        } catch {
            return Self.response(error, headers)
        }
    }

    private static func token(_ header: String?) -> String? {
        guard let header else { return nil }
        for scheme in ["Bot ", "Bearer "] where header.hasPrefix(scheme) {
            return String(header.dropFirst(scheme.count))
        }
        return nil
    }

    private func gatewayInfo(_ request: RESTRequest, _ state: inout State) -> HTTPResponse {
        guard request.method == "GET" else { return Self.response(.methodNotAllowed) }
        var body: JSON = ["url": .string(state.gateway.url)]
        if request.path == "/gateway/bot" {
            guard let token = Self.token(request.authorization), let application = state.world.application(token: token)
            else { return Self.response(.unauthorized) }
            body["shards"] = 1
            body["session_start_limit"] = [
                "total": 1000, "remaining": .number(application.identifiesLeft), "reset_after": 14_400_000,
                "max_concurrency": .int(state.gateway.rules.maxConcurrency),
            ]
        }
        return Self.response(.ok(body), [])
    }

    private func limit(
        _ endpoint: Endpoint, _ parameters: [String: String], _ identity: String, _ request: RESTRequest,
        _ state: inout State
    ) -> (HTTPResponse?, [(String, String)]) {
        let isInteraction = !endpoint.needsBot
        let major = [
            parameters["channel"], parameters["guild"], parameters["webhook"],
            isInteraction ? parameters["token"] : nil,
        ]
        .compactMap { $0 }.joined(separator: "/")
        if let fault = state.faults.takeLimit(endpoint.route) {
            let headers = fault.scope == "global" ? [("X-RateLimit-Global", "true")] : []
            return (Self.tooMany(fault.retryAfter, fault.scope == "global", fault.scope, headers), [])
        }
        let isCallback = endpoint.template.hasPrefix("/interactions/")
        let verdict = state.limits.take(
            route: endpoint.route, major: isCallback ? request.path : major, identity: identity,
            countsGlobally: !isInteraction, hasBucketHeader: !isCallback, now: now)
        switch verdict {
        case .allowed(let headers): return (nil, headers)
        case .limited(let wait, let isGlobal, let scope, let headers):
            return (Self.tooMany(wait, isGlobal, scope, headers), [])
        }
    }

    private func hiddenLimit(
        _ endpoint: Endpoint, _ parameters: [String: String], _ body: JSON, _ state: inout State
    ) -> HTTPResponse? {
        guard endpoint.route == "PATCH /channels/{channel}", body["name"] != nil || body["topic"] != nil else {
            return nil
        }
        let rule = state.limits.rules.channelNames
        guard let wait = state.limits.takeHidden("name/\(parameters["channel"] ?? "")", rule, now: now) else {
            return nil
        }
        return Self.tooMany(wait, false, "user", [])
    }

    private static func tooMany(
        _ retryAfter: Double, _ isGlobal: Bool, _ scope: String, _ headers: [(String, String)]
    ) -> HTTPResponse {
        let message = scope == "shared" ? "The resource is being rate limited." : "You are being rate limited."
        let wait = max(retryAfter, 0.001)
        let body: JSON = [
            "message": .string(message), "retry_after": .double((wait * 1000).rounded(.up) / 1000),
            "global": .bool(isGlobal), "code": 0,
        ]
        let all =
            headers + [
                ("Retry-After", String(Int(wait.rounded(.up)))), ("X-RateLimit-Scope", scope), ("Via", "1.1 sandbox"),
                ("Content-Type", "application/json"),
            ]
        return HTTPResponse(status: 429, headers: HTTPHeaders(all), body: body.bytes)
    }

    private static func response(_ error: APIError, _ headers: [(String, String)] = []) -> HTTPResponse {
        response(RESTAnswer(status: error.status, body: error.body), headers)
    }

    private static func response(_ answer: RESTAnswer, _ headers: [(String, String)]) -> HTTPResponse {
        var all = HTTPHeaders(headers)
        all["Via"] = "1.1 sandbox"
        if answer.body != nil { all["Content-Type"] = "application/json" }
        return HTTPResponse(status: answer.status, headers: all, body: answer.body?.bytes ?? [])
    }
}
