/// One option of a slash command, as declared: what the person may type there, within which bounds.
public struct CommandOption: Sendable {
    /// What kind of value the option takes, with its bounds.
    public enum Kind: Sendable {
        /// Text, optionally with a least and greatest length.
        case string(length: ClosedRange<Int>?)
        /// A whole number, optionally within bounds.
        case integer(ClosedRange<Int64>?)
        /// A number, optionally within bounds.
        case number(ClosedRange<Double>?)
        /// Yes or no.
        case boolean
        /// A person.
        case user
        /// A channel, optionally only of the given types (Discord's numbers: 0 text, 2 voice, 13 stage).
        case channel(types: [Int])
        /// A role.
        case role
        /// A person or a role.
        case mentionable
        /// A file.
        case attachment
    }

    /// A fixed choice offered for an option.
    public struct Choice: Sendable, Hashable {
        /// What the person sees, 1–100 characters.
        public let name: Phrase
        /// What the handler gets.
        public let value: ChoiceValue

        /// A choice from what is seen and what is meant.
        public init(_ name: Phrase, _ value: ChoiceValue) {
            self.name = name
            self.value = value
        }
    }

    /// What a choice stands for.
    public enum ChoiceValue: Sendable, Hashable {
        /// Text of at most 100 characters.
        case string(String)
        /// A whole number.
        case integer(Int64)
        /// A number.
        case number(Double)
    }

    /// The option's name, as typed by the person.
    public let name: String
    /// What the option is for, 1–100 characters.
    public let description: Phrase
    /// What it takes.
    public let kind: Kind
    /// Whether the command cannot be sent without it.
    public let isRequired: Bool
    /// The only values allowed, when there are any.
    public let choices: [Choice]
    /// Offers values while the person types; nil means that nothing is offered.
    public let autocomplete: Autocomplete?

    /// An option from its parts.
    public init(
        _ name: String, _ description: Phrase, _ kind: Kind, required: Bool = false, choices: [Choice] = [],
        autocomplete: Autocomplete? = nil
    ) {
        self.name = name
        self.description = description
        self.kind = kind
        self.isRequired = required
        self.choices = choices
        self.autocomplete = autocomplete
    }
}

/// Offers at most 25 values for the option that is being typed; late or failed answers become an empty list.
public typealias Autocomplete = @Sendable (AutocompleteRequest) async throws -> [Suggestion]

/// One value offered while the person types.
public struct Suggestion: Sendable, Hashable {
    /// What the person sees; cut to 100 characters.
    public let name: String
    /// What the command gets.
    public let value: CommandOption.ChoiceValue

    /// A suggestion from what is seen and what is meant.
    public init(_ name: String, _ value: CommandOption.ChoiceValue) {
        self.name = name
        self.value = value
    }
}
