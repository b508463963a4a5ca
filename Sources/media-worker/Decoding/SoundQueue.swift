import COpus
import MediaPipeline

/// Stereo floats at 48 kHz waiting to be encoded, at a known place of the song.
struct SoundQueue {
    private var samples: [Float] = []
    private var start = 0
    private var clipMemory: [Float] = [0, 0]
    private let volume: Float
    /// The place of the first waiting sample, in samples per channel from the start of the song.
    private(set) var position: Int64

    /// A queue that wants the sound from `position` on.
    init(position: Int64, volume: Double) {
        self.position = position
        self.volume = Float(volume)
    }

    /// Samples per channel that wait.
    var count: Int { (samples.count - start) / 2 }

    /// The place after the last waiting sample.
    var end: Int64 { position + Int64(count) }

    /// Adds sound that begins at `place`: what comes before the wanted place is dropped, and a hole is filled with silence
    /// of at most `longestHole` samples.
    mutating func append(_ sound: [Float], at place: Int64, longestHole: Int64 = 480_000) {
        if place > end { appendSilence(Int(min(longestHole, place - end))) }
        let skip = Int(min(Int64(sound.count / 2), max(0, count == 0 ? position - place : 0)))
        samples.append(contentsOf: sound[(skip * 2)...])
    }

    /// Adds silence.
    mutating func appendSilence(_ count: Int) {
        samples.append(contentsOf: repeatElement(0, count: max(0, count) * 2))
    }

    /// Takes the next 20 ms out, at the wanted volume, softly kept within the range.
    mutating func take() -> ArraySlice<Float> {
        let width = OpusPacket.samples * 2
        var frame = samples[start..<start + width]
        start += width
        position += Int64(OpusPacket.samples)
        if start > 1 << 16 {
            samples.removeFirst(start)
            start = 0
        }
        if volume != 1 {
            for index in frame.indices { frame[index] *= volume }
        }
        for index in frame.indices where !frame[index].isFinite { frame[index] = 0 }
        unsafe frame.withUnsafeMutableBufferPointer { buffer in
            unsafe opus_pcm_soft_clip(buffer.baseAddress, Int32(OpusPacket.samples), 2, &clipMemory)
        }
        return frame
    }
}
