import Glibc
import Networking
import ServiceKit

/// Takes connections and says nothing.
final class SilentListener: Sendable {
    let port: Int
    private let descriptor: Int32

    init() throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = descriptor
        let result = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe bind(descriptor, pointer, length) | listen(descriptor, 8)
                    | getsockname(descriptor, pointer, &length)
            }
        }
        guard result == 0 else { throw NetworkError.system(function: "listen", code: errno) }
        port = Int(UInt16(bigEndian: address.sin_port))
    }

    deinit {
        IOReactor.shared.forget(descriptor)
        close(descriptor)
    }

    func waitForConnection() async throws {
        try await IOReactor.shared.readable(descriptor)
    }
}
