import BotKit
import DiscordAPI
import DiscordModel
import MusicEngine
import ServiceKit
import Synchronization

/// The music of one guild while it lasts: the voice connection, the player, and the panel that shows it.
///
/// `run()` owns everything and frees it when the session ends.
actor GuildSession {
    /// The guild.
    nonisolated let guild: GuildID
    /// The player.
    nonisolated let player: Player
    /// The live message.
    nonisolated let panel: Panel
    nonisolated let voice: any VoiceLink

    private let parts: SessionParts
    private let locale: String?
    private let logger: Logger
    private var idle: IdleWatch
    /// Whether the player was paused because the connection was taken away, not by a person.
    private var isHeld = false
    private var isReturning = false
    private var isSteppingForward = false
    private nonisolated let shared = Mutex(Shared())
    /// Holds one element while nobody joins or leaves.
    private nonisolated let turn = BoundedChannel<Void>(capacity: 1)
    /// Wakes `run()`; what for is written in `shared`, or waits in the channels of the player and the voice connection.
    private nonisolated let wakes = BoundedChannel<Void>(capacity: 1)
    /// Whether a request of the panel is on its way.
    private var panelWorks = false
    private var panelIsOver = false
    /// When the progress bar moves again.
    private var nextTick: Duration?
    /// Sentences on their way, in order; a task says them while there are any.
    private var sentences: [@Sendable () async -> Void] = []

    private struct Shared {
        var channel: ChannelID?
        var isEnded = false
        /// Why the session shall end; the first reason counts.
        var ending: SessionEnd?
        /// Whether Discord may have forgotten the bot's seat.
        var lostSeat = false
        /// Whether the connection is being made anew on purpose.
        var isRejoining = false
        /// The stage in whose audience the bot is.
        var stage: ChannelID?

        mutating func takeLostSeat() -> Bool {
            defer { lostSeat = false }
            return lostSeat
        }

        mutating func takeStage() -> ChannelID? {
            defer { stage = nil }
            return stage
        }
    }

    init(guild: GuildID, me: UserID, textChannel: ChannelID, volume: Int, locale: String?, parts: SessionParts) {
        self.guild = guild
        self.parts = parts
        self.locale = locale
        logger = parts.logger.with(["guild": "\(guild)"])
        voice = parts.makeVoice(guild, me)
        var settings = parts.configuration.player
        settings.volume = volume
        let player = Player(
            guild: guild, output: voice.output, opener: parts.opener, media: parts.media, settings: settings,
            time: parts.time, logger: parts.logger)
        self.player = player
        let view = PlayerView(strings: parts.configuration.strings, locale: locale)
        panel = Panel(
            channel: textChannel, transport: parts.channels, minimumInterval: parts.configuration.panelInterval,
            time: parts.time, logger: logger
        ) { view.body(player.snapshot) }
        idle = IdleWatch(
            aloneLimit: parts.configuration.aloneLimit, nothingPlayingLimit: parts.configuration.nothingPlayingLimit)
        turn.trySend(())
    }

    // MARK: What others see

    /// The voice channel the bot is in, or on its way to.
    nonisolated var channel: ChannelID? { shared.withLock { $0.channel } }

    /// Whether the session is over; a new one has to be made.
    nonisolated var isEnded: Bool { shared.withLock { $0.isEnded } }

    /// The panel's message for the player as it is now.
    nonisolated var panelBody: MessageBody {
        PlayerView(strings: parts.configuration.strings, locale: locale).body(player.snapshot)
    }

    /// Whether no person listens in the bot's channel.
    nonisolated var isAlone: Bool {
        guard let channel else { return true }
        return parts.guilds.listeners(in: channel, of: guild) == 0
    }

    /// Somebody came or went in the guild's voice channels.
    nonisolated func occupancyChanged() { wakes.trySend(()) }

    /// The main gateway has a new session: if Discord forgot where the bot sits, it goes there again.
    nonisolated func checkSeat() {
        guard let channel, let me = parts.guilds.me else { return }
        guard parts.guilds.voiceChannel(of: me, in: guild) != channel else { return }
        shared.withLock { $0.lostSeat = true }
        wakes.trySend(())
    }

    /// In a stage's audience the bot is silent: it steps forward.
    nonisolated func speakIfSilenced(_ state: VoiceState) {
        guard state.suppress, let stage = state.channelID,
            parts.guilds.channel(stage, in: guild)?.type == .stage
        else { return }
        shared.withLock { $0.stage = stage }
        wakes.trySend(())
    }

    /// Ends the session; `run()` says why and frees everything.
    nonisolated func end(_ reason: SessionEnd) {
        shared.withLock { shared in
            shared.isEnded = true
            shared.ending = shared.ending ?? reason
        }
        wakes.trySend(())
    }

    // MARK: Joining

    /// Joins or moves to a channel; one caller at a time.
    func join(_ channel: ChannelID) async throws -> JoinOutcome {
        guard await turn.next() != nil else { throw CancellationError() }
        defer { turn.trySend(()) }
        if isEnded { throw SessionOver() }
        let before = self.channel
        if before == channel { return .alreadyThere }
        shared.withLock { $0.channel = channel }
        do throws(VoiceLinkFailure) {
            try await voice.connect(to: channel)
        } catch {
            shared.withLock { $0.channel = nil }
            await voice.disconnect()
            await hold()
            if player.snapshot.current == nil { end(.unused) }
            throw UserFacingError(
                Phrases.voiceFailed, ["channel": channelName(channel), "reason": error.description])
        }
        await release()
        occupancyChanged()
        return before == nil ? .joined : .moved
    }

    /// A channel as people write it.
    nonisolated func channelName(_ channel: ChannelID) -> String { "<#\(channel)>" }

    private func hold() async {
        let state = player.snapshot.state
        guard state == .playing || state == .loading else { return }
        isHeld = (try? await player.pause()) != nil
    }

    private func release() async {
        guard isHeld else { return }
        isHeld = false
        if player.snapshot.state == .paused { try? await player.resume() }
    }

    // MARK: Living

    /// Lives until ended or cancelled: one loop that follows the player, the voice connection and the people. What takes
    /// long happens in tasks that end.
    func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.voice.run() }
            group.addTask { await self.player.run() }
            panel.onChange { [wakes] in wakes.trySend(()) }
            let events = player.subscribe()
            events.onChange { [wakes] in wakes.trySend(()) }
            voice.events.onChange { [wakes] in wakes.trySend(()) }
            while !Task.isCancelled {
                follow(events, &group)
                while let event = voice.events.tryNext() { await follow(event, &group) }
                takeSeats(&group)
                let deadlines = [watch(), turnPanel(&group)]
                if let reason = shared.withLock({ $0.ending }) {
                    await conclude(reason, &group)
                    break
                }
                _ = await wakes.next(until: deadlines.compactMap { $0 }.min(), by: parts.time)
            }
            shared.withLock { $0.isEnded = true }
            events.finish()
            group.cancelAll()
        }
    }

    private func conclude(_ reason: SessionEnd, _ group: inout DiscardingTaskGroup) async {
        let place = channel.map(channelName) ?? ""
        await player.stop()
        if reason != .removed {
            await voice.disconnect()
            panel.end()
            // The panel's last edit, but not for longer than five seconds.
            let limit = parts.time.now + .seconds(5)
            while !Task.isCancelled, parts.time.now < limit {
                let deadline = turnPanel(&group)
                if panelIsOver { break }
                _ = await wakes.next(until: min(deadline ?? limit, limit), by: parts.time)
            }
        }
        switch reason {
        case .alone: await say(Phrases.idleAlone, ["channel": place])
        case .nothingPlaying where !place.isEmpty: await say(Phrases.idleNothing, ["channel": place])
        case .left, .removed, .unused, .nothingPlaying: break
        }
        shared.withLock { $0.channel = nil }
        logger.info("session ended", ["reason": "\(reason)"])
    }

    /// Says a sentence in the channel of the panel.
    private func say(_ phrase: Phrase, _ values: [String: String]) async {
        let text = parts.configuration.strings.text(phrase, values, locale: locale)
        do throws(PanelFailure) {
            _ = try await parts.channels.post(
                MessageBody(content: text, allowedMentions: AllowedMentions.none), in: panel.channel)
        } catch {
            logger.notice("sentence not delivered", ["reason": error.description])
        }
    }

    /// Has a sentence said after those that are being said.
    private func tell(_ phrase: Phrase, _ values: [String: String], _ group: inout DiscardingTaskGroup) {
        sentences.append { await self.say(phrase, values) }
        guard sentences.count == 1 else { return }
        group.addTask { await self.saySentences() }
    }

    private func saySentences() async {
        while let sentence = sentences.first {
            await sentence()
            sentences.removeFirst()
        }
    }

    // MARK: Following

    // Functions of their own, never parts of the one that waits: what they need would stay in the memory of the wait.

    @inline(never)
    private func follow(_ events: PlayerEvents, _ group: inout DiscardingTaskGroup) {
        while let event = events.tryNext() { follow(event, &group) }
    }

    private func follow(_ event: PlayerEvent, _ group: inout DiscardingTaskGroup) {
        switch event {
        case .trackFailed(let entry, let sentence):
            let title = MarkdownText.link(entry.track.title, to: nil)
            tell(Phrases.trackFailed, ["track": title, "reason": sentence], &group)
        case .gaveUp(let sentence): tell(Phrases.gaveUp, ["reason": sentence], &group)
        case .trackStarted, .trackEnded, .recovered, .stateChanged, .queueChanged, .queueEnded, .idle: break
        }
        if player.snapshot.current != nil || panel.message != nil { panel.changed(urgent: true) }
    }

    private func follow(_ event: VoiceLinkEvent, _ group: inout DiscardingTaskGroup) async {
        switch event {
        case .connected(let channel), .moved(let channel):
            shared.withLock { if !$0.isEnded { $0.channel = channel } }
            await release()
        case .interrupted: logger.notice("voice interrupted")
        case .recovered: logger.info("voice recovered")
        case .disconnected(let sentence):
            let place = channel.map(channelName) ?? ""
            // One that we asked for, or that has been overtaken by a new connection, changes nothing.
            guard !isEnded, channel != nil, voice.channel == nil, !shared.withLock({ $0.isRejoining }) else { return }
            shared.withLock { $0.channel = nil }
            await hold()
            if let sentence {
                tell(Phrases.voiceLost, ["channel": place, "reason": sentence], &group)
            } else {
                tell(Phrases.disconnected, ["channel": place], &group)
            }
        }
        if panel.message != nil { panel.changed(urgent: true) }
    }

    /// Moves the progress bar, and ends the session when it has become useless; when to look again.
    @inline(never)
    private func watch() -> Duration? {
        let now = parts.time.now
        let state = player.snapshot.state
        // Without a channel nobody hears anything, whatever the player says.
        let isPlaying = channel != nil && (state == .playing || state == .loading)
        idle.update(isAlone: channel != nil && isAlone, isPlaying: isPlaying, now: now)
        if let verdict = idle.verdict(now: now) {
            end(verdict == .alone ? .alone : .nothingPlaying)
            return nil
        }
        if !isPlaying {
            nextTick = nil
        } else if now >= nextTick ?? now {
            nextTick = now + parts.configuration.panelTick
            if panel.message != nil { panel.changed(urgent: false) }
        }
        return [nextTick, idle.deadline].compactMap { $0 }.min()
    }

    /// Lets the panel make its next request, if there is one; when to ask it again.
    @inline(never)
    private func turnPanel(_ group: inout DiscardingTaskGroup) -> Duration? {
        guard !panelWorks, !panelIsOver else { return nil }
        switch panel.turn() {
        case .work(let request):
            panelWorks = true
            group.addTask {
                await request()
                await self.panelWorked()
            }
            return nil
        case .wait(let deadline): return deadline
        case .over:
            panelIsOver = true
            return nil
        }
    }

    private func panelWorked() {
        panelWorks = false
        wakes.trySend(())
    }

    /// Goes back to the channel after Discord forgot the bot's seat, and steps forward from a stage's audience.
    @inline(never)
    private func takeSeats(_ group: inout DiscardingTaskGroup) {
        if !isReturning, shared.withLock({ $0.takeLostSeat() }) {
            isReturning = true
            group.addTask { await self.takeSeat() }
        }
        if !isSteppingForward, let stage = shared.withLock({ $0.takeStage() }) {
            isSteppingForward = true
            group.addTask { await self.stepForward(on: stage) }
        }
    }

    private func takeSeat() async {
        guard await turn.next() != nil else { return }
        if let channel, !isEnded { await rejoin(channel) }
        turn.trySend(())
        isReturning = false
        wakes.trySend(())
    }

    private func stepForward(on stage: ChannelID) async {
        do {
            try await parts.stages?.speak(on: stage, of: guild)
        } catch {
            logger.notice("not a speaker on the stage", ["reason": "\(error)"])
            await say(Phrases.audienceOnly, ["channel": channelName(stage)])
        }
        isSteppingForward = false
        wakes.trySend(())
    }

    private func rejoin(_ channel: ChannelID) async {
        logger.notice("joining again: the seat was lost with the gateway session")
        shared.withLock { $0.isRejoining = true }
        // The old voice session is dead with its seat; waiting for it to notice would only cost time.
        await voice.disconnect()
        do throws(VoiceLinkFailure) {
            try await voice.connect(to: channel)
        } catch {
            logger.warning("joining again failed", ["reason": error.description])
            shared.withLock { $0.channel = nil }
            await hold()
            await say(Phrases.voiceLost, ["channel": channelName(channel), "reason": error.description])
        }
        shared.withLock { $0.isRejoining = false }
    }
}

/// The session ended while somebody was about to use it: make a new one.
struct SessionOver: Error {}
