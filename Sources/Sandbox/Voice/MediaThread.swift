internal import CSystem
internal import Glibc

/// Runs a body on a named thread of its own.
enum MediaThread {
    private final class Body {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    /// Starts a detached thread; false when the system refuses.
    static func start(_ run: @escaping @Sendable () -> Void) -> Bool {
        let box = unsafe Unmanaged.passRetained(Body(run))
        var thread = pthread_t()
        let result = unsafe pthread_create(
            &thread, nil,
            { argument in
                guard let argument = unsafe argument else { return nil }
                let body = unsafe Unmanaged<Body>.fromOpaque(argument).takeRetainedValue()
                unsafe backline_name_this_thread("sandbox-media")
                body.run()
                return nil
            }, box.toOpaque())
        guard result == 0 else {
            unsafe box.release()
            return false
        }
        pthread_detach(thread)
        return true
    }

    /// Nanoseconds of the monotonic clock.
    static func now() -> Int64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}

/// An IPv4 UDP socket that never blocks.
struct MediaSocket: Sendable {
    /// An IPv4 address and port as one number.
    struct Peer: Hashable, Sendable {
        var address: UInt32
        var port: UInt16

        var text: String {
            [24, 16, 8, 0].map { String(address >> UInt32($0) & 255) }.joined(separator: ".")
        }
    }

    let descriptor: Int32
    let port: Int

    /// Binds to an address (network order of dotted text) and any port.
    init?(host: String) {
        let parts = host.split(separator: ".").compactMap { UInt32($0) }
        guard parts.count == 4, parts.allSatisfy({ $0 < 256 }) else { return nil }
        descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        backline_set_nonblocking(descriptor)
        // Room for seconds of many senders while the machine is busy; beyond the system's limit only where we may.
        var size: Int32 = 8 << 20
        let width = socklen_t(MemoryLayout<Int32>.size)
        if unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVBUFFORCE, &size, width) != 0 {
            unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, width)
        }
        var own = sockaddr_in()
        own.sin_family = sa_family_t(AF_INET)
        own.sin_addr.s_addr = parts.reduce(UInt32(0)) { $0 << 8 | $1 }.bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = descriptor
        let failed = unsafe withUnsafeMutablePointer(to: &own) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(descriptor, $0, length) != 0 || getsockname(descriptor, $0, &length) != 0
            }
        }
        if failed {
            Glibc.close(descriptor)
            return nil
        }
        port = Int(UInt16(bigEndian: own.sin_port))
    }

    /// Receives into the buffer; nil when nothing is there.
    func receive(into buffer: UnsafeMutableRawBufferPointer) -> (count: Int, from: Peer)? {
        var peer = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let count = unsafe withUnsafeMutablePointer(to: &peer) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe recvfrom(descriptor, buffer.baseAddress, buffer.count, 0, $0, &length)
            }
        }
        guard count >= 0 else { return nil }
        return (count, Peer(address: UInt32(bigEndian: peer.sin_addr.s_addr), port: UInt16(bigEndian: peer.sin_port)))
    }

    /// Sends a datagram; a full socket loses it, as networks do.
    func send(_ bytes: [UInt8], to peer: Peer) {
        var target = sockaddr_in()
        target.sin_family = sa_family_t(AF_INET)
        target.sin_port = peer.port.bigEndian
        target.sin_addr.s_addr = peer.address.bigEndian
        let descriptor = descriptor
        unsafe bytes.withUnsafeBytes { source in
            _ = unsafe withUnsafePointer(to: &target) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    unsafe sendto(
                        descriptor, source.baseAddress, source.count, 0, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
        }
    }

    /// Datagrams that the kernel threw away because nobody received them in time.
    var drops: Int {
        // SO_MEMINFO: nine numbers, the last of them SK_MEMINFO_DROPS.
        let (option, dropsIndex): (Int32, Int) = (55, 8)
        var facts = [UInt32](repeating: 0, count: dropsIndex + 1)
        let size = socklen_t(facts.count * MemoryLayout<UInt32>.stride)
        var length = size
        let status = unsafe facts.withUnsafeMutableBytes {
            unsafe getsockopt(descriptor, SOL_SOCKET, option, $0.baseAddress, &length)
        }
        return status == 0 && length >= size ? Int(facts[dropsIndex]) : 0
    }

    func close() { Glibc.close(descriptor) }
}
