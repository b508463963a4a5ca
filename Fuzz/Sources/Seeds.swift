import Glibc

/// Writes inputs to begin with.
enum Seeds {
    static func write(_ seeds: [(name: String, bytes: [UInt8])], into folder: String) {
        for seed in seeds {
            guard let file = unsafe fopen("\(folder)/\(seed.name)", "w") else {
                unsafe perror(folder)
                exit(1)
            }
            unsafe fwrite(seed.bytes, 1, seed.bytes.count, file)
            unsafe fclose(file)
        }
    }
}
