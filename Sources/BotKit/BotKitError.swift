/// What can go wrong when commands are declared, synced or answered.
public enum BotKitError: Error, Sendable, Hashable, CustomStringConvertible {
    /// A declared command breaks one of Discord's rules: which one (such as `play query`), and how.
    case invalidCommand(String, String)
    /// Two handlers claim the same command name or `custom_id` prefix.
    case duplicate(String)
    /// A `custom_id` cannot be made: its prefix, and why.
    case invalidCustomID(String, String)
    /// An option that the handler needs is missing or of another type: its name.
    case missingOption(String)
    /// Discord refused or did not get an answer: what happened.
    case requestFailed(String)
    /// The answer asked for does not fit this kind of interaction: why.
    case wrongAnswer(String)

    /// What happened and what to do next.
    public var description: String {
        switch self {
        case .invalidCommand(let name, let rule):
            "The command '\(name)' cannot be declared: \(rule)."
        case .duplicate(let name):
            "'\(name)' is declared twice; give each command and each custom_id prefix a name of its own."
        case .invalidCustomID(let prefix, let reason):
            "The custom_id '\(prefix)' cannot be made: \(reason)."
        case .missingOption(let name):
            "The option '\(name)' is missing or has another type than declared; sync the commands again."
        case .requestFailed(let reason):
            "Discord did not take the answer: \(reason)."
        case .wrongAnswer(let reason):
            "This answer does not fit the interaction: \(reason)."
        }
    }
}
