/// Bounds on foreign input, far above what a voice call needs and low enough to keep memory and time small.
public enum MLSLimits {
    /// Longest encoded value that is decoded, in bytes.
    public static let encodedBytes = 1 << 20
    /// Most leaves of a ratchet tree, blank ones included; a power of two.
    public static let leaves = 1 << 12
    /// Most steps a hash ratchet is moved forward for one message.
    public static let ratchetSteps: UInt32 = 1 << 14
    /// Longest secret that the exporter and KDF.Expand give: 255 times the hash length.
    public static let derivedBytes = 255 * 32
}
