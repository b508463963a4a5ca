public import DiscordModel
public import ServiceKit

/// One use of a command, button, select or form: who, where, with what; and the ways to answer.
public struct Invocation: Sendable {
    /// What Discord sent.
    public let interaction: Interaction
    /// The name of this use in the log and in error sentences.
    public let traceID: TraceID
    /// The options of a command; empty for components.
    public let options: OptionValues
    /// The component's or form's id; nil for commands.
    public let customID: CustomID?
    /// The chosen values of a select.
    public let values: [String]
    /// What was written into a form, by `custom_id`.
    public let fields: [String: [String]]
    /// A logger whose entries carry the trace id, guild and user.
    public let logger: Logger

    let strings: StringTable
    let answer: Answer

    /// The guild it happened in.
    public var guild: GuildID? { interaction.guildID }

    /// The channel it happened in.
    public var channel: ChannelID? { interaction.channelID }

    /// Who did it.
    public var user: User? { interaction.invoker }

    /// What the bot may do in the channel.
    public var botPermissions: Permissions { interaction.appPermissions ?? [] }

    /// What the person may do in the channel; nil outside guilds.
    public var memberPermissions: Permissions? { interaction.member?.permissions }

    /// The person's language.
    public var locale: String? { interaction.locale }

    /// A phrase in the person's language.
    public func text(_ phrase: Phrase, _ values: [String: String] = [:]) -> String {
        strings.text(phrase, values, locale: locale)
    }

    /// Answers with a message: the first answer, the edit of a deferred one, or a follow-up. Gives the message
    /// that was made or edited; nil when the interaction is lost.
    @discardableResult
    public func reply(_ body: MessageBody, ephemeral: Bool = false) async throws -> Message? {
        try await answer.reply(body, ephemeral: ephemeral)
    }

    /// Answers with a sentence.
    @discardableResult
    public func reply(_ phrase: Phrase, _ values: [String: String] = [:], ephemeral: Bool = false) async throws
        -> Message?
    {
        try await answer.reply(MessageBody(content: text(phrase, values)), ephemeral: ephemeral)
    }

    /// Answers with something that the next reply replaces, such as "Looking up …". Does nothing when it was deferred.
    public func replyProvisionally(_ body: MessageBody, ephemeral: Bool = false) async throws {
        try await answer.reply(body, ephemeral: ephemeral, provisional: true)
    }

    /// Changes the answer, or the message that the component sits on.
    @discardableResult
    public func edit(_ body: MessageBody) async throws -> Message? {
        try await answer.edit(body)
    }

    /// Takes note of a button without changing anything, or shows the "thinking" line of a command.
    public func acknowledge() async throws {
        try await answer.deferIfUnanswered()
    }

    /// Shows a form; it has to be the first answer.
    public func show(_ modal: Modal) async throws {
        try await answer.show(modal)
    }
}

/// What is known while a person types an option.
public struct AutocompleteRequest: Sendable {
    /// What Discord sent.
    public let interaction: Interaction
    /// The options so far; required ones may be missing.
    public let options: OptionValues
    /// What stands in the option that is being typed.
    public let typed: String

    /// The guild it happens in.
    public var guild: GuildID? { interaction.guildID }

    /// Who types.
    public var user: User? { interaction.invoker }
}
