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
    private nonisolated let shared = Mutex(Shared())
    /// Holds one element while nobody joins or leaves.
    private nonisolated let turn = BoundedChannel<Void>(capacity: 1)
    private nonisolated let endings = BoundedChannel<SessionEnd>(capacity: 1)
    private nonisolated let changes = BoundedChannel<Void>(capacity: 1)
    private nonisolated let rejoins = BoundedChannel<Void>(capacity: 1)
    private nonisolated let stages = BoundedChannel<ChannelID>(capacity: 1)
    private nonisolated let panelDone = BoundedChannel<Void>(capacity: 1)

    private struct Shared {
        var channel: ChannelID?
        var isEnded = false
        /// Whether the connection is being made anew on purpose.
        var isRejoining = false
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
    nonisolated func occupancyChanged() { changes.trySend(()) }

    /// The main gateway has a new session: if Discord forgot where the bot sits, it goes there again.
    nonisolated func checkSeat() {
        guard let channel, let me = parts.guilds.me else { return }
        if parts.guilds.voiceChannel(of: me, in: guild) != channel { rejoins.trySend(()) }
    }

    /// In a stage's audience the bot is silent: it steps forward.
    nonisolated func speakIfSilenced(_ state: VoiceState) {
        guard state.suppress, let stage = state.channelID,
            parts.guilds.channel(stage, in: guild)?.type == .stage
        else { return }
        stages.trySend(stage)
    }

    /// Ends the session; `run()` says why and frees everything.
    nonisolated func end(_ reason: SessionEnd) {
        shared.withLock { $0.isEnded = true }
        endings.trySend(reason)
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

    /// Lives until ended or cancelled.
    func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.voice.run() }
            group.addTask { await self.player.run() }
            group.addTask {
                await self.panel.run()
                self.panelDone.finish()
            }
            let events = player.subscribe()
            group.addTask { await self.followPlayer(events) }
            group.addTask { await self.followVoice() }
            group.addTask { await self.watch() }
            group.addTask { await self.keepSeat() }
            group.addTask { await self.takeStages() }
            if let reason = await endings.next() { await conclude(reason) }
            shared.withLock { $0.isEnded = true }
            group.cancelAll()
        }
    }

    private func conclude(_ reason: SessionEnd) async {
        let place = channel.map(channelName) ?? ""
        await player.stop()
        if reason != .removed {
            await voice.disconnect()
            panel.end()
            await waitForPanel()
        }
        switch reason {
        case .alone: await say(Phrases.idleAlone, ["channel": place])
        case .nothingPlaying where !place.isEmpty: await say(Phrases.idleNothing, ["channel": place])
        case .left, .removed, .unused, .nothingPlaying: break
        }
        shared.withLock { $0.channel = nil }
        logger.info("session ended", ["reason": "\(reason)"])
    }

    /// The panel's last edit, but not for longer than five seconds.
    private func waitForPanel() async {
        let (time, panelDone) = (parts.time, panelDone)
        await withDiscardingTaskGroup { group in
            group.addTask {
                if (try? await time.sleep(for: .seconds(5))) != nil { panelDone.finish() }
            }
            _ = await panelDone.next()
            group.cancelAll()
        }
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

    // MARK: Following

    private func followPlayer(_ events: PlayerEvents) async {
        while let event = await events.next() {
            switch event {
            case .trackFailed(let entry, let sentence):
                let title = MarkdownText.link(entry.track.title, to: nil)
                await say(Phrases.trackFailed, ["track": title, "reason": sentence])
            case .gaveUp(let sentence):
                await say(Phrases.gaveUp, ["reason": sentence])
            case .trackStarted, .trackEnded, .recovered, .stateChanged, .queueChanged, .queueEnded, .idle: break
            }
            if player.snapshot.current != nil || panel.message != nil { panel.changed(urgent: true) }
            changes.trySend(())
        }
    }

    private func followVoice() async {
        while let event = await voice.events.next() {
            switch event {
            case .connected(let channel), .moved(let channel):
                shared.withLock { if !$0.isEnded { $0.channel = channel } }
                await release()
            case .interrupted: logger.notice("voice interrupted")
            case .recovered: logger.info("voice recovered")
            case .disconnected(let sentence):
                let place = channel.map(channelName) ?? ""
                // One that we asked for, or that has been overtaken by a new connection, changes nothing.
                guard !isEnded, channel != nil, voice.channel == nil, !shared.withLock({ $0.isRejoining }) else {
                    continue
                }
                shared.withLock { $0.channel = nil }
                await hold()
                if let sentence {
                    await say(Phrases.voiceLost, ["channel": place, "reason": sentence])
                } else {
                    await say(Phrases.disconnected, ["channel": place])
                }
            }
            if panel.message != nil { panel.changed(urgent: true) }
            changes.trySend(())
        }
    }

    /// Moves the progress bar, and leaves when the session has become useless.
    private func watch() async {
        while !Task.isCancelled {
            let now = parts.time.now
            let state = player.snapshot.state
            // Without a channel nobody hears anything, whatever the player says.
            let isPlaying = channel != nil && (state == .playing || state == .loading)
            idle.update(isAlone: channel != nil && isAlone, isPlaying: isPlaying, now: now)
            if let verdict = idle.verdict(now: now) {
                end(verdict == .alone ? .alone : .nothingPlaying)
                return
            }
            if isPlaying, panel.message != nil { panel.changed(urgent: false) }
            let tick = isPlaying ? now + parts.configuration.panelTick : nil
            _ = await changes.next(until: [tick, idle.deadline].compactMap { $0 }.min(), by: parts.time)
        }
    }

    /// Goes back to the channel after Discord forgot the bot's seat.
    private func keepSeat() async {
        while await rejoins.next() != nil {
            guard await turn.next() != nil else { return }
            if let channel, !isEnded { await rejoin(channel) }
            turn.trySend(())
        }
    }

    private func takeStages() async {
        while let stage = await stages.next() {
            do {
                guard let speaker = parts.stages else { continue }
                try await speaker.speak(on: stage, of: guild)
            } catch {
                logger.notice("not a speaker on the stage", ["reason": "\(error)"])
                await say(Phrases.audienceOnly, ["channel": channelName(stage)])
            }
        }
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
