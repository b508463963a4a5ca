/// The rules of following a redirect (RFC 9110 section 15.4, Fetch Standard "HTTP-redirect fetch").
enum Redirect {
    /// Where `head` sends the client, or nil when it is no redirect or the request follows none.
    static func target(of head: HTTPHead, request: HTTPRequest) -> String? {
        guard request.maximumRedirects > 0, [301, 302, 303, 307, 308].contains(head.status) else { return nil }
        return head.headers["Location"]
    }

    /// The request for the next hop: 303, and 301 or 302 after POST, become GET without a body; what authorises the
    /// client stays behind when the origin changes.
    static func request(after status: Int, _ request: HTTPRequest, crossingOrigins: Bool) -> HTTPRequest {
        var next = request
        if status == 303 && request.method != .head || (status == 301 || status == 302) && request.method == .post {
            next.method = .get
            next.body = []
            for name in ["Content-Type", "Content-Length", "Content-Encoding", "Content-Language"] {
                next.headers[name] = nil
            }
        }
        if crossingOrigins {
            for name in ["Authorization", "Cookie", "Proxy-Authorization", "Host"] { next.headers[name] = nil }
        }
        return next
    }
}
