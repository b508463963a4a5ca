import Glibc

/// What happened in a match: orders, chat, economy, build orders, and who left first.
public struct MatchReport: Sendable, Hashable {
    /// A line of chat.
    public struct ChatLine: Sendable, Hashable {
        /// When, in loops.
        public var loop: Int
        /// Number among users (players before 2.0).
        public var user: Int
        /// The writer's name.
        public var name: String
        /// Who could read it.
        public var recipient: ChatRecipient
        /// What.
        public var text: String
    }

    /// Someone who left.
    public struct Departure: Sendable, Hashable {
        /// When, in loops.
        public var loop: Int
        /// Number among users (players before 2.0).
        public var user: Int
        /// Number among players; `nil` for observers.
        public var player: Int?
        /// Why, since 3.0, by the game's number.
        public var reason: Int?
    }

    /// Players in the order of the facts.
    public var players: [PlayerReport] = []
    /// Chat in order.
    public var chat: [ChatLine] = []
    /// Who left, in order.
    public var departures: [Departure] = []
    /// Whether the game went on from a replay.
    public var isResumed = false
    /// How many game events there are.
    public var gameEventCount = 0
    /// How many tracker events there are.
    public var trackerEventCount = 0
    /// The winning team when the replay itself has none: of two people, the first to leave lost. Right in 99 of 100
    /// games; wrong when the winner leaves first. `nil` with computers or more players, where it would be a guess.
    public var winnerByLeaving: Int?

    /// How well a player spent what came in, as the spending quotient of the community: 100 is master league.
    public static func spendingQuotient(income: Double, unspent: Double) -> Double? {
        guard income > 0, unspent > 0 else { return nil }
        return 35 * (0.00137 * income - log(unspent)) + 240
    }
}

extension PlayerReport {
    /// How well the player spent what came in; `nil` before 2.0.8.
    public var spendingQuotient: Double? {
        MatchReport.spendingQuotient(income: averageIncome, unspent: averageUnspent)
    }
}
