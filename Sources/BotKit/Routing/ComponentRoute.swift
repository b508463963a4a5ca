/// Answers buttons, selects and forms whose `custom_id` begins with one prefix.
public struct ComponentRoute: Sendable {
    /// The first word of the `custom_id`.
    public let prefix: String
    /// What runs.
    let run: InteractionHandler

    /// A route from its prefix and handler.
    public init(_ prefix: String, run: @escaping InteractionHandler) {
        self.prefix = prefix
        self.run = run
    }
}
