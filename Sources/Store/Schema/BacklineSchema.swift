/// The tables of Backline. A released migration never changes: add one behind the last.
public enum BacklineSchema {
    /// Settings of a guild, one row for each part of the program: JSON text.
    public static let guildSettings = Table(
        "guild_settings",
        [
            Column("part", .text), Column("guild", .integer), Column("value", .text), Column("changed_at", .integer),
        ], primaryKey: ["part", "guild"])

    /// Up to which record each journal was applied; written in the same transaction as what was applied.
    static let watermarks = Table(
        "journal_watermarks", [Column("journal", .text), Column("applied", .integer)], primaryKey: ["journal"])

    /// Records that could not be applied, and those behind them with the same key.
    static let parked = Table(
        "journal_parked",
        [
            Column("journal", .text), Column("sequence", .integer), Column("kind", .text), Column("key", .text),
            Column("payload", .blob), Column("recorded_at", .integer), Column("reason", .text),
        ], primaryKey: ["journal", "sequence"])

    /// All migrations.
    public static let migrations = [
        Migration(
            1, "settings and journal",
            [.createTable(guildSettings), .createTable(watermarks), .createTable(parked)])
    ]

    /// The plan of the program.
    public static func plan() throws(StoreError) -> MigrationPlan { try MigrationPlan(migrations) }
}
