import DiscordModel
import ServiceKit
import Synchronization

/// The answer to one interaction: turns wishes into requests, one at a time, so that a second callback cannot happen.
final class Answer: Sendable {
    private let id: InteractionID
    private let application: ApplicationID
    private let token: String
    private let responder: any InteractionResponder
    private let logger: Logger
    private let machine: Mutex<ReplyMachine>
    /// Holds one element while no request is in flight.
    private let turn = BoundedChannel<Void>(capacity: 1)

    init(
        _ interaction: Interaction, origin: ReplyMachine.Origin, responder: any InteractionResponder, logger: Logger
    ) {
        id = interaction.id
        application = interaction.applicationID
        token = interaction.token
        self.responder = responder
        self.logger = logger
        machine = Mutex(ReplyMachine(origin: origin))
        turn.trySend(())
    }

    /// Whether nothing at all was answered yet.
    var isUnanswered: Bool { machine.withLock { $0.state == .unanswered } }

    /// Says something new, or replaces a provisional line.
    @discardableResult
    func reply(_ body: MessageBody, ephemeral: Bool, provisional: Bool = false) async throws -> Message? {
        try await fulfil(.reply(ephemeral: ephemeral, provisional: provisional), body)
    }

    /// Changes what was said, or the message of the component.
    @discardableResult
    func edit(_ body: MessageBody) async throws -> Message? {
        try await fulfil(.edit, body)
    }

    /// Shows a form.
    func show(_ modal: Modal) async throws {
        try await inTurn {
            switch machine.withLock({ $0.step(for: .modal) }) {
            case .callback(let callback): _ = try await first(callback, .modal(modal), body: nil)
            case .refuse(let reason): throw BotKitError.wrongAnswer(reason)
            default: return
            }
        }
    }

    /// Defers when nothing was answered yet.
    func deferIfUnanswered() async throws {
        _ = try await fulfil(.deferral, MessageBody())
    }

    /// Waits for the request in flight, and takes care that none starts by itself afterwards.
    func settle() async {
        _ = try? await inTurn { () }
    }

    /// Runs `work` when no other request of this interaction is in flight; nil when the interaction is lost.
    @discardableResult
    private func inTurn<Result: Sendable>(_ work: () async throws -> Result?) async throws -> Result? {
        guard await turn.next() != nil else { throw CancellationError() }
        defer { turn.trySend(()) }
        do {
            return try await work()
        } catch ResponderFailure.lost(let words) {
            // There is nobody left to tell.
            machine.withLock { $0.lose() }
            logger.notice("interaction lost", ["reason": words])
            return nil
        } catch let failure as ResponderFailure {
            throw BotKitError.requestFailed(failure.description)
        }
    }

    private func fulfil(_ wish: ReplyMachine.Wish, _ plain: MessageBody) async throws -> Message? {
        var body = plain
        if body.allowedMentions == nil { body.allowedMentions = AllowedMentions.none }
        let safe = body
        return try await inTurn {
            try await perform(machine.withLock { $0.step(for: wish) }, wish, safe)
        }
    }

    private func perform(
        _ step: ReplyMachine.Step, _ wish: ReplyMachine.Wish, _ body: MessageBody
    ) async throws -> Message? {
        var message: Message?
        switch step {
        case .callback(let callback):
            return try await first(callback, Self.response(callback, body), body: body)
        case .editOriginal:
            message = try await responder.editOriginal(of: application, token: token, to: Self.forEdit(body))
        case .followUp:
            message = try await responder.followUp(
                for: application, token: token, with: Self.flagged(body, wish.isEphemeral))
        case .deleteOriginalThenFollowUp:
            try await responder.deleteOriginal(of: application, token: token)
            message = try await responder.followUp(for: application, token: token, with: Self.flagged(body, true))
        case .refuse(let reason):
            throw BotKitError.wrongAnswer(reason)
        case .nothing:
            return nil
        }
        machine.withLock { $0.succeeded(step) }
        return message
    }

    private func first(
        _ callback: ReplyMachine.Callback, _ response: InteractionResponse, body: MessageBody?
    ) async throws(ResponderFailure) -> Message? {
        do throws(ResponderFailure) {
            let message = try await responder.respond(to: id, token: token, with: response)
            machine.withLock { $0.succeeded(.callback(callback)) }
            return message
        } catch .alreadyAnswered {
            // A retry found the first try answered, or another process answered: what stands there is ours to edit.
            logger.notice("interaction had an answer already")
            machine.withLock { $0.succeeded(.callback(callback)) }
            switch callback {
            case .message, .updateMessage:
                guard let body else { return nil }
                return try await responder.editOriginal(of: application, token: token, to: Self.forEdit(body))
            case .modal, .deferMessage, .deferUpdate: return nil
            }
        }
    }

    private static func response(_ callback: ReplyMachine.Callback, _ body: MessageBody) -> InteractionResponse {
        switch callback {
        case .message(let ephemeral, _): .message(flagged(body, ephemeral))
        case .updateMessage: .updateMessage(forEdit(body))
        case .deferMessage(let ephemeral): .deferredMessage(flags: ephemeral ? .ephemeral : [])
        case .deferUpdate, .modal: .deferredUpdate
        }
    }

    private static func flagged(_ body: MessageBody, _ ephemeral: Bool) -> MessageBody {
        guard ephemeral else { return body }
        var body = body
        body.flags = (body.flags ?? []).union(.ephemeral)
        return body
    }

    private static func forEdit(_ body: MessageBody) -> MessageBody {
        var body = body
        body.flags?.subtract(.ephemeral)
        if body.flags?.isEmpty == true { body.flags = nil }
        return body
    }
}

extension ReplyMachine.Wish {
    /// Whether the wish is for the asking person's eyes alone.
    fileprivate var isEphemeral: Bool {
        if case .reply(let ephemeral, _) = self { ephemeral } else { false }
    }
}
