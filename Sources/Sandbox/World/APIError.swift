/// An error answer of the REST API: the HTTP status, Discord's code and message, and the tree of form errors.
struct APIError: Error, Sendable {
    var status: Int
    var code: Int64
    var message: String
    var errors: JSON?

    /// The answer's body.
    var body: JSON {
        var body: JSON = ["code": .int(code), "message": .string(message)]
        if let errors { body["errors"] = errors }
        return body
    }

    static func unknown(_ what: String, _ code: Int64) -> APIError {
        APIError(status: 404, code: code, message: "Unknown \(what)")
    }

    static let unauthorized = APIError(status: 401, code: 0, message: "401: Unauthorized")
    static let notFound = APIError(status: 404, code: 0, message: "404: Not Found")
    static let methodNotAllowed = APIError(status: 405, code: 0, message: "405: Method Not Allowed")
    static let unknownChannel = unknown("Channel", 10003)
    static let unknownGuild = unknown("Guild", 10004)
    static let unknownMember = unknown("Member", 10007)
    static let unknownMessage = unknown("Message", 10008)
    static let unknownRole = unknown("Role", 10011)
    static let unknownUser = unknown("User", 10013)
    static let unknownWebhook = unknown("Webhook", 10015)
    static let unknownBan = unknown("Ban", 10026)
    static let unknownInteraction = unknown("interaction", 10062)
    static let unknownCommand = unknown("application command", 10063)
    static let unknownVoiceState = unknown("Voice State", 10065)
    static let unknownCommandPermissions = unknown("application command permissions", 10066)
    static let missingAccess = APIError(status: 403, code: 50001, message: "Missing Access")
    static let missingPermissions = APIError(status: 403, code: 50013, message: "Missing Permissions")
    static let othersMessage = APIError(
        status: 403, code: 50005, message: "Cannot edit a message authored by another user")
    static let emptyMessage = APIError(status: 400, code: 50006, message: "Cannot send an empty message")
    static let wrongChannelType = APIError(
        status: 400, code: 50024, message: "Cannot execute action on this channel type")
    static let notText = APIError(status: 400, code: 50008, message: "Cannot send messages in a non-text channel")
    static let notInVoice = APIError(status: 400, code: 40032, message: "Target user is not connected to voice.")
    static let alreadyAcknowledged = APIError(
        status: 400, code: 40060, message: "Interaction has already been acknowledged.")
    static let invalidWebhookToken = APIError(status: 401, code: 50027, message: "Invalid Webhook Token")
    static let invalidJSON = APIError(
        status: 400, code: 50109, message: "The request body contains invalid JSON.")
    static let tooLarge = APIError(status: 413, code: 40005, message: "Request entity too large")
    static let notOwnApplication = APIError(
        status: 403, code: 20012, message: "You are not authorized to perform this action on this application")

    /// A form error of the whole request.
    static func form(_ message: String, code: String = "BASE_TYPE_BAD") -> APIError {
        var errors = FormErrors()
        errors.add([], code, message)
        return errors.error
    }

    /// A form error of one field.
    static func form(_ path: [String], _ code: String, _ message: String) -> APIError {
        var errors = FormErrors()
        errors.add(path, code, message)
        return errors.error
    }
}

/// Collects form errors into Discord's tree.
struct FormErrors: Sendable, Equatable {
    private var tree: [String: JSON] = [:]

    var isEmpty: Bool { tree.isEmpty }

    /// Notes an error at a path of the request body; array positions are written as numbers.
    mutating func add(_ path: [String], _ code: String, _ message: String) {
        var node = JSON.object(tree)
        Self.add(to: &node, path[...], ["code": .string(code), "message": .string(message)])
        tree = node.object ?? [:]
    }

    private static func add(to node: inout JSON, _ path: ArraySlice<String>, _ leaf: JSON) {
        if let key = path.first {
            var child = node[key] ?? .object([:])
            add(to: &child, path.dropFirst(), leaf)
            node[key] = child
        } else {
            node["_errors"] = .array((node["_errors"]?.array ?? []) + [leaf])
        }
    }

    mutating func required(_ path: [String]) { add(path, "BASE_TYPE_REQUIRED", "This field is required") }

    mutating func tooLong(_ path: [String], _ limit: Int) {
        add(path, "BASE_TYPE_MAX_LENGTH", "Must be \(limit) or fewer in length.")
    }

    mutating func length(_ path: [String], _ low: Int, _ high: Int) {
        add(path, "BASE_TYPE_BAD_LENGTH", "Must be between \(low) and \(high) in length.")
    }

    mutating func choice(_ path: [String], _ allowed: String) {
        add(path, "BASE_TYPE_CHOICES", "Value must be one of {\(allowed)}.")
    }

    /// The error answer 50035.
    var error: APIError { APIError(status: 400, code: 50035, message: "Invalid Form Body", errors: .object(tree)) }

    /// Throws when anything was noted.
    func check() throws(APIError) {
        if !isEmpty { throw error }
    }
}
