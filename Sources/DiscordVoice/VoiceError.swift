/// What can go wrong in voice; every text says what happened and what to do next, and holds no token.
public enum VoiceError: Error, Sendable, Equatable {
    /// A UDP packet did not have the shape it must have.
    case malformedPacket(PacketProblem)
    /// A voice gateway message could not be understood; the text names the message, never its secrets.
    case malformedMessage(String)
    /// A cipher could not be set up or refused to work.
    case cipher(String)
    /// The sender already carries as many streams as it was made for.
    case senderFull(capacity: Int)
    /// A system call failed.
    case system(call: String, code: Int32)
    /// The voice connection ended or could not be made; the text is a sentence for people.
    case disconnected(String)
    /// A call was cancelled, or the connection's owner has stopped.
    case cancelled
}

/// Why a UDP packet was refused (Discord voice, "RTP header" and "Transport encryption").
public enum PacketProblem: Sendable, Equatable {
    /// Fewer bytes than the fields it announces.
    case tooShort
    /// Not RTP version 2.
    case wrongVersion
    /// RTCP, which shares the socket with RTP.
    case controlPacket
    /// The authentication tag does not fit: wrong key, or changed on the way.
    case notAuthentic
    /// The padding or header extension is longer than the packet.
    case wrongLength
    /// Not an IP discovery or ping packet of the expected kind.
    case unexpectedKind
    /// The frame is larger than a packet may be.
    case tooLarge
}

extension VoiceError: CustomStringConvertible {
    /// A sentence for logs and, where people see it, for people.
    public var description: String {
        switch self {
        case .malformedPacket(let problem): "A voice packet was dropped (\(problem))."
        case .malformedMessage(let what):
            "Something unreadable came in voice (\(what)); it was left out."
        case .cipher(let what): "Voice encryption failed (\(what)); check that OpenSSL 3 and libsodium are installed."
        case .senderFull(let capacity):
            "All \(capacity) voice streams of this process are in use; stop one, or start another instance."
        case .system(let call, let code):
            "The system refused \(call) (error \(code)); see the limits on open files and memory."
        case .disconnected(let sentence): sentence
        case .cancelled: "The voice connection was stopped."
        }
    }
}
