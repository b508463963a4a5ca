extension IdentifyProperties: MissingValue {
    /// Nothing is known about the client.
    public static var missingValue: IdentifyProperties { IdentifyProperties() }
}

extension SessionStartLimit: MissingValue {
    /// The limits of an ordinary bot.
    public static var missingValue: SessionStartLimit { SessionStartLimit() }
}
