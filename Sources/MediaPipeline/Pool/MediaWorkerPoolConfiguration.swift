/// How many workers run and what they may use.
public struct MediaWorkerPoolConfiguration: Sendable {
    /// The path of the `media-worker` program.
    public var executable: String
    /// The fewest and the most worker processes.
    public var workers: ClosedRange<Int>
    /// The most sessions in one worker.
    public var sessionsPerWorker: Int
    /// A worker is replaced after this many sessions, so that leaks in libraries do not add up.
    public var sessionsUntilReplaced: Int
    /// A worker above the fewest ends after being idle for this long.
    public var idleLimit: Duration
    /// How long a song waits for a worker to start or to have room.
    public var patience: Duration
    /// The most address space of a worker in bytes; threads reserve far more of it than they use.
    public var addressSpaceLimit: UInt64
    /// The niceness of workers: the sender's thread goes first.
    public var niceness: Int32
    /// A PEM file whose certificate authorities are trusted besides the system's.
    public var certificateAuthorityFile: String?

    /// One to four workers with sixteen sessions each.
    public init(executable: String, workers: ClosedRange<Int> = 1...4) {
        self.executable = executable
        self.workers = workers
        sessionsPerWorker = 16
        sessionsUntilReplaced = 1000
        idleLimit = .seconds(60)
        patience = .seconds(15)
        addressSpaceLimit = 4 << 30
        niceness = 5
        certificateAuthorityFile = nil
    }
}
