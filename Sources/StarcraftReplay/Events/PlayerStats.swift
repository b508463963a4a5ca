/// A player's economy at one moment: 39 numbers.
public struct PlayerStats: Sendable, Hashable {
    /// Player.
    public var player = 0
    /// The numbers in their order; see ``Key``.
    public var values: [Int32] = []

    /// What each number is. “Used” is spent on what stands or is being made; armies, economy and technology follow each
    /// other, minerals first and then gas.
    public enum Key: Int, Sendable, CaseIterable {
        case mineralsCurrent = 0, vespeneCurrent, mineralsCollectionRate, vespeneCollectionRate, workersActiveCount
        case mineralsUsedInProgressArmy, mineralsUsedInProgressEconomy, mineralsUsedInProgressTechnology
        case vespeneUsedInProgressArmy, vespeneUsedInProgressEconomy, vespeneUsedInProgressTechnology
        case mineralsUsedCurrentArmy, mineralsUsedCurrentEconomy, mineralsUsedCurrentTechnology
        case vespeneUsedCurrentArmy, vespeneUsedCurrentEconomy, vespeneUsedCurrentTechnology
        case mineralsLostArmy, mineralsLostEconomy, mineralsLostTechnology
        case vespeneLostArmy, vespeneLostEconomy, vespeneLostTechnology
        case mineralsKilledArmy, mineralsKilledEconomy, mineralsKilledTechnology
        case vespeneKilledArmy, vespeneKilledEconomy, vespeneKilledTechnology
        case foodUsed, foodMade, mineralsUsedActiveForces, vespeneUsedActiveForces
        case mineralsFriendlyFireArmy, mineralsFriendlyFireEconomy, mineralsFriendlyFireTechnology
        case vespeneFriendlyFireArmy, vespeneFriendlyFireEconomy, vespeneFriendlyFireTechnology
    }

    /// A number; 0 when the replay does not have it.
    public subscript(_ key: Key) -> Int { key.rawValue < values.count ? Int(values[key.rawValue]) : 0 }

    /// Supply in use.
    public var supplyUsed: Double { Double(self[.foodUsed]) / 4096 }
    /// Supply there is.
    public var supplyMade: Double { Double(self[.foodMade]) / 4096 }
    /// Minerals and gas that stand in the army.
    public var armyValue: Int { self[.mineralsUsedCurrentArmy] + self[.vespeneUsedCurrentArmy] }
}
