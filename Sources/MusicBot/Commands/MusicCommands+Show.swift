import BotKit
import DiscordModel
import MusicEngine

extension MusicCommands {
    /// `/queue`.
    func queue(_ invocation: Invocation) async throws {
        try await showQueue(invocation, page: (invocation.options.integer("page") ?? 1) - 1, ephemeral: false)
    }

    /// Shows a page of the queue in a message of its own.
    func showQueue(_ invocation: Invocation, page: Int, ephemeral: Bool) async throws {
        try await invocation.reply(try queueBody(invocation, page: page), ephemeral: ephemeral)
    }

    /// Turns the page of a queue message; anybody may look.
    func turnPage(_ invocation: Invocation) async throws {
        let page = invocation.customID?.arguments.first.flatMap { Int($0) } ?? 0
        try await invocation.edit(try queueBody(invocation, page: page))
    }

    private func queueBody(_ invocation: Invocation, page: Int) throws -> MessageBody {
        let (guild, _) = try caller(invocation)
        let player = sessions.current(guild)?.player.snapshot ?? PlayerSnapshot()
        let view = QueueView(
            strings: configuration.strings, locale: invocation.locale, pageSize: max(1, configuration.queuePageSize))
        return view.body(player, page: page)
    }

    /// `/nowplaying`: this answer becomes the panel, the former one goes.
    func nowPlaying(_ invocation: Invocation) async throws {
        let (guild, _) = try caller(invocation)
        guard let session = sessions.current(guild), session.player.snapshot.current != nil else {
            throw UserFacingError(Phrases.nothingPlaying)
        }
        let body = session.panelBody
        guard let message = try await invocation.reply(body) else { return }
        session.panel.adopt(message.id, in: message.channelID, showing: body)
    }
}
