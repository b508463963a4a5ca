import DiscordModel
import ServiceKit

extension CommandRouter {
    /// What an interaction leads to.
    private struct Job: Sendable {
        let origin: ReplyMachine.Origin
        let command: Command?
        let options: OptionValues
        let customID: CustomID?
        let values: [String]
        let fields: [String: [String]]
        let run: InteractionHandler
    }

    /// How a handler ended.
    private enum Ending: Sendable {
        case returned
        case threw(any Error)
        case timedOut
        case clockStopped
    }

    /// Answers one interaction from beginning to end.
    func handle(_ received: Received) async {
        let interaction = received.interaction
        let trace = TraceID(interaction: interaction.id.rawValue)
        let logger = logger(for: interaction, trace)
        let clock = DeferralClock(
            received: received.at,
            createdMilliseconds: DeferralClock.milliseconds(ofSnowflake: interaction.id.rawValue),
            wallMilliseconds: wallMilliseconds(), configuration: configuration)
        if interaction.type == .autocomplete {
            await suggest(interaction, clock, logger)
            return
        }
        let job = job(for: interaction)
        let answer = Answer(interaction, origin: job.origin, responder: responder, logger: logger)
        let invocation = Invocation(
            interaction: interaction, traceID: trace, options: job.options, customID: job.customID, values: job.values,
            fields: job.fields, logger: logger, strings: strings, answer: answer)
        await run(job, invocation, clock, answer, logger)
    }

    private func run(
        _ job: Job, _ invocation: Invocation, _ clock: DeferralClock, _ answer: Answer, _ logger: Logger
    ) async {
        let time = time
        await withTaskGroup(of: Ending.self) { group in
            group.addTask {
                do {
                    try Self.checkAccess(job.command, invocation)
                    try await job.run(invocation)
                    return .returned
                } catch {
                    return .threw(error)
                }
            }
            group.addTask {
                do {
                    try await time.sleep(until: clock.deferAt)
                    do {
                        try await answer.deferIfUnanswered()
                    } catch {
                        logger.warning("deferral failed", ["reason": "\(error)"])
                    }
                    try await time.sleep(until: clock.deadline)
                    return .timedOut
                } catch {
                    return .clockStopped
                }
            }
            let ending = await group.next() ?? .clockStopped
            // A deferral on its way is waited for: cancelling it would leave open whether Discord got it.
            await answer.settle()
            group.cancelAll()
            // Inside the group: a handler that does not heed its cancellation must not hold the sentence back.
            await conclude(ending, invocation, logger)
        }
        logger.debug("interaction answered", ["milliseconds": "\((time.now - clock.received) / .milliseconds(1))"])
    }

    private func conclude(_ ending: Ending, _ invocation: Invocation, _ logger: Logger) async {
        // The program is ending; nothing more can be said.
        guard !Task.isCancelled else { return }
        let trace = ["trace": invocation.traceID.description]
        do {
            switch ending {
            case .returned:
                guard invocation.answer.isUnanswered else { return }
                if invocation.customID == nil {
                    logger.warning("handler said nothing")
                    try await invocation.reply(RouterPhrases.done, ephemeral: true)
                } else {
                    try await invocation.acknowledge()
                }
            case .threw(let error as UserFacingError):
                try await say(strings.text(error.sentence, locale: invocation.locale), invocation)
            case .threw(is CancellationError), .clockStopped:
                return
            case .threw(let error):
                logger.error("interaction failed", ["error": "\(error)"])
                try await say(invocation.text(RouterPhrases.failed, trace), invocation)
            case .timedOut:
                logger.error("interaction took too long")
                try await say(invocation.text(RouterPhrases.tookTooLong, trace), invocation)
            }
        } catch {
            logger.warning("answer not delivered", ["reason": "\(error)"])
        }
    }

    private func say(_ text: String, _ invocation: Invocation) async throws {
        try await invocation.reply(MessageBody(content: text.shortened(to: 2000)), ephemeral: true)
    }

    private func job(for interaction: Interaction) -> Job {
        switch interaction.data {
        case .command(let data)?:
            let options = OptionValues(data)
            let found = table.find(data.name, path: options.path)
            return Job(
                origin: .command(deferEphemeral: found?.command.isEphemeral ?? true), command: found?.command,
                options: options, customID: nil, values: [], fields: [:], run: found?.run ?? Self.unknown)
        case .component(let data)?:
            let id = CustomID(parsing: data.customID)
            return Job(
                origin: .component, command: nil, options: .none, customID: id, values: data.values ?? [], fields: [:],
                run: table.route(id.prefix)?.run ?? Self.unknown)
        case .modal(let data)?:
            let id = CustomID(parsing: data.customID)
            return Job(
                origin: .modal(fromComponent: interaction.message != nil), command: nil, options: .none, customID: id,
                values: [], fields: ModalFields.read(data.components), run: table.route(id.prefix)?.run ?? Self.unknown)
        default:
            return Job(
                origin: .command(deferEphemeral: true), command: nil, options: .none, customID: nil, values: [],
                fields: [:], run: Self.unknown)
        }
    }

    private static let unknown: InteractionHandler = { _ in throw UserFacingError(RouterPhrases.unknown) }

    private static func checkAccess(_ command: Command?, _ invocation: Invocation) throws(UserFacingError) {
        guard let command else { return }
        guard invocation.guild != nil else {
            if command.guildOnly { throw UserFacingError(RouterPhrases.guildOnly) }
            return
        }
        if let needed = command.memberPermissions, let has = invocation.memberPermissions {
            let missing = needed.missing(from: has)
            if !missing.isEmpty {
                throw UserFacingError(RouterPhrases.memberLacks, ["permissions": missing.names.joined(separator: ", ")])
            }
        }
        if let has = invocation.interaction.appPermissions {
            let missing = command.botPermissions.missing(from: has)
            if !missing.isEmpty {
                throw UserFacingError(RouterPhrases.botLacks, ["permissions": missing.names.joined(separator: ", ")])
            }
        }
    }

    private func suggest(_ interaction: Interaction, _ clock: DeferralClock, _ logger: Logger) async {
        guard case .command(let data)? = interaction.data else { return }
        let options = OptionValues(data)
        guard let focused = options.focused,
            let complete = table.find(data.name, path: options.path)?.options
                .first(where: { $0.name == focused.name })?.autocomplete
        else { return await sendChoices([], for: interaction, logger) }
        let request = AutocompleteRequest(
            interaction: interaction, options: options, typed: focused.value?.plainText ?? "")
        let time = time
        await withTaskGroup(of: [Suggestion].self) { group in
            group.addTask {
                do {
                    return try await complete(request)
                } catch {
                    logger.warning("suggestions failed", ["error": "\(error)"])
                    return []
                }
            }
            group.addTask {
                do {
                    try await time.sleep(until: clock.autocompleteBy)
                    logger.debug("suggestions late")
                } catch {
                    // The suggestions came first.
                }
                return []
            }
            let first = await group.next() ?? []
            group.cancelAll()
            await sendChoices(first, for: interaction, logger)
        }
    }
}
