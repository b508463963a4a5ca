import BotKit
import DiscordModel
import MusicEngine

extension MusicCommands {
    /// `/pause`.
    func pause(_ invocation: Invocation) async throws {
        let (session, current) = try playing(invocation)
        guard session.player.snapshot.state != .paused else { throw UserFacingError(Phrases.alreadyPaused) }
        try await session.player.pause()
        try await invocation.reply(Phrases.paused, ["track": title(current.track)])
    }

    /// `/resume`.
    func resume(_ invocation: Invocation) async throws {
        let session = try controlled(invocation)
        let before = session.player.snapshot
        guard before.current != nil || !before.queue.isEmpty else { throw UserFacingError(Phrases.nothingPlaying) }
        guard before.state == .paused || before.state == .idle else { throw UserFacingError(Phrases.notPaused) }
        // Going on without a channel would play to nobody.
        guard session.channel != nil else { throw UserFacingError(Phrases.notConnected) }
        try await session.player.resume()
        guard let track = (before.current ?? before.queue.first)?.track else { return }
        try await invocation.reply(Phrases.resumed, ["track": title(track)])
    }

    /// `/skip`.
    func skip(_ invocation: Invocation) async throws {
        let (session, current) = try playing(invocation)
        try await session.player.skip()
        try await invocation.reply(Phrases.skipped, ["track": title(current.track)])
    }

    /// `/stop`.
    func stop(_ invocation: Invocation) async throws {
        let session = try controlled(invocation)
        let before = session.player.snapshot
        guard before.current != nil || !before.queue.isEmpty else { throw UserFacingError(Phrases.nothingPlaying) }
        await session.player.stop()
        try await invocation.reply(Phrases.stopped)
    }

    /// `/seek`.
    func seek(_ invocation: Invocation) async throws {
        let text = try invocation.options.requiredString("position")
        let (session, _) = try playing(invocation)
        guard let target = TimeText.parse(text) else {
            throw UserFacingError(Phrases.badTime, ["text": MarkdownText.plain(text, limit: 40)])
        }
        let position = try await go(to: target, in: session)
        let duration = session.player.snapshot.duration
        try await invocation.reply(
            Phrases.sought,
            [
                "position": position.clockText,
                "duration": duration?.clockText ?? invocation.text(Phrases.unknownLength),
            ])
    }

    /// Goes to a place in the song that is playing; gives the place.
    private func go(to target: TimeText.Target, in session: GuildSession) async throws -> Duration {
        let player = session.player.snapshot
        guard let current = player.current else { throw UserFacingError(Phrases.nothingPlaying) }
        guard !player.isLive, !current.track.isLive else { throw UserFacingError(Phrases.cannotSeekLive) }
        let position = target.position(from: player.position)
        if let duration = player.duration ?? current.track.duration, position >= duration {
            throw UserFacingError(Phrases.beyondEnd, ["duration": duration.clockText])
        }
        try await session.player.seek(to: position)
        session.panel.changed(urgent: true)
        return position
    }

    /// `/volume`.
    func volume(_ invocation: Invocation) async throws {
        guard let level = invocation.options.integer("level") else {
            let (guild, _) = try caller(invocation)
            let volume: Int
            if let session = sessions.current(guild) {
                volume = session.player.snapshot.volume
            } else {
                volume = try await settings.value(for: guild).volume
            }
            try await invocation.reply(Phrases.volumeIs, ["volume": "\(volume)"], ephemeral: true)
            return
        }
        guard (0...200).contains(level) else { throw UserFacingError(Phrases.badVolume) }
        let session = try controlled(invocation)
        try await setVolume(level, in: session)
        try await invocation.reply(Phrases.volumeSet, ["volume": "\(level)"])
    }

    private func setVolume(_ level: Int, in session: GuildSession) async throws {
        await session.player.setVolume(level)
        try await settings.update(session.guild) { $0.volume = level }
        if session.panel.message != nil { session.panel.changed(urgent: true) }
    }

    /// The panel's buttons.
    func pressed(_ invocation: Invocation) async throws {
        guard let name = invocation.customID?.arguments.first, let action = PlayerView.Action(rawValue: name) else {
            throw UserFacingError(RouterPhrases.unknown)
        }
        if action == .queue { return try await showQueue(invocation, page: 0, ephemeral: true) }
        let session = try controlled(invocation)
        try await perform(action, in: session)
        // The answer itself redraws the panel, which is faster than an edit after it; other messages stay as they are.
        guard let message = invocation.interaction.message?.id, message == session.panel.message else {
            try await invocation.acknowledge()
            session.panel.changed(urgent: true)
            return
        }
        let body = session.panelBody
        try await invocation.edit(body)
        session.panel.adopt(message, in: session.panel.channel, showing: body)
    }

    private func perform(_ action: PlayerView.Action, in session: GuildSession) async throws {
        let player = session.player
        switch action {
        case .toggle:
            let state = player.snapshot.state
            if state == .paused || state == .idle {
                guard session.channel != nil else { throw UserFacingError(Phrases.notConnected) }
                try await player.resume()
            } else {
                try await player.pause()
            }
        case .skip: try await player.skip()
        case .stop: await player.stop()
        case .back:
            let back = TimeText.Target.relative(.zero - configuration.backStep)
            _ = try await go(to: back, in: session)
        case .quieter: try await setVolume(max(0, player.snapshot.volume - configuration.volumeStep), in: session)
        case .louder: try await setVolume(min(200, player.snapshot.volume + configuration.volumeStep), in: session)
        case .queue: break
        }
    }
}
