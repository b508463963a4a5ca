internal import DiscordVoice
internal import Glibc
internal import Synchronization

/// What the network does to voice packets, on demand.
public struct UDPFaults: Sendable, Equatable {
    /// Percent of packets that vanish.
    public var lostPercent = 0.0
    /// Percent of packets that come late.
    public var latePercent = 0.0
    /// How late, in milliseconds.
    public var lateMilliseconds = 60.0
    /// Percent of packets that come twice.
    public var doubledPercent = 0.0
    /// The seed of the dice.
    public var seed: UInt64 = 1
    /// A network without faults.
    public init() {}
}

/// The media server (SFU): sockets, keys, forwarding and the built-in listener of each channel.
///
/// One thread of its own receives, so that arrival times are true; state is under one lock.
final class MediaServer: Sendable {
    struct Client {
        var ssrc: UInt32
        var user: ID
        var guild: ID
        var channel: ID
        var region: Int
        var cipher: TransportCipher?
        var peer: MediaSocket.Peer?
        var mute = false
        var deaf = false
        var mayTalk = false
        /// Packets that overtook the client's Speaking: it travels by TCP, they do not. Handled with the first one after it.
        var early: [(bytes: [UInt8], time: Int64)] = []
    }

    /// One second of packets: a Speaking that is later than that is a fault of the client's.
    private static let earlyPacketsKept = 50

    struct Room {
        var streams: [UInt32: HeardStream] = [:]
        var markedAt: Int64?
        var speaker: UInt32 = 0
        var speakerUntil: Int64 = 0
        var listeners: [Int: LiveAudio] = [:]
        /// Frames that nobody in the channel could decrypt yet, per sender.
        var held: [UInt32: HeldFrames] = [:]
    }

    struct Waiting {
        var due: Int64
        var bytes: [UInt8]
        var peer: MediaSocket.Peer
        var region: Int
        var isIncoming: Bool
    }

    struct State {
        var clients: [UInt32: Client] = [:]
        var members: [ID: [UInt32]] = [:]
        var rooms: [ID: Room] = [:]
        var waiting: [Waiting] = []
        var faults = UDPFaults()
        var dice: UInt64 = 1
        var latency: Int64 = 0
        var nextListener = 1
        var stopping = false
        var stopped = false
        var rejected = 0
    }

    let state: Mutex<State>
    let sockets: [MediaSocket]
    let framesKept: Int
    private let decodes: Bool
    let people: CallPeople
    let started = MediaThread.now()
    private static let waitingLimit = 20_000
    /// Senders remembered per channel.
    static let streamsKept = 64

    /// Binds one socket per region; nil when the system refuses.
    init?(host: String, regions: Int, framesKept: Int, decodes: Bool, people: CallPeople) {
        self.people = people
        sockets = (0..<regions).compactMap { _ in MediaSocket(host: host) }
        self.framesKept = framesKept
        self.decodes = decodes
        state = Mutex(State())
        guard sockets.count == regions else {
            for socket in sockets { socket.close() }
            return nil
        }
    }

    /// Starts the thread; false when the system refuses.
    func start() -> Bool { MediaThread.start { [self] in run() } }

    /// Ends the thread soon and closes the sockets.
    func stop() { state.withLock { $0.stopping = true } }

    // MARK: Orders

    func perform(_ orders: [MediaOrder]) {
        guard !orders.isEmpty else { return }
        state.withLock { state in
            for order in orders { perform(order, &state) }
        }
    }

    private func perform(_ order: MediaOrder, _ state: inout State) {
        switch order {
        case .add(let ssrc, let user, let guild, let channel, let region):
            state.clients[ssrc] = Client(ssrc: ssrc, user: user, guild: guild, channel: channel, region: region)
            state.members[channel, default: []].append(ssrc)
            if state.rooms[channel] == nil { state.rooms[channel] = Room() }
            if state.rooms[channel]?.markedAt == nil { state.rooms[channel]?.markedAt = MediaThread.now() }
        case .key(let ssrc, let mode, let key):
            guard let mode = TransportMode(rawValue: mode) else { return }
            state.clients[ssrc]?.cipher = try? TransportCipher(mode, key: key)
        case .flags(let ssrc, let mute, let deaf):
            state.clients[ssrc]?.mute = mute
            state.clients[ssrc]?.deaf = deaf
        case .speaking(let ssrc, _): state.clients[ssrc]?.mayTalk = true
        case .remove(let ssrc):
            guard let client = state.clients.removeValue(forKey: ssrc) else { return }
            state.members[client.channel]?.removeAll { $0 == ssrc }
            if state.members[client.channel]?.isEmpty == true { state.members[client.channel] = nil }
        case .mark(let guild):
            let now = MediaThread.now()
            let channels = Set(state.clients.values.filter { $0.guild == guild }.map(\.channel))
            for channel in channels {
                state.rooms[channel]?.markedAt = now
                for ssrc in state.rooms[channel]?.streams.keys.map({ $0 }) ?? [] {
                    state.rooms[channel]?.streams[ssrc]?.mark()
                }
            }
        }
    }

