internal import CSystem
internal import Glibc
internal import ServiceKit
internal import Synchronization

/// A UDP socket whose waiting happens on the process's reactor.
public final class UDPSocket: Sendable {
    /// The descriptor, for senders with system calls of their own; it is valid until `close`.
    public let fileDescriptor: Int32
    /// The address the socket is bound to.
    public let localAddress: SocketAddress

    private let open = Mutex(true)

    /// The largest datagram that UDP can carry.
    private static let largest = 65536

    /// A socket bound to an address of this machine; port 0 lets the system choose one.
    public convenience init(bindTo address: SocketAddress) throws(NetworkError) {
        try unsafe self.init(address, "bind") { unsafe bind($0, $1, $2) }
    }

    /// A socket that talks to one peer only.
    public static func connected(to peer: SocketAddress) throws(NetworkError) -> UDPSocket {
        try unsafe UDPSocket(peer, "connect") { unsafe connect($0, $1, $2) }
    }

    private init(
        _ address: SocketAddress, _ name: String, _ attach: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) throws(NetworkError) {
        let family = address.address.isV6 ? AF_INET6 : AF_INET
        let descriptor = socket(family, Int32(SOCK_DGRAM.rawValue), 0)
        guard descriptor >= 0 else { throw .system(function: "socket", code: errno) }
        backline_set_nonblocking(descriptor)
        guard unsafe address.withSystemAddress({ unsafe attach(descriptor, $0, $1) }) == 0,
            let local = SocketAddress.local(of: descriptor)
        else {
            let code = errno
            Glibc.close(descriptor)
            throw .system(function: name, code: code)
        }
        fileDescriptor = descriptor
        localAddress = local
    }

    deinit {
        close()
    }

    /// Sends one datagram without waiting, to `peer` or, when connected, to the one peer (nil); false when the
    /// system's buffer is full and the datagram is lost, as any datagram may be.
    @discardableResult
    public func send(_ bytes: [UInt8], to peer: SocketAddress? = nil) throws(NetworkError) -> Bool {
        let code = open.withLock { open -> Int32? in
            guard open else { return nil }
            let sent =
                if let peer {
                    unsafe peer.withSystemAddress { unsafe sendto(fileDescriptor, bytes, bytes.count, 0, $0, $1) }
                } else {
                    unsafe Glibc.send(fileDescriptor, bytes, bytes.count, 0)
                }
            return sent < 0 ? errno : 0
        }
        switch code {
        case nil: throw .closed
        case 0: return true
        case EAGAIN, ENOBUFS, ECONNREFUSED: return false
        case let code?: throw .system(function: "sendto", code: code)
        }
    }

    /// Waits for the next datagram and tells who sent it; one task at a time may wait.
    public func receive() async throws(NetworkError) -> (bytes: [UInt8], from: SocketAddress) {
        while true {
            if let datagram = try take() { return datagram }
            do {
                try await IOReactor.shared.readable(fileDescriptor)
            } catch {
                throw .cancelled
            }
        }
    }

    /// Closes the socket; a waiting `receive` throws `closed`.
    public func close() {
        open.withLock { open in
            guard open else { return }
            open = false
            IOReactor.shared.forget(fileDescriptor)
            Glibc.close(fileDescriptor)
        }
    }

    private enum Taken {
        case datagram([UInt8], SocketAddress)
        case nothing
        case failed(NetworkError)
    }

    /// A datagram that is already there.
    private func take() throws(NetworkError) -> (bytes: [UInt8], from: SocketAddress)? {
        let taken = open.withLock { open -> Taken in
            guard open else { return .failed(.closed) }
            return unsafe withUnsafeTemporaryAllocation(byteCount: Self.largest, alignment: 1) { buffer in
                while true {
                    let result = unsafe SocketAddress.read {
                        Int32(unsafe recvfrom(fileDescriptor, buffer.baseAddress, buffer.count, 0, $0, $1))
                    }
                    if let (count, from) = result {
                        return unsafe .datagram(Array(buffer.prefix(Int(count))), from)
                    }
                    switch errno {
                    case EAGAIN: return .nothing
                    // A peer that is not there answers with an ICMP message, which is no datagram.
                    case EINTR, ECONNREFUSED, EHOSTUNREACH, ENETUNREACH: continue
                    case let code: return .failed(.system(function: "recvfrom", code: code))
                    }
                }
            }
        }
        switch taken {
        case .datagram(let bytes, let from): return (bytes, from)
        case .nothing: return nil
        case .failed(let error): throw error
        }
    }
}
