/// What one player did in a match.
public struct PlayerReport: Sendable, Hashable {
    /// A player's economy at one moment.
    public struct EconomySample: Sendable, Hashable {
        /// When.
        public var loop: Int
        /// The numbers.
        public var stats: PlayerStats
    }

    /// A step of a build order.
    public struct BuildStep: Sendable, Hashable {
        /// What happened to a thing.
        public enum Kind: String, Sendable, Hashable {
            /// A building, or a unit warped in, was begun.
            case began
            /// A unit was finished.
            case finished
            /// A unit or building became this.
            case became
            /// An upgrade was finished.
            case researched
        }

        /// When.
        public var loop: Int
        /// Supply in use then, as far as known.
        public var supply: Int
        /// Name in the catalogue, the same in every language.
        public var name: String
        /// What happened.
        public var kind: Kind
    }

    /// Number among players, as ``MatchPlayer/number``.
    public var number: Int
    /// Number among users.
    public var user: Int?
    /// When the person left, in loops.
    public var left: Int?
    /// How many orders were given.
    public var commands = 0
    /// How often the selection changed.
    public var selections = 0
    /// How often control groups were used.
    public var controlGroups = 0
    /// How often the camera moved.
    public var cameraMoves = 0
    /// Units that came to be, without those of the start.
    public var unitsBorn = 0
    /// Units lost.
    public var unitsLost = 0
    /// Units of others killed.
    public var unitsKilled = 0
    /// Upgrades in the order they were finished.
    public var upgrades: [String] = []
    /// The economy, every 160 loops.
    public var economy: [EconomySample] = []
    /// What was built, in order.
    public var buildOrder: [BuildStep] = []

    /// Loops during which supply in use had reached what there was, as far as samples every 160 loops tell. Full supply
    /// is no block.
    public var supplyBlockedLoops: Int {
        zip(economy, economy.dropFirst()).reduce(0) { sum, pair in
            let stats = pair.0.stats
            let isBlocked = stats.supplyMade > 0 && stats.supplyMade < 200 && stats.supplyUsed >= stats.supplyMade
            return isBlocked ? sum + max(0, pair.1.loop - pair.0.loop) : sum
        }
    }

    /// Mean of minerals and gas that lay unspent.
    public var averageUnspent: Double { mean { Double($0[.mineralsCurrent] + $0[.vespeneCurrent]) } }

    /// Mean of minerals and gas that came in a minute.
    public var averageIncome: Double {
        mean { Double($0[.mineralsCollectionRate] + $0[.vespeneCollectionRate]) }
    }

    private func mean(_ value: (PlayerStats) -> Double) -> Double {
        economy.isEmpty ? 0 : economy.reduce(0) { $0 + value($1.stats) } / Double(economy.count)
    }
}
