@testable import Sandbox

/// The bodies of requests to the sandbox: JSON, multipart, forms.
///
/// First byte: which.
enum BodyFuzz {
    static let target = FuzzTarget(run: run, seeds: seeds)

    private static func run(_ bytes: [UInt8]) {
        var input = FuzzInput(bytes)
        switch input.byte() % 3 {
        case 0: json(input.remainder())
        case 1: _ = try? RequestBody.read(input.remainder(), contentType: "multipart/form-data; boundary=x")
        default: _ = try? RequestBody.read(input.remainder(), contentType: "application/x-www-form-urlencoded")
        }
    }

    private static func json(_ bytes: [UInt8]) {
        guard let value = JSONReader.read(bytes) else { return }
        precondition(JSONReader.read(value.bytes) == value, "what was written reads as something else")
    }

    private static func seeds() -> [(name: String, bytes: [UInt8])] {
        let parts = """
            --x\r
            Content-Disposition: form-data; name="payload_json"\r
            Content-Type: application/json\r
            \r
            {"content":"a"}\r
            --x\r
            Content-Disposition: form-data; name="files[0]"; filename="a.png"\r
            \r
            bytes\r
            --x--\r

            """
        return [
            ("json", [0] + Array(#"[1,-2.5e3,"\u00fc\ud83d\ude00\n",{"a":null,"b":[true,false]}]"#.utf8)),
            ("multipart", [1] + Array(parts.utf8)), ("form", [2] + Array("payload_json=%7B%22a%22%3A1%7D&b=c+d".utf8)),
        ]
    }
}
