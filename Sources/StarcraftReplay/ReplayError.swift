/// Why a replay could not be read, and where.
///
/// Offsets count bytes: of the whole file for ``ReplayPart/archive``, of the user data for ``ReplayPart/header``, of the
/// decompressed file for all others.
public enum ReplayError: Error, Sendable, Hashable {
    /// The bytes do not begin with an archive's user data block.
    case notAReplay(offset: Int)
    /// The bytes end before the value that begins at the offset does.
    case truncated(ReplayPart, offset: Int)
    /// A value is impossible.
    case damaged(ReplayPart, offset: Int, problem: Problem)
    /// The archive has no such file.
    case missing(ReplayPart)
    /// The file is stored in a way that no known replay uses.
    case unsupported(ReplayPart, offset: Int, feature: Feature)
    /// The file wants more than ``ReplayLimits`` allow.
    case tooLarge(ReplayPart, offset: Int, limit: Int)
    /// An event of a number that the layout of this build does not have.
    case unknownEvent(ReplayPart, offset: Int, number: Int)
    /// Bytes are left after the last value, so the layout was not the right one.
    case leftOver(ReplayPart, offset: Int, bytes: Int)

    /// What is impossible about a value.
    public enum Problem: Sendable, Hashable {
        /// A marker is not the one that belongs there.
        case marker(found: Int)
        /// A number is outside its range.
        case range
        /// A choice has no such case.
        case choice(found: Int)
        /// Values are nested deeper than any replay needs.
        case nesting
        /// The compressed bytes do not decompress to what was announced.
        case compression(status: Int)
        /// Text that should be JSON is not.
        case json
        /// A reference leads nowhere.
        case reference(Int)
    }

    /// A way to store files that no known replay uses.
    public enum Feature: Sendable, Hashable {
        /// A compression method, by its number.
        case compression(Int)
        /// PKWARE implosion of whole files.
        case implosion
        /// Encrypted files.
        case encryption
    }
}

extension ReplayError: CustomStringConvertible {
    /// A sentence for people.
    public var description: String {
        switch self {
        case .notAReplay(let offset): "This is not a replay: no archive begins at byte \(offset)."
        case .truncated(let part, let offset):
            "The replay is cut off: \(part.rawValue) ends within the value at byte \(offset)."
        case .damaged(let part, let offset, let problem):
            "The replay is damaged: \(part.rawValue) has \(problem) at byte \(offset)."
        case .missing(let part): "The replay has no \(part.rawValue); it is incomplete."
        case .unsupported(let part, let offset, let feature):
            "The replay is not written by the game: \(part.rawValue) at byte \(offset) uses \(feature)."
        case .tooLarge(let part, let offset, let limit):
            "The replay is too large: \(part.rawValue) at byte \(offset) wants more than \(limit)."
        case .unknownEvent(let part, let offset, let number):
            "The replay has an unknown event \(number) in \(part.rawValue) at byte \(offset); its build may be too new."
        case .leftOver(let part, let offset, let bytes):
            "The replay has an unknown layout: \(bytes) bytes of \(part.rawValue) are left at byte \(offset)."
        }
    }
}

extension ReplayError.Problem: CustomStringConvertible {
    /// What is impossible, as the object of a sentence.
    public var description: String {
        switch self {
        case .marker(let found): "the marker \(found), which does not belong there,"
        case .range: "a number outside its range"
        case .choice(let found): "the unknown choice \(found)"
        case .nesting: "values nested too deep"
        case .compression(let status): "compressed bytes that do not decompress (\(status))"
        case .json: "text that is not JSON"
        case .reference(let number): "the reference \(number) to nothing"
        }
    }
}

extension ReplayError.Feature: CustomStringConvertible {
    /// The feature, as the object of a sentence.
    public var description: String {
        switch self {
        case .compression(let method): "compression method \(method)"
        case .implosion: "implosion"
        case .encryption: "encryption"
        }
    }
}
