/// A structure of RFC 9420 with its one encoding: what decodes encodes to the same bytes again.
public protocol MLSCodable: Sendable {
    /// Reads the structure, leaving the reader behind it.
    init(from reader: inout MLSReader) throws(MLSError)
    /// Appends the structure's encoding.
    func write(to writer: inout MLSWriter)
}

extension MLSCodable {
    /// The structure's encoding.
    public var encoded: [UInt8] {
        var writer = MLSWriter()
        write(to: &writer)
        return writer.bytes
    }

    /// Decodes all of `bytes`; bytes behind the structure are an error.
    public init(decoding bytes: [UInt8]) throws(MLSError) {
        guard bytes.count <= MLSLimits.encodedBytes else {
            throw .tooLarge("An encoded value of \(bytes.count) bytes", limit: MLSLimits.encodedBytes)
        }
        var reader = MLSReader(bytes)
        try self.init(from: &reader)
        try reader.finish()
    }
}
