/// Everything the sandbox's Discord knows, as a value: transitions change it and leave events to be delivered; it has no
/// clock, no I/O and no randomness of its own.
struct World: Sendable {
    /// Milliseconds since the Unix epoch, as of the running transition.
    private(set) var now: Int64
    var accounts: [ID: Account] = [:]
    var applications: [ID: Application] = [:]
    var guilds: [ID: Guild] = [:]
    var channels: [ID: Channel] = [:]
    var interactions: [ID: Interaction] = [:]
    var interactionTokens: [String: ID] = [:]
    var voiceGrants: [VoicePlace: VoiceGrant] = [:]
    var files: FileStore = FileStore()
    var presences: [ID: JSON] = [:]
    /// Where attachments can be fetched, without a slash at the end.
    var httpBase = "http://sandbox"
    /// Where voice servers listen, `host:port`; region i is at index i.
    var voiceEndpoints = ["voice-a.sandbox:443"]
    var messagesKept = 1000
    private var counter: UInt64 = 0
    private var lastID: ID = 0
    private var pending: [WorldEvent] = []
    var recentNonces: [(key: String, message: ID)] = []
    private var randomState: UInt64

    init(now: Int64, seed: UInt64) {
        self.now = now
        randomState = seed
    }

    /// Runs a transition at a time; the events it caused come back in order, also when it failed half-way.
    mutating func apply<Answer>(
        at time: Int64, _ transition: (inout World) throws(APIError) -> Answer
    ) -> (Result<Answer, APIError>, [WorldEvent]) {
        now = max(now, time)
        pending = []
        let result: Result<Answer, APIError>
        do throws(APIError) {
            result = .success(try transition(&self))
        } catch {
            result = .failure(error)
        }
        let events = pending
        pending = []
        return (result, events)
    }

    /// Leaves an event to be delivered.
    mutating func emit(_ event: WorldEvent) { pending.append(event) }

    /// Tells the bots in a guild something.
    mutating func tell(
        guild: ID, _ name: String, intent: UInt64, _ data: JSON, channel: ID? = nil, own: ID? = nil
    ) {
        emit(.dispatch(Dispatch(name: name, data: data, audience: .guild(guild, channel), intent: intent, own: own)))
    }

    /// A new snowflake of the current time, greater than every one before.
    mutating func newID() -> ID {
        counter &+= 1
        let fresh = UInt64(max(0, now - 1_420_070_400_000)) << 22 | 1 << 17 | counter & 0xFFF
        lastID = max(fresh, lastID &+ 1)
        return lastID
    }

    /// A fresh unguessable-looking text, repeatable under one seed.
    mutating func newSecret(_ words: Int = 2) -> String {
        (0..<words).map { _ in
            let digits = String(random(), radix: 36)
            return String(repeating: "0", count: max(0, 13 - digits.count)) + digits
        }.joined()
    }

    /// The next number of the world's own generator (SplitMix64).
    mutating func random() -> UInt64 {
        randomState &+= 0x9E37_79B9_7F4A_7C15
        var mixed = randomState
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }

    /// Guilds in which an account is a member, in order of their ids.
    func guilds(of user: ID) -> [Guild] {
        guilds.values.filter { $0.members[user] != nil }.sorted { $0.id < $1.id }
    }

    /// What somebody may do in a channel; everything in their own DMs.
    func permissions(of user: ID, in channel: Channel) -> UInt64 {
        guard let guildID = channel.guild else {
            return channel.recipients.contains(user) ? Permission.all & ~Permission.manageMessages : 0
        }
        guard let guild = guilds[guildID] else { return 0 }
        let holder = channel.isThread ? channel.parent.flatMap { channels[$0] } ?? channel : channel
        return guild.permissions(
            of: user, overwrites: holder.overwrites, isVoice: holder.isVoice, isThread: channel.isThread, now: now)
    }

    /// Whether somebody sees a channel.
    func sees(_ user: ID, _ channel: Channel) -> Bool {
        permissions(of: user, in: channel) & Permission.viewChannel != 0
    }

    /// The application a token belongs to, while the token is good.
    func application(token: String) -> Application? {
        applications.values.first { $0.token == token && $0.tokenValid }
    }
}

/// One person in one guild.
struct VoicePlace: Hashable, Sendable {
    var guild: ID
    var user: ID
}

/// A voice server handed out to a bot.
struct VoiceGrant: Sendable, Equatable {
    var token: String
    var session: String
    var channel: ID
    var endpoint: Int
}

/// Something that happened, to be delivered by the owner of the world.
enum WorldEvent: Sendable {
    /// A gateway dispatch.
    case dispatch(Dispatch)
    /// A change of who is in which voice channel.
    case voice(VoiceEffect)
    /// An interaction got its first answer (or a modal, or choices).
    case answered(interaction: ID, type: Int64, data: JSON)
    /// An interaction failed; the person sees the sentence.
    case failed(interaction: ID, user: ID, channel: ID, sentence: String)
    /// Something only the page shows, to one person or to all.
    case page(name: String, data: JSON, onlyFor: ID?)
}

/// A gateway dispatch before it is filtered for each session.
struct Dispatch: Sendable {
    enum Audience: Sendable {
        /// Bots in the guild, who must see the channel if one is given.
        case guild(ID, ID?)
        /// One bot; the guild, if any, decides the shard.
        case bot(ID, ID?)
        /// The people of a DM channel.
        case direct([ID])
    }
    var name: String
    var data: JSON
    var audience: Audience
    /// Intents of which one is needed; 0 = always sent.
    var intent: UInt64
    /// The bot that gets it whatever its intents.
    var own: ID?
    /// Set for messages: hides the content from bots without the intent.
    var content: ContentRule?
    /// Set for ephemeral messages: the only person whose page shows it.
    var onlyFor: ID?
}

/// Who sees a message's content without the message content intent.
struct ContentRule: Sendable {
    var author: ID
    var mentions: [ID]
}

/// What a voice transition means for the voice servers.
enum VoiceEffect: Sendable {
    /// Somebody is now in a channel, coming from another one or from nowhere.
    case entered(VoiceState, from: ID?)
    /// Somebody's mute or deafen flags changed.
    case changed(VoiceState)
    /// Somebody left.
    case left(VoiceState)
    /// A bot got a new voice server; the old connection is over.
    case granted(VoicePlace, VoiceGrant)
    /// A bot's voice server is gone without a new one yet.
    case revoked(VoicePlace, code: UInt16)
    /// Somebody asked for music in a guild (`/play`): the listener measures from here.
    case marked(guild: ID)
}

/// Attachments as they can be downloaded, bounded by their bytes in all.
struct FileStore: Sendable {
    struct File: Sendable {
        var id: ID
        var channel: ID
        var name: String
        var contentType: String
        var bytes: [UInt8]
    }
    private var files: [ID: File] = [:]
    private var order: [ID] = []
    private var size = 0
    var limit = 64 << 20

    mutating func keep(_ file: File) {
        files[file.id] = file
        order.append(file.id)
        size += file.bytes.count
        while size > limit, let oldest = order.first {
            order.removeFirst()
            size -= files.removeValue(forKey: oldest)?.bytes.count ?? 0
        }
    }

    subscript(_ id: ID) -> File? { files[id] }
}
