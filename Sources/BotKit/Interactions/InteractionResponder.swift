public import DiscordModel

/// What answering an interaction needs from Discord (sections 3.3 and 3.4).
public protocol InteractionResponder: Sendable {
    /// Gives the first answer, within three seconds of the event; returns the message it made, when it made one.
    func respond(
        to interaction: InteractionID, token: String, with response: InteractionResponse
    ) async throws(ResponderFailure) -> Message?
    /// Changes the first answer, or the message a component sits on.
    func editOriginal(
        of application: ApplicationID, token: String, to body: MessageBody
    ) async throws(ResponderFailure) -> Message
    /// Deletes the first answer.
    func deleteOriginal(of application: ApplicationID, token: String) async throws(ResponderFailure)
    /// Says something more.
    func followUp(
        for application: ApplicationID, token: String, with body: MessageBody
    ) async throws(ResponderFailure) -> Message
}

/// Why an answer failed, in the kinds that are treated differently.
public enum ResponderFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// The token is unknown or has expired (10062, 10015, 50027): Discord's words.
    case lost(String)
    /// There is a first answer already (40060).
    case alreadyAnswered
    /// Anything else: what happened.
    case failed(String)

    /// What happened.
    public var description: String {
        switch self {
        case .lost(let words): "the interaction is gone: \(words)"
        case .alreadyAnswered: "the interaction has been answered already"
        case .failed(let words): words
        }
    }
}
