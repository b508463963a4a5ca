/// Whether calls are end-to-end encrypted.
public enum DAVERule: String, Sendable, CaseIterable {
    /// Never: every call runs protocol version 0.
    case off
    /// When all members of a call can; one that cannot brings the call down to version 0, and back up when it left.
    case offered
    /// Always, as on Discord since March 2026: who cannot is refused with 4017. Stage channels are exempt.
    case required
}

/// The delivery service's patience, in milliseconds.
struct DeliveryRules: Sendable {
    /// How long all members may take to get ready for a transition (opcode 23).
    var transitionWait: Int64 = 2_000
    /// How long a valid commit may take after proposals; then the group starts anew.
    var commitWait: Int64 = 3_000
    /// How long the next key package may take after opcode 31; then its sender is only removed.
    var packageWait: Int64 = 2_000
    /// How long the second commit of a race is waited for.
    var raceWait: Int64 = 1_000
}

/// Trouble that a delivery service makes on demand: how many times each kind is still to happen.
struct DeliveryFaults: Sendable, Equatable {
    /// Proposals for an epoch that is not the group's.
    var wrongEpoch = 0
    /// Welcomes that are never sent.
    var withheldWelcome = 0
    /// Welcomes with a changed byte.
    var corruptedWelcome = 0
    /// Commits that wait for another member's, which then wins.
    var racingCommits = 0
    /// Transitions that are never executed (opcode 22).
    var withheldExecute = 0
    /// Members whose opcodes 23 and 28 get lost.
    var deafTo: Set<ID> = []

    /// Uses one of a kind up.
    mutating func take(_ kind: WritableKeyPath<DeliveryFaults, Int>) -> Bool {
        guard self[keyPath: kind] > 0 else { return false }
        self[keyPath: kind] -= 1
        return true
    }

    /// Adds what the admin interface asks for.
    mutating func add(_ trouble: DAVETrouble, _ count: Int) {
        switch trouble {
        case .wrongEpoch: wrongEpoch += count
        case .withheldWelcome: withheldWelcome += count
        case .corruptedWelcome: corruptedWelcome += count
        case .racingCommits: racingCommits += count
        case .withheldExecute: withheldExecute += count
        }
    }
}
