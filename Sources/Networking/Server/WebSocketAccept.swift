internal import CWebSockets

/// The proof of RFC 6455, section 4.2.2, that the server understood the upgrade.
enum WebSocketAccept {
    private static let suffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

    /// The value of Sec-WebSocket-Accept for a client's key.
    static func value(for key: String) -> String {
        let input = Array((key + suffix).utf8)
        var digest = [UInt8](repeating: 0, count: 20)
        unsafe lws_SHA1(input, input.count, &digest)
        var text = [CChar](repeating: 0, count: 32)
        let count = unsafe digest.withUnsafeBytes { digest in
            unsafe lws_b64_encode_string(digest.bindMemory(to: CChar.self).baseAddress, 20, &text, 32)
        }
        return String(decoding: text.prefix(max(0, Int(count))).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
