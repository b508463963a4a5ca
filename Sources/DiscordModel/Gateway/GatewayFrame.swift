/// One message from the gateway, with the event of a dispatch already read; the text is parsed once.
public enum GatewayFrame: Sendable, Hashable {
    /// Op 0 with its sequence number.
    case dispatch(sequence: Int, event: GatewayEvent)
    /// Op 0 whose event nobody asked for; only the sequence number counts.
    case ignored(sequence: Int, name: String)
    /// Op 0 whose data has not the shape its name promises; the sequence number still counts.
    case unreadable(sequence: Int, name: String, ModelError)
    /// Op 1: the server asks for a heartbeat.
    case heartbeatRequest
    /// Op 7.
    case reconnect
    /// Op 9.
    case invalidSession(resumable: Bool)
    /// Op 10, milliseconds between beats.
    case hello(heartbeatInterval: Double)
    /// Op 11.
    case heartbeatACK
    /// An opcode nobody knows.
    case unknown(GatewayOpcode)

    /// Reads one message; events whose name `wants` refuses are not read. Throws when it is no gateway message at all.
    public init(_ bytes: [UInt8], wants: (_ name: String) -> Bool = { _ in true }) throws(ModelError) {
        let document = try JSONDocument(bytes)
        guard let opcode: Int = document.find("op", in: 0).flatMap({ document.integer(at: $0) }) else {
            throw .unexpected("a gateway message needs an opcode", path: "$.op")
        }
        let data = document.find("d", in: 0)
        switch GatewayOpcode(rawValue: opcode) {
        case .dispatch:
            guard let name = document.find("t", in: 0).flatMap({ document.text(at: $0) }),
                let sequence: Int = document.find("s", in: 0).flatMap({ document.integer(at: $0) }), sequence >= 0
            else { throw .unexpected("a dispatch needs s and t", path: "$") }
            guard wants(name) else {
                self = .ignored(sequence: sequence, name: name)
                return
            }
            do {
                let event = try GatewayEvent.make(name: name, read: DataReader(document: document, index: data))
                self = .dispatch(sequence: sequence, event: event)
            } catch {
                self = .unreadable(sequence: sequence, name: name, error)
            }
        case .heartbeat: self = .heartbeatRequest
        case .reconnect: self = .reconnect
        case .invalidSession: self = .invalidSession(resumable: data.flatMap { document.bool(at: $0) } ?? false)
        case .hello:
            guard
                let interval = data.flatMap({ document.find("heartbeat_interval", in: $0) })
                    .flatMap({ document.double(at: $0) }), interval >= 1, interval <= 86_400_000
            else { throw .unexpected("a hello needs a heartbeat interval", path: "$.d.heartbeat_interval") }
            self = .hello(heartbeatInterval: interval)
        case .heartbeatACK: self = .heartbeatACK
        case let other: self = .unknown(other)
        }
    }
}
