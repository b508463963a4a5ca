import CSystem
import MediaPipeline

/// One song on a thread of its own: opened, then read as fast as credits allow.
struct Session: Sendable {
    let number: UInt32
    let request: MediaRequest
    let isProbe: Bool
    let control: SessionControl
    let fetcher: Fetcher
    let output: OutputPipe

    /// Reads the song to its end; every way out tells the parent, except being closed by it.
    func run() {
        // A song may have needed hundreds of times what the next one needs.
        defer { backline_return_free_memory() }
        do {
            try play()
            output.send(.end(session: number))
        } catch .closed {
            return
        } catch {
            output.send(.failed(session: number, error: error))
        }
    }

    private func play() throws(MediaError) {
        let song = try Song(request: request, control: control, fetcher: fetcher)
        output.send(.opened(session: number, info: song.info))
        guard !isProbe else { return }
        // The first sound should be there at once; later batches save messages.
        var batch = 5
        while let credits = control.awaitCredit() {
            let started = monotonicNow()
            let wanted = min(credits, batch)
            let firstIndex = song.nextIndex
            var packets: [[UInt8]] = []
            packets.reserveCapacity(wanted)
            var ended = false
            while packets.count < wanted, packets.isEmpty || monotonicNow() - started < .milliseconds(100) {
                guard let packet = try keep(packets, from: firstIndex, { () throws(MediaError) in try song.next() })
                else {
                    ended = true
                    break
                }
                packets.append(packet)
            }
            flush(packets, from: firstIndex)
            if ended { return }
            batch = MediaMessage.maximumBatch
        }
        throw .closed
    }

    /// Sends what is finished before an error gets out: the listener hears all that could be read.
    private func keep(
        _ packets: [[UInt8]], from firstIndex: Int, _ next: () throws(MediaError) -> [UInt8]?
    ) throws(MediaError) -> [UInt8]? {
        do {
            return try next()
        } catch {
            flush(packets, from: firstIndex)
            throw error
        }
    }

    private func flush(_ packets: [[UInt8]], from firstIndex: Int) {
        guard !packets.isEmpty else { return }
        output.send(.packets(session: number, firstIndex: UInt64(firstIndex), packets: packets))
        control.sent(packets.count)
    }
}
