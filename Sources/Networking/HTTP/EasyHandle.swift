internal import CCurl
internal import Glibc

/// One libcurl transfer; lives on the client's thread only.
@safe final class EasyHandle {
    /// The shared side of the transfer.
    let transfer: Transfer
    /// libcurl's handle.
    let easy: UnsafeMutableRawPointer
    private let isExempt: Bool
    private var headerList: UnsafeMutablePointer<curl_slist>?
    private var overrides: UnsafeMutablePointer<curl_slist>?
    private var status = 0
    private var headers = HTTPHeaders()
    private var headerBytes = 0
    private var headIsDone = false
    private var bodyBytes = 0
    private var failure: NetworkError?

    /// How long a peer may leave sent bytes unacknowledged before the connection counts as lost, in milliseconds.
    private static let silenceLimit: UInt32 = 10_000
    /// IPPROTO_TCP. Used by its name next to libcurl's headers, the whole-module build counts the name as theirs and no
    /// longer finds it where they are not imported.
    private static let tcp: Int32 = 6
    /// The most bytes of header lines accepted.
    private static let maximumHeaderBytes = 256 << 10

    /// Sets a transfer up; nil when libcurl has no memory.
    init?(_ transfer: Transfer, _ configuration: HTTPClientConfiguration) {
        guard let easy = unsafe curl_easy_init() else { return nil }
        unsafe self.easy = easy
        self.transfer = transfer
        isExempt = transfer.request.policy.allowsEverything(at: transfer.url)
        setConnection(configuration)
        setRequest()
        unsafe backline_curl_set_callbacks(
            easy, Unmanaged.passUnretained(self).toOpaque(),
            { bytes, size, count, context in
                unsafe EasyHandle.from(context).receiveHeader(UnsafeRawBufferPointer(start: bytes, count: size * count))
            },
            { bytes, size, count, context in
                unsafe EasyHandle.from(context).receiveBody(UnsafeRawBufferPointer(start: bytes, count: size * count))
            },
            { context, peer, _, _, _ in unsafe EasyHandle.from(context).checkPeer(peer) },
            { context, _, address in unsafe EasyHandle.from(context).openSocket(address) })
    }

    deinit {
        unsafe curl_easy_cleanup(easy)
        unsafe curl_slist_free_all(headerList)
        unsafe curl_slist_free_all(overrides)
    }

    /// Tells the reader how the transfer ended.
    func finish(_ code: CURLcode) {
        if let failure {
            transfer.finish(.failure(failure))
        } else if code == CURLE_OK {
            transfer.finish(.success(()))
        } else {
            transfer.finish(.failure(error(code)))
        }
    }

    // MARK: Options

    private func setConnection(_ configuration: HTTPClientConfiguration) {
        let request = transfer.request
        set(CURLOPT_URL, transfer.url.text)
        set(CURLOPT_PROTOCOLS_STR, "http,https")
        set(CURLOPT_NOSIGNAL, 1)
        // Without this, ending a transfer waits for a name server that does not answer, and with it every other transfer.
        set(CURLOPT_QUICK_EXIT, 1)
        set(CURLOPT_TCP_KEEPALIVE, 1)
        set(CURLOPT_CONNECTTIMEOUT_MS, request.connectTimeout.milliseconds)
        if let timeout = request.timeout { set(CURLOPT_TIMEOUT_MS, timeout.milliseconds) }
        set(CURLOPT_LOW_SPEED_LIMIT, 1)
        set(CURLOPT_LOW_SPEED_TIME, max(1, (request.stallTimeout.milliseconds + 999) / 1000))
        unsafe backline_curl_set_offset(easy, CURLOPT_MAXFILESIZE_LARGE, curl_off_t(request.maximumResponseBytes))
        // libcurl pauses HTTP/2 by stopping the connection that other transfers share, so paused bodies get HTTP/1.1.
        set(CURLOPT_HTTP_VERSION, transfer.collecting ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1)
        if let file = configuration.certificateAuthorityFile { set(CURLOPT_CAINFO, file) }
        let isLocal = transfer.url.host == "localhost" || IPAddress(transfer.url.host)?.isLoopback == true
        let mayUseProxy = request.policy.allowsPrivateAddresses && configuration.usesEnvironmentProxies && !isLocal
        if !mayUseProxy { set(CURLOPT_PROXY, "") }
        for (authority, address) in configuration.addressOverrides {
            unsafe overrides = curl_slist_append(overrides, "\(authority):\(address)")
        }
        if let overrides = unsafe overrides { unsafe backline_curl_set_pointer(easy, CURLOPT_RESOLVE, overrides) }
    }