    func set(faults: UDPFaults) {
        state.withLock {
            $0.faults = faults
            $0.dice = faults.seed
        }
    }

    func set(latency: Int64) { state.withLock { $0.latency = latency * 1_000_000 } }

    // MARK: The thread

    private func run() {
        let probe = decodes ? OpusProbe() : nil
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 16)
        defer { unsafe buffer.deallocate() }
        var polled = sockets.map { pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0) }
        while true {
            let (stop, wait) = state.withLock { state -> (Bool, Int32) in
                let due = state.waiting.first?.due ?? .max
                let now = MediaThread.now()
                return (
                    state.stopping,
                    due == .max ? 50 : Int32(clamping: max(0, min(50, (due - now + 999_999) / 1_000_000)))
                )
            }
            if stop { break }
            let count = polled.count
            _ = unsafe polled.withUnsafeMutableBufferPointer { unsafe poll($0.baseAddress, nfds_t(count), wait) }
            for region in sockets.indices { unsafe drain(region, buffer, probe) }
            deliver(probe)
            listenAgain(probe)
        }
        for socket in sockets { socket.close() }
        state.withLock { $0.stopped = true }
    }

    private func drain(_ region: Int, _ buffer: UnsafeMutableRawBufferPointer, _ probe: OpusProbe?) {
        for _ in 0..<256 {
            guard let (count, peer) = unsafe sockets[region].receive(into: buffer) else { return }
            let now = MediaThread.now()
            let bytes = unsafe Array(buffer[0..<count])
            let copies = state.withLock { state in fate(of: bytes, peer, region, now, &state) }
            for _ in 0..<copies { handle(bytes, peer, region, now, probe) }
        }
    }

    /// How many copies of a packet arrive at once; late ones wait their time.
    private func fate(
        of bytes: [UInt8], _ peer: MediaSocket.Peer, _ region: Int, _ now: Int64, _ state: inout State
    ) -> Int {
        let isMedia = bytes.count > 12 && bytes[0] >> 6 == 2
        var copies = 1
        var delay = state.latency
        if isMedia {
            if roll(&state) < state.faults.lostPercent { return 0 }
            if roll(&state) < state.faults.doubledPercent { copies = 2 }
            if roll(&state) < state.faults.latePercent { delay += Int64(state.faults.lateMilliseconds * 1_000_000) }
        }
        guard delay > 0 else { return copies }
        for _ in 0..<copies {
            hold(Waiting(due: now + delay, bytes: bytes, peer: peer, region: region, isIncoming: true), &state)
        }
        return 0
    }

    private func roll(_ state: inout State) -> Double {
        state.dice &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state.dice
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return Double((mixed ^ mixed >> 31) >> 11) / Double(1 << 53) * 100
    }

    private func hold(_ packet: Waiting, _ state: inout State) {
        guard state.waiting.count < Self.waitingLimit else { return }
        var place = state.waiting.count
        while place > 0 && state.waiting[place - 1].due > packet.due { place -= 1 }
        state.waiting.insert(packet, at: place)
    }

    private func deliver(_ probe: OpusProbe?) {
        let now = MediaThread.now()
        let due = state.withLock { state -> [Waiting] in
            let count = state.waiting.prefix { $0.due <= now }.count
            defer { state.waiting.removeFirst(count) }
            return Array(state.waiting.prefix(count))
        }
        for packet in due {
            if packet.isIncoming {
                handle(packet.bytes, packet.peer, packet.region, packet.due, probe)
            } else {
                sockets[packet.region].send(packet.bytes, to: packet.peer)
            }
        }
    }

    private func reply(_ bytes: [UInt8], to peer: MediaSocket.Peer, _ region: Int, _ state: inout State) {
        if state.latency > 0 {
            hold(
                Waiting(
                    due: MediaThread.now() + state.latency, bytes: bytes, peer: peer, region: region, isIncoming: false),
                &state)
        } else {
            sockets[region].send(bytes, to: peer)
        }
    }

    // MARK: Packets

    private func handle(_ bytes: [UInt8], _ peer: MediaSocket.Peer, _ region: Int, _ now: Int64, _ probe: OpusProbe?) {
        if bytes.count == IPDiscovery.byteCount, let request = try? IPDiscovery(bytes), request.kind == .request {
            state.withLock { state in
                guard state.clients[request.ssrc] != nil else { return }
                state.clients[request.ssrc]?.peer = peer
                let answer = IPDiscovery(.reply, ssrc: request.ssrc, address: peer.text, port: peer.port)
                reply(answer.bytes, to: peer, region, &state)
            }
            return
        }
        if bytes.count == VoicePing.byteCount, let ping = try? VoicePing(bytes), !ping.isReply {
            state.withLock { reply(VoicePing(sequence: ping.sequence, isReply: true).bytes, to: peer, region, &$0) }
            return
        }
        guard bytes.count > 12, bytes[0] >> 6 == 2, !(200...207).contains(bytes[1]) else { return }
        let ssrc = bytes[8..<12].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        let (client, early) = state.withLock { state -> (Client?, [(bytes: [UInt8], time: Int64)]) in
            guard let client = state.clients[ssrc], client.peer == peer else { return (nil, []) }
            if client.mayTalk { state.clients[ssrc]?.early = [] }
            return (client, client.mayTalk ? client.early : [])
        }
        for packet in early { handle(packet.bytes, peer, region, packet.time, probe) }
        if let client, !client.mayTalk, client.early.count < Self.earlyPacketsKept {
            state.withLock { $0.clients[ssrc]?.early.append((bytes, now)) }
            return
        }
        guard let client, let cipher = client.cipher, client.mayTalk, let packet = try? cipher.open(bytes) else {
            state.withLock { $0.rejected += 1 }
            return
        }
        if client.mute { return }
        listen(
            HeldFrames.Frame(
                sequence: packet.header.sequence, timestamp: packet.header.timestamp, payload: packet.payload, time: now
            ),
            client, probe)
        let targets = state.withLock { state -> [Client] in
            (state.members[client.channel] ?? []).compactMap { state.clients[$0] }.filter {
                $0.ssrc != ssrc && !$0.deaf && $0.peer != nil && $0.cipher != nil
            }
        }
        guard !targets.isEmpty else { return }
        let header = RTPHeader(
            sequence: packet.header.sequence, timestamp: packet.header.timestamp, ssrc: ssrc
        ).bytes
        for target in targets {
            guard let peer = target.peer,
                let sealed = try? target.cipher?.seal(header: header, plaintext: packet.payload)
            else { continue }
            state.withLock { reply(sealed, to: peer, target.region, &$0) }
        }
    }

    // MARK: Listening

    /// What was heard in a channel, per sender.
    func report(_ channel: ID) -> [JSON] {
        state.withLock { state in
            (state.rooms[channel]?.streams ?? [:]).values.sorted { $0.ssrc < $1.ssrc }.map(\.json)
        }
    }

    /// Packets dropped for a wrong address, key or silence about speaking.
    var rejected: Int { state.withLock { $0.rejected } }

    /// Packets that never reached the listener because this machine was too busy; no fault of whoever sent them.
    var kernelDrops: Int { sockets.reduce(0) { $0 + $1.drops } }

    /// The kept packets of a channel's senders.
    func frames(_ channel: ID) -> [UInt32: [HeardFrame]] {
        state.withLock { ($0.rooms[channel]?.streams ?? [:]).mapValues(\.frames) }
    }

    /// Forgets what was heard in a channel and measures anew from now.
    func reset(_ channel: ID) {
        state.withLock { state in
            state.rooms[channel]?.streams = [:]
            state.rooms[channel]?.markedAt = MediaThread.now()
        }
    }

    /// Starts feeding somebody's ears.
    func addListener(_ audio: LiveAudio, to channel: ID) -> Int {
        state.withLock { state in
            let id = state.nextListener
            state.nextListener += 1
            state.rooms[channel, default: Room()].listeners[id] = audio
            return id
        }
    }

    /// Writes the sound of the time that has passed to every listener; those that left are forgotten.
    func pump(now: Duration) {
        state.withLock { state in
            for channel in state.rooms.keys.map({ $0 }) {
                for id in state.rooms[channel]?.listeners.keys.map({ $0 }) ?? []
                where state.rooms[channel]?.listeners[id]?.pump(now: now) == false {
                    state.rooms[channel]?.listeners[id] = nil
                }
            }
        }
    }

    /// Whether anybody listens.
    var hasListeners: Bool { state.withLock { $0.rooms.values.contains { !$0.listeners.isEmpty } } }
}
