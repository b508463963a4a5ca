/// The comment header of an Ogg Opus stream (RFC 7845, section 5.2).
public struct OpusTags: Sendable, Hashable {
    /// Who wrote the stream.
    public var vendor: String
    /// Comments in order, each `NAME=value`.
    public var comments: [String]

    /// Comments to write.
    public init(vendor: String = "Backline", comments: [String] = []) {
        self.vendor = vendor
        self.comments = comments
    }

    /// The value of the first comment with this name, compared without case.
    public subscript(_ name: String) -> String? {
        for comment in comments {
            guard let split = comment.firstIndex(of: "=") else { continue }
            if comment[..<split].lowercased() == name.lowercased() {
                return String(comment[comment.index(after: split)...])
            }
        }
        return nil
    }

    /// The header packet.
    var bytes: [UInt8] {
        var bytes = Array("OpusTags".utf8)
        bytes += littleEndian(UInt32(clamping: vendor.utf8.count)) + Array(vendor.utf8)
        bytes += littleEndian(UInt32(clamping: comments.count))
        for comment in comments { bytes += littleEndian(UInt32(clamping: comment.utf8.count)) + Array(comment.utf8) }
        return bytes
    }

    /// Reads a header packet.
    init(packet: [UInt8]) throws(MediaError) {
        guard packet.starts(with: "OpusTags".utf8) else { throw .broken("the Opus stream has no comment header") }
        var position = 8
        func number() throws(MediaError) -> Int {
            guard packet.count - position >= 4 else { throw .broken("the Opus comments are cut short") }
            defer { position += 4 }
            return packet[position..<position + 4].reversed().reduce(0) { $0 << 8 | Int($1) }
        }
        func text() throws(MediaError) -> String {
            let count = try number()
            guard packet.count - position >= count else { throw .broken("the Opus comments are cut short") }
            defer { position += count }
            return String(decoding: packet[position..<position + count], as: UTF8.self)
        }
        vendor = try text()
        comments = []
        for _ in 0..<(try number()) { comments.append(try text()) }
    }
}