    private func setRequest() {
        let request = transfer.request
        for line in transfer.headerLines { unsafe headerList = curl_slist_append(headerList, line) }
        unsafe backline_curl_set_pointer(easy, CURLOPT_HTTPHEADER, headerList)
        if transfer.collecting && request.acceptsCompression { set(CURLOPT_ACCEPT_ENCODING, "gzip, deflate, br, zstd") }
        let hasBody = !request.body.isEmpty || [.post, .put, .patch].contains(request.method)
        if request.method == .head {
            set(CURLOPT_NOBODY, 1)
        } else if hasBody {
            unsafe backline_curl_set_offset(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(request.body.count))
            _ = unsafe request.body.withUnsafeBytes { bytes in
                unsafe backline_curl_set_pointer(
                    easy, CURLOPT_COPYPOSTFIELDS, bytes.baseAddress ?? UnsafeRawPointer(easy))
            }
            set(CURLOPT_CUSTOMREQUEST, request.method.rawValue)
        } else if request.method != .get {
            set(CURLOPT_CUSTOMREQUEST, request.method.rawValue)
        }
    }

    private func set(_ option: CURLoption, _ value: Int) {
        unsafe backline_curl_set_long(easy, option, value)
    }

    private func set(_ option: CURLoption, _ value: String) {
        unsafe backline_curl_set_string(easy, option, value)
    }

    // MARK: Callbacks

    private static func from(_ context: UnsafeMutableRawPointer?) -> EasyHandle {
        unsafe Unmanaged<EasyHandle>.fromOpaque(context!).takeUnretainedValue()
    }

    /// Refuses forbidden addresses when a socket is about to be opened: after the name was resolved, so no later answer of
    /// the name server counts.
    private func openSocket(_ address: UnsafeMutablePointer<curl_sockaddr>?) -> curl_socket_t {
        guard let address = unsafe address else { return CURL_SOCKET_BAD }
        if !isExempt {
            var bytes = [UInt8](repeating: 0, count: 16)
            let count = Int(unsafe backline_curl_address_bytes(address, &bytes))
            guard let peer = IPAddress(bytes: Array(bytes.prefix(count))), transfer.request.policy.allows(peer) else {
                failure = .forbidden("it leads into a private or reserved network")
                return CURL_SOCKET_BAD
            }
        }
        let socket = unsafe backline_curl_open_socket(address)
        // libcurl keeps a shared HTTP/2 connection after a time-out. On a line that was cut in silence every request
        // would go there and fail until the system's own patience ends, after a quarter of an hour.
        var limit = Self.silenceLimit
        unsafe setsockopt(
            socket, Self.tcp, TCP_USER_TIMEOUT, &limit, socklen_t(MemoryLayout<UInt32>.size))
        return socket
    }

    /// Refuses forbidden peers again before the request is sent: pooled connections open no socket.
    private func checkPeer(_ peer: UnsafeMutablePointer<CChar>?) -> Int32 {
        guard !isExempt else { return Int32(CURL_PREREQFUNC_OK) }
        guard let peer = unsafe peer, let address = IPAddress(unsafe String(cString: peer)),
            transfer.request.policy.allows(address)
        else {
            failure = .forbidden("it leads into a private or reserved network")
            return Int32(CURL_PREREQFUNC_ABORT)
        }
        // Another of the name's addresses may have been refused before this one was taken.
        failure = nil
        return Int32(CURL_PREREQFUNC_OK)
    }

