import MediaPipeline

@testable import MusicEngine

/// A machine with an output and deliveries that exist only on paper, driven step by step.
struct PaperStage {
    var machine: PlayerMachine
    /// Frames in the output.
    var output: [[UInt8]] = []
    /// Frames the sender has taken.
    var played: [[UInt8]] = []
    /// Everything told.
    var events: [PlayerEvent] = []
    /// Deliveries under way.
    var open: [StreamOrder] = []
    /// Songs to get ready for.
    var warmed: [Track] = []
    var isPaused = false
    /// How many frames each song has, by its id; endless when missing.
    var lengths: [String: Int] = [:]
    /// Songs whose deliveries give nothing yet.
    var held: Set<String> = []
    private var delivered: [StreamID: Int] = [:]
    private let outputLimit = 10

    init(_ change: (inout PlayerSettings) -> Void = { _ in }) {
        var settings = PlayerSettings()
        settings.bufferFrames = 20
        change(&settings)
        machine = PlayerMachine(settings: settings)
    }

    static func song(_ number: UInt8, seconds: Int? = nil, live: Bool = false) -> QueuedTrack {
        QueuedTrack(
            track: Track(
                id: "\(number)", title: "Song \(number)", duration: seconds.map { .seconds($0) }, isLive: live,
                source: .library(file: "\(number)")))
    }

    /// A frame that tells its song, number and loudness.
    static func packet(_ song: String, _ index: Int, volume: Int) -> OpusPacket {
        OpusPacket(
            bytes: [
                UInt8(song) ?? 0, UInt8(index >> 16), UInt8(index >> 8 & 0xFF), UInt8(index & 0xFF), UInt8(volume),
            ],
            index: index)
    }

    /// What was heard, as song and frame.
    var heard: [[Int]] { played.map { [Int($0[0]), Int($0[1]) << 16 | Int($0[2]) << 8 | Int($0[3])] } }

    mutating func settle() {
        while true {
            let actions = machine.takeActions()
            if actions.isEmpty { break }
            for action in actions {
                switch action {
                case .open(let order): open.append(order)
                case .close(let stream): open.removeAll { $0.stream == stream }
                case .takeOver(let stream):
                    clear()
                    machine.takeOver(stream)
                case .setPaused(let paused): isPaused = paused
                case .warm(let track): warmed.append(track)
                case .emit(let event): events.append(event)
                }
            }
        }
        while let frame = machine.nextToPush() {
            if output.count == outputLimit {
                machine.pushFailed()
                break
            }
            output.append(frame)
        }
    }

    mutating func clear() {
        output = []
        machine.cleared(played: played.count)
    }

    /// A change that needs the output empty.
    mutating func cut(_ body: (inout PlayerMachine) throws -> Void) rethrows {
        clear()
        defer { settle() }
        try body(&machine)
    }

    /// A change that leaves the output as it is.
    mutating func change(_ body: (inout PlayerMachine) throws -> Void) rethrows {
        machine.played(played.count)
        defer { settle() }
        try body(&machine)
    }

    /// Lets every open delivery give up to `count` frames.
    mutating func deliver(_ count: Int) {
        for order in open where !held.contains(order.track.id) {
            if delivered[order.stream] == nil {
                delivered[order.stream] = order.frame
                let info = MediaInfo(
                    duration: order.track.duration, codec: "opus", sampleRate: 48000, channels: 2, passthrough: true,
                    isLive: order.track.isLive)
                machine.opened(order.stream, info)
            }
            for _ in 0..<count where machine.wants(order.stream) == true {
                let index = delivered[order.stream] ?? 0
                if index >= lengths[order.track.id] ?? .max {
                    open.removeAll { $0.stream == order.stream }
                    machine.ended(order.stream)
                    break
                }
                machine.received([Self.packet(order.track.id, index, volume: order.volume)], from: order.stream)
                delivered[order.stream] = index + 1
                settle()
            }
            settle()
        }
    }

    /// The sender takes frames; the machine learns of it only at `look`.
    mutating func play(_ count: Int) {
        guard !isPaused else { return }
        played += output.prefix(count)
        output.removeFirst(min(count, output.count))
    }

    mutating func look() {
        machine.played(played.count)
        settle()
    }

    mutating func playOut(_ frames: Int) {
        for _ in 0..<frames {
            deliver(3)
            play(1)
            look()
        }
    }
}
