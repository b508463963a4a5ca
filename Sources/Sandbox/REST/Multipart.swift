/// Reads request bodies: JSON, multipart with `payload_json`, or a form with one `payload_json` field.
enum RequestBody {
    struct Parts: Sendable {
        var json: JSON
        var files: [UploadedFile]
    }

    static func read(_ bytes: [UInt8], contentType: String) throws(APIError) -> Parts {
        let lowered = contentType.lowercased()
        if lowered.hasPrefix("multipart/form-data") {
            guard let mark = contentType.firstRange(of: "boundary=") else { throw .invalidJSON }
            let boundary = contentType[mark.upperBound...].prefix { $0 != ";" }
            return try multipart(bytes, boundary: boundary.trimming("\""))
        }
        if lowered.hasPrefix("application/x-www-form-urlencoded") {
            return Parts(json: form(String(decoding: bytes, as: UTF8.self)), files: [])
        }
        if bytes.isEmpty { return Parts(json: .object([:]), files: []) }
        guard let json = JSONReader.read(bytes) else { throw .invalidJSON }
        return Parts(json: json, files: [])
    }

    private static func form(_ text: String) -> JSON {
        var fields: [String: JSON] = [:]
        for pair in text.split(separator: "&") {
            let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let key = String(halves[0]).percentDecoded(plusIsSpace: true)
            let value = halves.count > 1 ? String(halves[1]).percentDecoded(plusIsSpace: true) : ""
            fields[key] = .string(value)
        }
        if let payload = fields["payload_json"]?.string { return JSONReader.read(payload) ?? .object([:]) }
        return .object(fields)
    }

    private static func multipart(_ bytes: [UInt8], boundary: String) throws(APIError) -> Parts {
        let mark = Array("--\(boundary)".utf8)
        var fields: [String: JSON] = [:]
        var files: [UploadedFile] = []
        var payload: JSON?
        var positions: [Int] = []
        var search = 0
        while let found = bytes.firstRange(of: mark, from: search) {
            positions.append(found)
            search = found + mark.count
        }
        guard positions.count > 1 else { throw .invalidJSON }
        for (start, end) in zip(positions, positions.dropFirst()) {
            let part = Array(bytes[(start + mark.count)..<end])
            guard let split = part.firstRange(of: [13, 10, 13, 10], from: 0) else { continue }
            let head = String(decoding: part[..<split], as: UTF8.self)
            let body = Array(part[(split + 4)...].dropLast(2))
            guard let name = parameter("name", in: head) else { continue }
            let type = head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("content-type:") }
            let contentType = type.map { $0.dropFirst(13).trimming(" ") } ?? "application/octet-stream"
            if name == "payload_json" {
                guard let json = JSONReader.read(body) else { throw .invalidJSON }
                payload = json
            } else if let filename = parameter("filename", in: head) {
                let digits = name.filter(\.isNumber)
                files.append(
                    UploadedFile(
                        index: Int(digits) ?? files.count, name: filename,
                        contentType: ContentTypes.guess(filename, sent: contentType), bytes: body))
            } else {
                fields[name] = .string(String(decoding: body, as: UTF8.self))
            }
        }
        return Parts(json: payload ?? .object(fields), files: files)
    }

    private static func parameter(_ name: String, in head: String) -> String? {
        for separator in ["; \(name)=\"", ";\(name)=\""] {
            if let range = head.firstRange(of: separator) {
                return String(head[range.upperBound...].prefix { $0 != "\"" }).percentDecoded(plusIsSpace: false)
            }
        }
        return nil
    }
}

/// Content types of attachments by their names.
enum ContentTypes {
    private static let known = [
        "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif", "webp": "image/webp",
        "ogg": "audio/ogg", "opus": "audio/ogg", "mp3": "audio/mpeg", "flac": "audio/flac", "wav": "audio/x-wav",
        "m4a": "audio/mp4", "mp4": "video/mp4", "webm": "video/webm", "txt": "text/plain; charset=utf-8",
        "json": "application/json", "pdf": "application/pdf", "zip": "application/zip", "csv": "text/csv",
    ]

    static func guess(_ name: String, sent: String) -> String {
        let ending = name.split(separator: ".").last.map { $0.lowercased() } ?? ""
        return known[ending] ?? sent
    }
}

extension StringProtocol {
    /// Without the given character at both ends.
    func trimming(_ character: Character) -> String {
        var text = Substring(self)
        while text.first == character { text.removeFirst() }
        while text.last == character { text.removeLast() }
        return String(text)
    }

    /// The text with `%41` turned into `A`; broken escapes stay as they are.
    func percentDecoded(plusIsSpace: Bool) -> String {
        var output: [UInt8] = []
        let bytes = Array(utf8)
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count,
                let value = UInt8(String(decoding: bytes[index + 1...index + 2], as: UTF8.self), radix: 16)
            {
                output.append(value)
                index += 3
            } else {
                output.append(plusIsSpace && bytes[index] == UInt8(ascii: "+") ? 0x20 : bytes[index])
                index += 1
            }
        }
        return String(decoding: output, as: UTF8.self)
    }
}

extension [UInt8] {
    /// The position of the first occurrence of `pattern` at or after `start`.
    func firstRange(of pattern: [UInt8], from start: Int) -> Int? {
        guard let first = pattern.first, count >= pattern.count else { return nil }
        var index = start
        while index <= count - pattern.count {
            if self[index] == first && self[index..<index + pattern.count].elementsEqual(pattern) { return index }
            index += 1
        }
        return nil
    }
}
