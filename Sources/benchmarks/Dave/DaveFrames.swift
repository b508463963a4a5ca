import DiscordVoice
import Glibc
import MLS

/// Our side: the sender's own encryptor, frame after frame in one buffer.
enum DaveFrames {
    /// Encrypts frames for some seconds; how many, and the processor time of this thread.
    static func encrypt(bytes count: Int, seconds: Int) throws -> (frames: Double, processorSeconds: Double) {
        let encryptor = DAVEEncryptor()
        try encryptor.install(KeyRatchet(baseSecret: Secret.random(KeyRatchet.keyByteCount)))
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1_400, alignment: 16)
        defer { unsafe buffer.deallocate() }
        for index in buffer.indices { unsafe buffer[index] = 0x5A }
        let start = processorSeconds()
        var frames = 0
        while processorSeconds() - start < Double(seconds) {
            for _ in 0..<1_000 {
                guard case .ready = unsafe encryptor.transform(buffer, byteCount: count) else {
                    throw BenchmarkError.peer(name: "Backline", "it did not encrypt a frame")
                }
            }
            frames += 1_000
        }
        return (Double(frames), processorSeconds() - start)
    }

    /// Processor time of this thread.
    static func processorSeconds() -> Double {
        var time = timespec()
        unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
