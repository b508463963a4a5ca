/// Why the store could not do its work; no case holds a value that was bound, an address or a password.
public enum StoreError: Error, Sendable, Hashable {
    /// The call itself is wrong; the words say how.
    case invalid(String)
    /// The database cannot be reached; the words are of a fixed list.
    case unavailable(String)
    /// The database did not answer within the limit.
    case timedOut(Duration)
    /// Another writer holds the lock, or two transactions met; the same call may succeed when made again.
    case busy
    /// No room on the disk; nothing of the transaction was kept.
    case diskFull
    /// Reading or writing failed; what was under way is not kept.
    case ioFailed(String)
    /// The connection broke while a transaction was being finished: it may or may not have been kept.
    case outcomeUnknown
    /// A file is not what it should be; the words name the place.
    case damaged(String)
    /// A rule of a table forbids the row; the words name the rule.
    case constraint(String)
    /// The database refused the statement: its code (SQLSTATE or SQLite's) and words of ours.
    case refused(code: String, words: String)
    /// The answer has more rows than the limit.
    case tooManyRows(limit: Int)
    /// A row has no such column, or a value of another type in it.
    case column(name: String, words: String)
    /// The migrations of the program and of the database do not fit together.
    case migration(MigrationProblem)
    /// The journal was opened by another process.
    case journalInUse
    /// The journal could not be made durable and takes nothing more until it is opened anew.
    case journalFailed(String)
    /// The journal is full and the record was of a kind that does not wait.
    case journalFull
    /// A transfer between databases found a difference.
    case verification(String)
    /// The store is closed.
    case closed
    /// The task was cancelled.
    case cancelled

    /// Whether the same work may succeed later, unchanged: the database is away, busy, slow or full.
    public var isTransient: Bool {
        switch self {
        case .unavailable, .timedOut, .busy, .diskFull, .ioFailed, .outcomeUnknown, .cancelled, .closed: true
        default: false
        }
    }
}

extension StoreError: CustomStringConvertible {
    /// What happened and what to do next.
    public var description: String {
        switch self {
        case .invalid(let words): "The store was asked for something it cannot do: \(words)."
        case .unavailable(let words):
            "The database cannot be reached: \(words). Check that it runs and that BACKLINE_DATABASE_URL is right."
        case .timedOut(let limit): "The database did not answer within \(limit). Check its load and its disk."
        case .busy: "The database is busy with another writer. Try again in a moment."
        case .diskFull: "The disk of the database is full; nothing was changed. Make room and try again."
        case .ioFailed(let words):
            "Reading or writing the database failed (\(words)). Check the disk and the rights on its folder."
        case .outcomeUnknown:
            "The connection to the database broke while a change was being finished. Look whether it is there before making it again."
        case .damaged(let words): "A file of the store is damaged: \(words). Keep a copy of it and restore a backup."
        case .constraint(let words): "A rule of the database forbids this change: \(words)."
        case .refused(let code, let words): "The database refused the statement (\(code)): \(words)."
        case .tooManyRows(let limit): "The answer has more than \(limit) rows. Ask for fewer at a time."
        case .column(let name, let words): "The column “\(name)” cannot be read: \(words)."
        case .migration(let problem): problem.description
        case .journalInUse:
            "Another process uses this journal. End it first; only one Backline may run on a data folder."
        case .journalFailed(let words):
            "The journal could not be written safely (\(words)) and takes nothing more. Check the disk and start again; all that was acknowledged is kept."
        case .journalFull: "The journal is full because the database has been away too long. Bring the database back."
        case .verification(let words):
            "The copy differs from the original: \(words). Nothing was switched over; try again."
        case .closed: "The store is closed."
        case .cancelled: "The work on the store was cancelled."
        }
    }
}