    private func receiveHeader(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard !headIsDone else { return bytes.count }  // trailers
        headerBytes += bytes.count
        guard headerBytes <= Self.maximumHeaderBytes else {
            failure = .protocolViolation("more than 256 KiB of headers")
            return 0
        }
        let line = unsafe String(decoding: bytes, as: UTF8.self)
        if line.hasPrefix("HTTP/") {
            status = line.split(separator: " ").dropFirst().first.flatMap { Int($0.prefix(3)) } ?? 0
            headers = HTTPHeaders()
        } else if let colon = line.firstIndex(of: ":") {
            headers.add(String(line[..<colon]), Self.trimmed(line[line.index(after: colon)...]))
        } else if status >= 200, bytes.count <= 2 {
            headIsDone = true
            transfer.receive(HTTPHead(status: status, headers: headers))
        }
        return bytes.count
    }

    private func receiveBody(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard bodyBytes + bytes.count <= transfer.request.maximumResponseBytes else {
            failure = .tooLarge(limit: transfer.request.maximumResponseBytes)
            return 0
        }
        guard unsafe transfer.receive(bytes) else { return Int(CURL_WRITEFUNC_PAUSE) }
        bodyBytes += bytes.count
        return bytes.count
    }

    private static func trimmed(_ text: Substring) -> String {
        let kept = text.utf8.drop { $0 <= 0x20 }
        let tail = kept.reversed().prefix { $0 <= 0x20 }.count
        return String(decoding: kept.dropLast(tail), as: UTF8.self)
    }

    // MARK: Errors

    private func error(_ code: CURLcode) -> NetworkError {
        let words = unsafe String(cString: curl_easy_strerror(code))
        switch code {
        case CURLE_URL_MALFORMAT: return .invalidURL(words)
        case CURLE_COULDNT_RESOLVE_HOST: return .nameNotResolved
        case CURLE_COULDNT_CONNECT, CURLE_COULDNT_RESOLVE_PROXY: return .connectFailed(systemWords() ?? words)
        case CURLE_OPERATION_TIMEDOUT: return .timedOut(phaseOfTimeout())
        case CURLE_FILESIZE_EXCEEDED: return .tooLarge(limit: transfer.request.maximumResponseBytes)
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CERTPROBLEM,
            CURLE_SSL_CIPHER, CURLE_SSL_ISSUER_ERROR:
            return .tls(words)
        case CURLE_PARTIAL_FILE, CURLE_GOT_NOTHING, CURLE_RECV_ERROR, CURLE_SEND_ERROR: return .connectionLost(words)
        // Every address has a scheme that is known here: what libcurl does not support is an answer without a status line.
        case CURLE_UNSUPPORTED_PROTOCOL: return .protocolViolation("the answer is no HTTP")
        case CURLE_WEIRD_SERVER_REPLY, CURLE_HTTP2, CURLE_HTTP2_STREAM, CURLE_BAD_CONTENT_ENCODING:
            return .protocolViolation(words)
        default: return .library(function: "libcurl", code: Int(code.rawValue), words: words)
        }
    }

    private func systemWords() -> String? {
        let code = Int32(unsafe backline_curl_get_long(easy, CURLINFO_OS_ERRNO))
        return code == 0 ? nil : unsafe String(cString: strerror(code))
    }

    private func phaseOfTimeout() -> NetworkError.Phase {
        if unsafe backline_curl_get_offset(easy, CURLINFO_PRETRANSFER_TIME_T) == 0 { return .connect }
        let elapsed = unsafe backline_curl_get_offset(easy, CURLINFO_TOTAL_TIME_T) / 1000
        guard let timeout = transfer.request.timeout else { return .stalled }
        return elapsed + 50 >= timeout.milliseconds ? .whole : .stalled
    }
}

extension Duration {
    /// Whole milliseconds, at least 1, at most what libcurl takes.
    fileprivate var milliseconds: Int {
        let parts = components
        guard parts.seconds < 1 << 31 else { return (1 << 31) * 1000 }
        return max(1, Int(parts.seconds) * 1000 + Int(parts.attoseconds / 1_000_000_000_000_000))
    }
}
