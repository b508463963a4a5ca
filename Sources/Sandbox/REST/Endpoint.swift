/// One call of a REST endpoint, its path matched and its body read.
struct RESTCall: Sendable {
    /// Values of the template's placeholders, percent-decoded.
    var parameters: [String: String]
    var query: [String: String]
    var body: JSON
    var files: [UploadedFile]
    /// The calling bot's application; 0 on routes without authorization.
    var me: ID

    /// A snowflake of the path; not one is a form error, as on Discord.
    func id(_ name: String) throws(APIError) -> ID {
        guard let id = UInt64(parameters[name] ?? "") else {
            throw .form([name + "_id"], "NUMBER_TYPE_COERCE", "Value \"\(parameters[name] ?? "")\" is not snowflake.")
        }
        return id
    }

    /// A boolean of the query in any of the spellings clients use.
    func flag(_ name: String) -> Bool { ["true", "1", "True"].contains(query[name] ?? "") }

    /// A bounded number of the query.
    func count(_ name: String, _ range: ClosedRange<Int>, default fallback: Int) throws(APIError) -> Int {
        guard let text = query[name] else { return fallback }
        guard let value = Int(text), range.contains(value) else {
            throw .form(
                [name], "NUMBER_TYPE_MAX", "int value should be between \(range.lowerBound) and \(range.upperBound).")
        }
        return value
    }
}

/// A successful answer.
struct RESTAnswer: Sendable {
    var status: Int
    var body: JSON?

    static let empty = RESTAnswer(status: 204, body: nil)
    static func ok(_ body: JSON) -> RESTAnswer { RESTAnswer(status: 200, body: body) }
    static func created(_ body: JSON) -> RESTAnswer { RESTAnswer(status: 201, body: body) }
}

/// A REST endpoint: method and path template with `{placeholders}`, and what it does to the world.
struct Endpoint: Sendable {
    typealias Action = @Sendable (inout World, RESTCall) throws(APIError) -> RESTAnswer
    var method: String
    var template: String
    var needsBot: Bool
    var segments: [String]
    var run: Action

    init(_ method: String, _ template: String, needsBot: Bool = true, _ run: @escaping Action) {
        self.method = method
        self.template = template
        self.needsBot = needsBot
        self.run = run
        segments = template.split(separator: "/").map(String.init)
    }

    var route: String { "\(method) \(template)" }

    /// Placeholder values when the path fits the template.
    func match(_ path: [String]) -> [String: String]? {
        guard path.count == segments.count else { return nil }
        var found: [String: String] = [:]
        for (pattern, part) in zip(segments, path) {
            if pattern.hasPrefix("{") {
                found[String(pattern.dropFirst().dropLast())] = part.percentDecoded(plusIsSpace: false)
            } else if pattern != part {
                return nil
            }
        }
        return found
    }
}

/// Finds the endpoint of a request.
struct Router: Sendable {
    private var byLength: [Int: [Endpoint]] = [:]

    /// All endpoints of the sandbox.
    static let standard = Router(
        Endpoint.account + Endpoint.messages + Endpoint.channels + Endpoint.guilds + Endpoint.commands
            + Endpoint.interactions)

    init(_ endpoints: [Endpoint]) {
        byLength = Dictionary(grouping: endpoints) { $0.segments.count }
        // Literal segments win over placeholders.
        for (length, list) in byLength {
            byLength[length] = list.enumerated().sorted { left, right in
                let a = left.element.segments.count { $0.hasPrefix("{") }
                let b = right.element.segments.count { $0.hasPrefix("{") }
                return (a, left.offset) < (b, right.offset)
            }.map(\.element)
        }
    }

    /// The endpoint and the placeholder values, or 404/405.
    func find(_ method: String, _ path: String) throws(APIError) -> (Endpoint, [String: String]) {
        let parts = path.split(separator: "/").map(String.init)
        var pathIsKnown = false
        for endpoint in byLength[parts.count] ?? [] {
            guard let values = endpoint.match(parts) else { continue }
            pathIsKnown = true
            if endpoint.method == method { return (endpoint, values) }
        }
        throw pathIsKnown ? .methodNotAllowed : .notFound
    }
}
