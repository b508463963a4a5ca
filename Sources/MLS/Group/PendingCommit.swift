/// A commit that was made and not yet accepted by the delivery service; drop it when another commit wins.
public struct PendingCommit: ~Copyable, Sendable {
    /// The commit as an `MLSMessage` in clear.
    public let message: [UInt8]
    /// A bare `Welcome` for all who are added; nil when nobody is.
    public let welcome: [UInt8]?
    private let group: Group

    init(message: [UInt8], welcome: [UInt8]?, group: consuming Group) {
        self.message = message
        self.welcome = welcome
        self.group = group
    }

    /// The epoch that the commit leads to.
    public var epoch: UInt64 { group.epoch }

    /// The group of the next epoch, once the commit has won.
    public consuming func adopt() -> Group { group }
}
