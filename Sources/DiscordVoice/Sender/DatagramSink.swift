internal import Glibc

/// Sends packets on a connected UDP socket without waiting.
public final class DatagramSink: PacketSink {
    private let descriptor: Int32
    private let owner: any AnyObject & Sendable

    /// A sink for `descriptor`, a connected socket that stays open as long as `owner` lives.
    public init(descriptor: Int32, owner: any AnyObject & Sendable) {
        self.descriptor = descriptor
        self.owner = owner
    }

    /// Sends one packet; a refusal reported for an earlier packet (ECONNREFUSED) does not cost this one.
    public func send(_ packet: UnsafeRawBufferPointer) -> Bool {
        let flags = Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL)
        if unsafe Glibc.send(descriptor, packet.baseAddress, packet.count, flags) == packet.count { return true }
        guard errno == ECONNREFUSED || errno == EINTR else { return false }
        return unsafe Glibc.send(descriptor, packet.baseAddress, packet.count, flags) == packet.count
    }
}
