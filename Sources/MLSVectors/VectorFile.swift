public import FoundationEssentials
internal import MLS

/// What came of one entry of a vector file.
public struct VectorResult: Sendable {
    /// How the entry went.
    public enum Outcome: Sendable, Equatable {
        /// Everything was as the entry says.
        case passed
        /// Something was not, and what.
        case failed(String)
        /// The entry needs something that this program does not have, and what.
        case unsupported(String)
    }

    /// The entry's place in the file, from 0.
    public let index: Int
    /// What the entry is about; nil when that is not known.
    public let kind: VectorKind?
    /// How it went.
    public let outcome: Outcome
}

/// Runs files of vectors in the format of the MLS working group (mlswg/mls-implementations, `test-vectors.md`).
public enum VectorFile {
    /// The file is not JSON of the right form.
    public struct Unreadable: Error, CustomStringConvertible {
        /// What is wrong with it.
        public let description: String

        /// A file of which something is wrong.
        public init(_ description: String) { self.description = description }
    }

    /// Checks every entry of a file's JSON; throws when the file is not an array of objects (or one object).
    public static func run(_ json: Data) throws(Unreadable) -> [VectorResult] {
        let entries: [VectorValue]
        do {
            switch try JSONDecoder().decode(VectorValue.self, from: json) {
            case .list(let list): entries = list
            case .object(let object): entries = [.object(object)]
            default: throw VectorFailure("the JSON is neither an array nor an object")
            }
        } catch let failure as VectorFailure {
            throw Unreadable(failure.description)
        } catch {
            throw Unreadable("the file is not JSON as vector files have it")
        }
        return entries.enumerated().map { index, entry in
            VectorResult(index: index, kind: VectorKind(of: entry), outcome: run(entry))
        }
    }

    private static func run(_ entry: VectorValue) -> VectorResult.Outcome {
        guard let kind = VectorKind(of: entry) else { return .unsupported("the kind of the entry is not known") }
        if let suite = try? entry.optional("cipher_suite")?.number, suite != UInt64(MLSParameters.cipherSuite) {
            return .unsupported("cipher suite \(suite); only suite 2 (P-256, AES-128-GCM, SHA-256) is built in")
        }
        do {
            try kind.check(entry)
            return .passed
        } catch {
            return .failed("\(error)")
        }
    }
}
