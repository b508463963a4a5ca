internal import CWebSockets
internal import Glibc

/// What an outgoing connection trusts.
enum ClientTrust: Sendable, Hashable {
    /// Nothing: no TLS.
    case plain
    /// The system's certificate authorities.
    case system
    /// Those and the ones in a file, which is known by its contents' identity: a rewritten file is another one.
    case file(path: String, inode: UInt64, size: Int, changed: Int, nanoseconds: Int)

    /// The trust of a scheme and an authority file; nil when the file cannot be read.
    init?(scheme: String, authorityFile: String?) {
        guard scheme == "wss" else {
            self = .plain
            return
        }
        guard let path = authorityFile else {
            self = .system
            return
        }
        var facts = stat()
        guard unsafe access(path, R_OK) == 0, unsafe stat(path, &facts) == 0 else { return nil }
        self = .file(
            path: path, inode: UInt64(facts.st_ino), size: Int(facts.st_size), changed: facts.st_ctim.tv_sec,
            nanoseconds: facts.st_ctim.tv_nsec)
    }

    /// The authority file's path.
    var path: String? {
        if case .file(let path, _, _, _, _) = self { path } else { nil }
    }
}

/// The virtual hosts of outgoing connections, one for each trust; those of authority files go when they are idle and
/// too many. Lives on the service thread.
@safe struct ClientHosts {
    @safe private struct Entry {
        var host: OpaquePointer
        var trust: OpaquePointer?
        var users = 0
    }

    /// Idle hosts with an authority file that are kept; each costs about a megabyte.
    private static let idleLimit = 4

    private var entries: [ClientTrust: Entry] = [:]

    /// The host for `trust`, which has to be given back; nil when the authority file holds no certificate. Not to be
    /// called from inside an lws callback.
    mutating func take(_ trust: ClientTrust, _ loop: SocketLoop) -> OpaquePointer? {
        if entries[trust] == nil {
            dropIdle()
            var store: OpaquePointer?
            if trust != .plain {
                unsafe store = backline_lws_trust(trust.path)
                guard unsafe store != nil else { return nil }
            }
            guard let host = unsafe backline_lws_client_vhost(loop.context, loop.protocols, store) else {
                unsafe backline_lws_trust_free(store)
                return nil
            }
            entries[trust] = unsafe Entry(host: host, trust: store)
        }
        entries[trust]?.users += 1
        return unsafe entries[trust]?.host
    }

    /// A connection of `trust` is over.
    mutating func giveBack(_ trust: ClientTrust) {
        entries[trust]?.users -= 1
    }

    private mutating func dropIdle() {
        let idle = entries.filter { $0.key.path != nil && $0.value.users == 0 }
        guard idle.count >= Self.idleLimit else { return }
        for (trust, entry) in idle {
            unsafe lws_vhost_destroy(entry.host)
            unsafe backline_lws_trust_free(entry.trust)
            entries[trust] = nil
        }
    }
}
