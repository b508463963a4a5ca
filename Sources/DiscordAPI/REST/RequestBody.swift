internal import DiscordModel

/// A file to upload with a message.
public struct UploadFile: Sendable, Hashable {
    /// Its name, as `attachment://name` refers to it.
    public var name: String
    /// Its media type.
    public var contentType: String
    /// Its bytes.
    public var bytes: [UInt8]
    /// Alternative text.
    public var description: String?

    /// A file from its parts.
    public init(
        name: String, contentType: String = "application/octet-stream", bytes: [UInt8], description: String? = nil
    ) {
        self.name = name
        self.contentType = contentType
        self.bytes = bytes
        self.description = description
    }
}

/// The body of a request.
public struct RequestBody: Sendable {
    /// The value of Content-Type; nil without a body.
    var contentType: String?
    /// The bytes.
    var bytes: [UInt8]

    /// No body.
    public static let none = RequestBody(contentType: nil, bytes: [])

    /// A value as JSON, with files as multipart form data around it (2.3).
    public static func json(_ value: some Encodable, files: [UploadFile] = []) throws(DiscordError) -> RequestBody {
        let json: [UInt8]
        do {
            json = try JSON.encode(value)
        } catch {
            throw .unwritable(error)
        }
        guard !files.isEmpty else { return RequestBody(contentType: "application/json", bytes: json) }
        return multipart(json, files)
    }

    private static func multipart(_ json: [UInt8], _ files: [UploadFile]) -> RequestBody {
        let boundary = "backline-\(UInt64.random(in: .min ... .max))-\(UInt64.random(in: .min ... .max))"
        var bytes: [UInt8] = []
        bytes.reserveCapacity(files.reduce(json.count + 512) { $0 + $1.bytes.count + 512 })
        func part(_ disposition: String, _ type: String, _ content: [UInt8]) {
            bytes +=
                "--\(boundary)\r\nContent-Disposition: form-data; \(disposition)\r\nContent-Type: \(type)\r\n\r\n".utf8
            bytes += content
            bytes += "\r\n".utf8
        }
        part("name=\"payload_json\"", "application/json", json)
        for (index, file) in files.enumerated() {
            let type =
                file.contentType.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
                ? file.contentType : "application/octet-stream"
            part("name=\"files[\(index)]\"; filename=\"\(quoted(file.name))\"", type, file.bytes)
        }
        bytes += "--\(boundary)--\r\n".utf8
        return RequestBody(contentType: "multipart/form-data; boundary=\(boundary)", bytes: bytes)
    }

    /// A file name inside quotes, as browsers escape it (HTML standard, multipart/form-data encoding).
    private static func quoted(_ name: String) -> String {
        String(
            String.UnicodeScalarView(
                name.unicodeScalars.flatMap { scalar -> [Unicode.Scalar] in
                    switch scalar {
                    case "\"": Array("%22".unicodeScalars)
                    case "\r": Array("%0D".unicodeScalars)
                    case "\n": Array("%0A".unicodeScalars)
                    default: [scalar]
                    }
                }))
    }
}

extension MessageBody {
    /// The body with an entry for each uploaded file, unless the caller listed them.
    func announcing(_ files: [UploadFile]) -> MessageBody {
        guard attachments == nil, !files.isEmpty else { return self }
        var body = self
        body.attachments = files.enumerated().map { index, file in
            AttachmentReference(id: .integer(Int64(index)), filename: file.name, description: file.description)
        }
        return body
    }
}
