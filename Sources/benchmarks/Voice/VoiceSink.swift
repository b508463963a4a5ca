import DiscordModel
import Glibc
import ServiceKit

/// The neutral listener of the voice benchmark: a process that notes when each RTP packet entered its sockets.
///
/// The kernel stamps a packet while the sender's call is still running, so how late this process looks does not count;
/// and because it looks every two milliseconds instead of waiting, no sender pays for waking it.
struct VoiceSink {
    /// Streams are spread over several sockets, so that no receive buffer overflows.
    private let sockets: [Int32]
    private var arrivals: [UInt32: StreamArrivals] = [:]
    private var began = Int64(0)
    private var buffer = [UInt8](repeating: 0, count: 2_048)
    private var control = [UInt8](repeating: 0, count: 256)

    /// Opens the sockets.
    init(_ words: inout ArgumentReader) throws {
        let count = try words.number("--sockets", in: 1...64) ?? 32
        try words.finish()
        sockets = try (0..<count).map { _ in try VoiceSink.open() }
    }

    /// Says its ports, then answers `reset` and `report` until its input ends.
    mutating func run() throws {
        let ports = sockets.map { VoiceSink.port(of: $0) }
        say(ports.map { "\($0)" }.joined(separator: ","))
        var input = pollfd(fd: 0, events: Int16(POLLIN), revents: 0)
        while true {
            for socket in sockets { drain(socket) }
            // An open input with nothing to read makes this the sleep between two looks.
            guard unsafe poll(&input, 1, 2) > 0 else { continue }
            guard let line = readLine() else { return }
            for socket in sockets { drain(socket) }
            switch line {
            case "reset":
                arrivals = [:]
                began = VoiceSink.now()
                say("ok")
            case "report":
                say(String(decoding: JSON.encode(report()), as: UTF8.self))
            default: throw BenchmarkError.peer(name: "voice-sink", "it was asked for “\(line)”")
            }
        }
    }

    private func report() -> JSONValue {
        var latenesses: [Int64] = []
        var (packets, lost, doubled, fewest) = (0, 0, 0, Int.max)
        for stream in arrivals.values {
            let summary = stream.summary()
            latenesses += summary.lateness
            packets += summary.packets
            lost += summary.lost
            doubled += summary.doubled
            fewest = min(fewest, summary.packets)
        }
        latenesses.sort()
        func microseconds(_ fraction: Double) -> JSONValue { .integer(percentile(fraction, of: latenesses) / 1_000) }
        return .object([
            "seconds": .number(Double(VoiceSink.now() - began) / 1e9), "streams": .integer(Int64(arrivals.count)),
            "packets": .integer(Int64(packets)), "lost": .integer(Int64(lost)), "doubled": .integer(Int64(doubled)),
            "fewest_packets": .integer(Int64(arrivals.isEmpty ? 0 : fewest)), "p50": microseconds(0.5),
            "p99": microseconds(0.99), "max": microseconds(1),
        ])
    }

    /// Takes everything that waits in a socket.
    private mutating func drain(_ socket: Int32) {
        while true {
            var arrived = Int64(0)
            let count = unsafe buffer.withUnsafeMutableBytes { data in
                unsafe control.withUnsafeMutableBytes { control in
                    var vector = unsafe iovec(iov_base: data.baseAddress, iov_len: data.count)
                    return unsafe withUnsafeMutablePointer(to: &vector) { vector in
                        var message = unsafe msghdr()
                        unsafe message.msg_iov = vector
                        unsafe message.msg_iovlen = 1
                        unsafe message.msg_control = control.baseAddress
                        unsafe message.msg_controllen = control.count
                        let count = unsafe recvmsg(socket, &message, Int32(MSG_DONTWAIT))
                        arrived = unsafe VoiceSink.timestamp(in: UnsafeRawBufferPointer(control), of: message)
                        return count
                    }
                }
            }
            guard count >= 0 else { return }
            guard count >= 12, buffer[0] >> 6 == 2, buffer[1] == 0x78, arrived >= began else { continue }
            let sequence = UInt16(buffer[2]) << 8 | UInt16(buffer[3])
            let ssrc = buffer[8..<12].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            arrivals[ssrc, default: StreamArrivals()].add(sequence: sequence, at: arrived)
        }
    }

    /// The kernel's receive time in a message's control data: one cmsghdr (length, level, type) and a timespec.
    private static func timestamp(in control: UnsafeRawBufferPointer, of message: msghdr) -> Int64 {
        let header = MemoryLayout<cmsghdr>.size
        guard unsafe message.msg_controllen >= header + MemoryLayout<timespec>.size,
            unsafe control.load(fromByteOffset: 12, as: Int32.self) == scmTimestampNanoseconds
        else { return now() }
        let time = unsafe control.loadUnaligned(fromByteOffset: header, as: timespec.self)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    /// SO_TIMESTAMPNS of asm-generic/socket.h, also the type of its control data.
    private static let scmTimestampNanoseconds: Int32 = 35

    /// The clock of the kernel's stamps.
    private static func now() -> Int64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    private static func open() throws -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
        guard descriptor >= 0 else { throw BenchmarkError.system(call: "socket", code: errno) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let bound = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard bound == 0 else { throw BenchmarkError.system(call: "bind", code: errno) }
        var on: Int32 = 1
        unsafe setsockopt(descriptor, SOL_SOCKET, scmTimestampNanoseconds, &on, 4)
        var bytes: Int32 = 4 << 20
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &bytes, 4)
        return descriptor
    }

    private static func port(of descriptor: Int32) -> UInt16 {
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        unsafe withUnsafeMutablePointer(to: &address) { pointer in
            _ = unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe getsockname(descriptor, $0, &length)
            }
        }
        return UInt16(bigEndian: address.sin_port)
    }
}
