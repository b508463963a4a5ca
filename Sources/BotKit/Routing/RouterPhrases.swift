/// What the router itself says.
public enum RouterPhrases {
    /// A failure nobody foresaw.
    public static let failed = Phrase(
        "router.failed",
        "Something went wrong. Please try again; if it happens again, tell the owner (trace id {trace}).")
    /// Too many interactions at once.
    public static let overloaded = Phrase(
        "router.overloaded", "I have my hands full right now. Please try again in a few seconds.")
    /// The handler used up its time.
    public static let tookTooLong = Phrase(
        "router.timeout", "This took too long, so I gave up. Please try again (trace id {trace}).")
    /// A command or button that this version does not know.
    public static let unknown = Phrase(
        "router.unknown", "I do not know this any more. Please use the command again.")
    /// A guild command in a direct message.
    public static let guildOnly = Phrase("router.guild_only", "This works in a server only.")
    /// The bot lacks permissions.
    public static let botLacks = Phrase("router.bot_lacks", "I need these permissions here first: {permissions}.")
    /// The person lacks permissions.
    public static let memberLacks = Phrase(
        "router.member_lacks", "You need these permissions to use this: {permissions}.")
    /// Nothing was said by the handler.
    public static let done = Phrase("router.done", "Done.")
}
