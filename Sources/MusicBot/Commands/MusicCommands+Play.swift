import BotKit
import DiscordModel
import MusicEngine

extension MusicCommands {
    /// `/play`: answers at once, looks the song up while joining, and becomes the panel when nothing played before.
    func play(_ invocation: Invocation) async throws {
        let query = try invocation.options.requiredString("query").trimmed
        guard !query.isEmpty else { throw UserFacingError(Phrases.emptyQuery) }
        let (guild, user) = try caller(invocation)
        let channel = try access.channel(of: user, in: guild)
        if let session = sessions.current(guild) { try access.checkControl(of: session, by: user) }
        try access.checkBot(in: channel, of: guild)
        let shown = MarkdownText.plain(query, limit: 100)
        try await invocation.replyProvisionally(
            PlayerView.line(invocation.text(Phrases.lookingUp, ["query": shown])))

        async let resolved = finder.resolve(query, limit: configuration.playlistLimit)
        async let entered = enter(channel, invocation)
        let resolution: Resolution
        let session: GuildSession
        do {
            resolution = try await resolved
            session = try await entered.session
        } catch {
            // A join under way is waited for: cancelling it half-way would take the bot out of the channel it is in.
            _ = try? await entered
            if case MusicError.nothingFound = error { throw UserFacingError(Phrases.noResult, ["query": shown]) }
            throw error
        }
        try await enqueue(resolution, in: session, for: user, invocation)
    }

    private func enqueue(
        _ resolution: Resolution, in session: GuildSession, for user: UserID, _ invocation: Invocation
    ) async throws {
        let tracks: [Track]
        let listName: String?
        switch resolution {
        case .track(let track): (tracks, listName) = ([track], nil)
        case .playlist(let name, let list): (tracks, listName) = (list, name)
        case .search(let candidates): (tracks, listName) = (Array(candidates.prefix(1)), nil)
        }
        guard let first = tracks.first else { throw MusicError.nothingFound(words: "") }
        let entries = tracks.map { QueuedTrack(track: $0, requester: user) }
        let before = session.player.snapshot
        if before.current == nil {
            // Nothing played before: this answer becomes the live panel.
            return try await session.panel.awaitingAnswer {
                try await session.player.enqueue(entries)
                let body = session.panelBody
                if let message = try await invocation.reply(body) {
                    session.panel.adopt(message.id, in: message.channelID, showing: body)
                } else {
                    session.panel.changed(urgent: true)
                }
            }
        }
        try await session.player.enqueue(entries)
        let line: String
        if let listName {
            let values = ["name": MarkdownText.plain(listName), "count": "\(tracks.count)"]
            line = invocation.text(Phrases.queuedList, values)
        } else {
            line = invocation.text(
                Phrases.queued,
                [
                    "track": title(first), "duration": length(first, invocation),
                    "position": "\(before.queue.count + 1)",
                ])
        }
        try await invocation.reply(PlayerView.line("➕ " + line))
    }

    /// Songs offered while somebody types: of the library and those played lately.
    func complete(_ request: AutocompleteRequest) async -> [Suggestion] {
        let typed = request.typed.trimmed
        return await finder.complete(typed, limit: CommandRules.maximumEntries).compactMap { track in
            guard track.id.unicodeScalars.count <= 100 else { return nil }
            let author = track.author.map { " — \($0)" } ?? ""
            let length = track.duration.map { " · \($0.clockText)" } ?? ""
            let room = max(10, 100 - length.count)
            return Suggestion((track.title + author).shortened(to: room) + length, .string(track.id))
        }
    }
}

extension String {
    /// The text without white space at its ends.
    var trimmed: String {
        var text = self[...]
        while let first = text.first, first.isWhitespace { text = text.dropFirst() }
        while let last = text.last, last.isWhitespace { text = text.dropLast() }
        return String(text)
    }
}
