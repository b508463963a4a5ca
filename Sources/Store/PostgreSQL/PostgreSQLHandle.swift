internal import CPostgreSQL
internal import Glibc

/// The thin door to one connection of libpq: owns the handle; used by one borrower at a time.
@safe final class PostgreSQLHandle: @unchecked Sendable {
    private let connection: OpaquePointer

    /// Connects, waiting in the call (name resolution, TLS, authentication): only on a thread of our own.
    init(_ settings: PostgreSQLSettings) throws(StoreError) {
        let seconds = max(2, Int(settings.connectLimit / .seconds(1)))
        let options = [
            ("dbname", settings.url), ("connect_timeout", "\(seconds)"), ("client_encoding", "UTF8"),
            ("fallback_application_name", "backline"), ("keepalives_idle", "30"), ("keepalives_interval", "10"),
            ("keepalives_count", "3"),
        ]
        var names = unsafe options.map { unsafe UnsafePointer(strdup($0.0)) } + [nil]
        var values = unsafe options.map { unsafe UnsafePointer(strdup($0.1)) } + [nil]
        defer {
            unsafe names.forEach { unsafe free(UnsafeMutableRawPointer(mutating: $0)) }
            unsafe values.forEach { unsafe free(UnsafeMutableRawPointer(mutating: $0)) }
        }
        // 1: the database's name is a whole address, taken apart by libpq.
        guard let opened = unsafe PQconnectdbParams(&names, &values, 1) else {
            throw .unavailable("no memory left")
        }
        guard unsafe PQstatus(opened) == CONNECTION_OK else {
            let words = unsafe String(cString: PQerrorMessage(opened))
            unsafe PQfinish(opened)
            throw .unavailable(PostgreSQLFailure.connecting(words))
        }
        unsafe connection = opened
        unsafe backline_pq_silence(opened)
        unsafe PQsetnonblocking(opened, 1)
    }

    deinit { unsafe PQfinish(connection) }

    /// Whether text is an address that libpq understands.
    static func isAddress(_ url: String) -> Bool {
        guard url.hasPrefix("postgres://") || url.hasPrefix("postgresql://") else { return false }
        let options = unsafe PQconninfoParse(url, nil)
        defer { unsafe PQconninfoFree(options) }
        return unsafe options != nil
    }

    /// The password in an address, to be kept out of logs.
    static func password(in url: String) -> String? {
        guard let options = unsafe PQconninfoParse(url, nil) else { return nil }
        defer { unsafe PQconninfoFree(options) }
        var option = unsafe options
        while let keyword = unsafe option.pointee.keyword {
            if unsafe String(cString: keyword) == "password", let value = unsafe option.pointee.val {
                return unsafe String(cString: value)
            }
            unsafe option += 1
        }
        return nil
    }

    /// The socket to wait on.
    var descriptor: Int32 { unsafe PQsocket(connection) }

    /// Whether libpq still takes the connection for alive.
    var isAlive: Bool { unsafe PQstatus(connection) == CONNECTION_OK }

    /// The server's process for this connection.
    var backend: Int32 { unsafe PQbackendPID(connection) }

    /// Whether no transaction is open.
    var isIdle: Bool { unsafe PQtransactionStatus(connection) == PQTRANS_IDLE }

    func enterPipeline() -> Bool { unsafe PQenterPipelineMode(connection) == 1 }
    func leavePipeline() -> Bool { unsafe PQexitPipelineMode(connection) == 1 }
    func sync() -> Bool { unsafe PQpipelineSync(connection) == 1 }

    /// Sends the preparing of a statement.
    func sendPrepare(_ name: String, _ text: String, types: [UInt32]) -> Bool {
        unsafe PQsendPrepare(connection, name, text, Int32(types.count), types) == 1
    }

    /// Sends a prepared statement with values in binary form; nil is null. The answer comes in binary form too.
    func sendPrepared(_ name: String, _ values: [[UInt8]?]) -> Bool {
        // One block of memory that holds all values, so that their addresses stay while libpq copies them.
        var block: [UInt8] = []
        var places: [Int?] = []
        for value in values {
            places.append(value == nil ? nil : block.count)
            block += value ?? []
        }
        if block.isEmpty { block.append(0) }
        let lengths = values.map { Int32($0?.count ?? 0) }
        let formats = [Int32](repeating: 1, count: values.count)
        return unsafe block.withUnsafeBufferPointer { bytes in
            let base = unsafe UnsafeRawPointer(bytes.baseAddress)?.assumingMemoryBound(to: CChar.self)
            let pointers = unsafe places.map { place in unsafe place.flatMap { unsafe base?.advanced(by: $0) } }
            return unsafe PQsendQueryPrepared(connection, name, Int32(values.count), pointers, lengths, formats, 1) == 1
        }
    }

    /// Sends one statement without values, outside of a pipeline (COPY only).
    func sendText(_ text: String) -> Bool { unsafe PQsendQuery(connection, text) == 1 }

    /// Sends what waits; whether more is left, nil when the connection is broken.
    func flush() -> Bool? {
        switch unsafe PQflush(connection) {
        case 0: false
        case 1: true
        default: nil
        }
    }

    /// Takes in what has arrived; false when the connection is broken.
    func consume() -> Bool { unsafe PQconsumeInput(connection) == 1 }

    /// Whether the next result would have to be waited for.
    var isBusy: Bool { unsafe PQisBusy(connection) == 1 }

    /// The next result; nil between the results of two statements.
    func nextResult() -> PostgreSQLResult? {
        unsafe PQgetResult(connection).map { unsafe PostgreSQLResult($0) }
    }

    /// Hands over a piece of a COPY; nil when it must be tried again, false when the connection is broken.
    func putCopy(_ bytes: [UInt8]) -> Bool? {
        let code = unsafe bytes.withUnsafeBytes { buffer in
            unsafe PQputCopyData(
                connection, buffer.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(buffer.count))
        }
        return code == 0 ? nil : code == 1
    }

    /// Ends a COPY to the server; as `putCopy`.
    func endCopy(failure: String?) -> Bool? {
        let code = unsafe PQputCopyEnd(connection, failure)
        return code == 0 ? nil : code == 1
    }

    /// A piece of a COPY from the server.
    enum CopyPiece { case bytes([UInt8]), wait, end, broken }

    /// Takes the next piece of a COPY from the server.
    func getCopy() -> CopyPiece {
        var buffer: UnsafeMutablePointer<CChar>?
        let count = unsafe PQgetCopyData(connection, &buffer, 1)
        if count > 0, let bytes = unsafe buffer {
            defer { unsafe PQfreemem(bytes) }
            return .bytes(unsafe [UInt8](UnsafeRawBufferPointer(start: bytes, count: Int(count))))
        }
        return count == 0 ? .wait : count == -1 ? .end : .broken
    }
}
