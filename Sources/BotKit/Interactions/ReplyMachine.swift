/// How far the answer to one interaction has come, and which request the next wish turns into (sections 3.3 and 3.4).
///
/// A pure value: exactly one callback can ever come out of it, everything after that is an edit or a follow-up.
struct ReplyMachine: Sendable, Equatable {
    /// Where the interaction came from, which decides how it is deferred.
    enum Origin: Sendable, Equatable {
        case command(deferEphemeral: Bool)
        case component
        case modal(fromComponent: Bool)

        var hasMessage: Bool {
            switch self {
            case .command: false
            case .component: true
            case .modal(let fromComponent): fromComponent
            }
        }
    }

    /// What a handler or the router wants.
    enum Wish: Sendable, Equatable {
        /// Say something new; a provisional line ("Looking up …") is replaced by the next reply.
        case reply(ephemeral: Bool, provisional: Bool = false)
        /// Change what was said, or the message the component sits on.
        case edit
        /// Show a form.
        case modal
        /// Win time.
        case deferral
    }

    /// The request that fulfils a wish.
    enum Step: Sendable, Equatable {
        case callback(Callback)
        case editOriginal
        case followUp
        /// Removes the public "thinking" line and says it to the person alone.
        case deleteOriginalThenFollowUp
        case nothing
        case refuse(String)
    }

    /// The kinds of first answer.
    enum Callback: Sendable, Equatable {
        case message(ephemeral: Bool, provisional: Bool)
        case updateMessage
        case modal
        case deferMessage(ephemeral: Bool)
        case deferUpdate
    }

    /// The states of an answer.
    enum State: Sendable, Equatable {
        case unanswered
        /// A "thinking" or provisional line of ours is the original.
        case deferredMessage(ephemeral: Bool)
        /// The component's message waits.
        case deferredUpdate
        /// A message of ours is the original.
        case answeredMessage
        /// The component's message is the original.
        case answeredUpdate
        /// There is no original to edit.
        case answeredModal
        /// The token is dead.
        case lost
    }

    let origin: Origin
    private(set) var state: State = .unanswered

    init(origin: Origin) { self.origin = origin }

    /// The request to make for `wish`; call `succeeded` with it afterwards.
    func step(for wish: Wish) -> Step {
        switch wish {
        case .reply(let ephemeral, let provisional): stepForReply(ephemeral, provisional)
        case .edit: stepForEdit
        case .modal:
            switch (state, origin) {
            case (.unanswered, .modal): .refuse("a form cannot answer a form")
            case (.unanswered, _): .callback(.modal)
            default: .refuse("a form must be the first answer, within the first second and a half")
            }
        case .deferral: stepForDeferral
        }
    }

    private func stepForReply(_ ephemeral: Bool, _ provisional: Bool) -> Step {
        switch state {
        case .unanswered: .callback(.message(ephemeral: ephemeral, provisional: provisional))
        case .deferredMessage where provisional, .deferredUpdate where provisional: .nothing
        case .deferredMessage(let hidden): ephemeral && !hidden ? .deleteOriginalThenFollowUp : .editOriginal
        case .deferredUpdate, .answeredMessage, .answeredUpdate, .answeredModal: .followUp
        case .lost: .nothing
        }
    }

    private var stepForEdit: Step {
        switch state {
        case .unanswered:
            .callback(
                origin.hasMessage ? .updateMessage : .message(ephemeral: false, provisional: false))
        case .deferredMessage, .deferredUpdate, .answeredMessage, .answeredUpdate: .editOriginal
        case .answeredModal: .refuse("a form has no message that could be edited")
        case .lost: .nothing
        }
    }

    private var stepForDeferral: Step {
        guard state == .unanswered else { return .nothing }
        switch origin {
        case .command(let ephemeral): return .callback(.deferMessage(ephemeral: ephemeral))
        case .component, .modal(fromComponent: true): return .callback(.deferUpdate)
        case .modal(fromComponent: false): return .callback(.deferMessage(ephemeral: true))
        }
    }

    /// Takes note that the request of `step` reached Discord.
    mutating func succeeded(_ step: Step) {
        switch (step, state) {
        case (_, .lost), (.nothing, _), (.refuse, _): break
        case (.callback(.message(let ephemeral, let provisional)), _):
            state = provisional ? .deferredMessage(ephemeral: ephemeral) : .answeredMessage
        case (.callback(.updateMessage), _): state = .answeredUpdate
        case (.callback(.modal), _): state = .answeredModal
        case (.callback(.deferMessage(let ephemeral)), _): state = .deferredMessage(ephemeral: ephemeral)
        case (.callback(.deferUpdate), _): state = .deferredUpdate
        case (.editOriginal, .deferredMessage), (.deleteOriginalThenFollowUp, .deferredMessage):
            state = .answeredMessage
        case (.editOriginal, .deferredUpdate): state = .answeredUpdate
        case (.editOriginal, _), (.followUp, _), (.deleteOriginalThenFollowUp, _): break
        }
    }

    /// Takes note that the token is dead: nothing more is sent.
    mutating func lose() { state = .lost }

    /// Takes note that Discord already has a first answer to `callback` (40060), as after a retry that had arrived.
    mutating func alreadyAnswered(_ callback: Callback) { succeeded(.callback(callback)) }
}
