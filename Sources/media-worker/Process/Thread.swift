import CSystem
import Glibc

/// Runs `body` on a detached thread of its own; false when the system has no room for one more.
func startThread(named name: String, _ body: @escaping @Sendable () -> Void) -> Bool {
    final class Box {
        let name: String
        let body: @Sendable () -> Void
        init(_ name: String, _ body: @escaping @Sendable () -> Void) { (self.name, self.body) = (name, body) }
    }
    var attributes = pthread_attr_t()
    unsafe pthread_attr_init(&attributes)
    defer { unsafe pthread_attr_destroy(&attributes) }
    unsafe pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    // FFmpeg's parsers and libopus keep a few hundred KiB on the stack.
    unsafe pthread_attr_setstacksize(&attributes, 2 << 20)
    let box = unsafe Unmanaged.passRetained(Box(name, body))
    var thread = pthread_t()
    let code = unsafe pthread_create(
        &thread, &attributes,
        { pointer in
            guard let pointer = unsafe pointer else { return nil }
            let box = unsafe Unmanaged<Box>.fromOpaque(pointer).takeRetainedValue()
            unsafe backline_name_this_thread(box.name)
            box.body()
            return nil
        }, box.toOpaque())
    if code != 0 { unsafe box.release() }
    return code == 0
}
