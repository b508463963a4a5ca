import BotKit
import DiscordModel
import DiscordVoice

extension MusicCommands {
    /// Members named in `/voice status`; the rest are a number.
    private static let namedMembers = 15

    /// `/voice status`: privacy code, encryption, latency, server and counters.
    func voiceStatus(_ invocation: Invocation) async throws {
        let (guild, _) = try caller(invocation)
        guard let session = sessions.current(guild), let channel = session.channel else {
            throw UserFacingError(Phrases.notConnected)
        }
        let report = session.voice.report
        var lines = [invocation.text(Phrases.statusConnected, ["channel": "<#\(channel)>"])]
        lines += encryptionLines(report.encryption, invocation)
        lines.append(
            invocation.text(
                Phrases.statusLine,
                [
                    "latency": report.statistics.latency.map { "\(Int($0 / .milliseconds(1))) ms" }
                        ?? invocation.text(Phrases.statusUnknown),
                    "server": report.endpoint.map { MarkdownText.plain($0) } ?? invocation.text(Phrases.statusUnknown),
                    "reconnects": "\(report.statistics.reconnects)",
                ]))
        let stream = report.statistics.stream
        lines.append(
            invocation.text(
                Phrases.statusPackets,
                [
                    "sent": "\(stream.sent)", "silent": "\(stream.silent)", "late": "\(stream.late)",
                    "failed": "\(stream.failed)", "starved": "\(stream.starved)", "held": "\(stream.held)",
                ]))
        try await invocation.reply(MessageBody(content: lines.joined(separator: "\n")), ephemeral: true)
    }

    private func encryptionLines(_ report: E2EEReport, _ invocation: Invocation) -> [String] {
        var lines: [String] = []
        switch report.status {
        case .off: return [invocation.text(Phrases.statusOff)]
        case .passthrough: lines.append(invocation.text(Phrases.statusPassthrough))
        case .waiting: lines.append(invocation.text(Phrases.statusWaiting, ["version": "\(report.version)"]))
        case .encrypted(let epoch, let members):
            var names = members.prefix(Self.namedMembers).map { "<@\($0)>" }.joined(separator: ", ")
            if members.count > Self.namedMembers {
                names += " " + invocation.text(Phrases.panelMore, ["count": "\(members.count - Self.namedMembers)"])
            }
            lines.append(
                invocation.text(
                    Phrases.statusEncrypted,
                    ["version": "\(report.version)", "epoch": "\(epoch)", "members": names]))
            if let code = report.privacyCode {
                lines.append(invocation.text(Phrases.statusCode, ["code": code]))
            }
        }
        lines.append(
            invocation.text(
                Phrases.statusHealing,
                [
                    "epochs": "\(report.epochs)", "resets": "\(report.resets)", "recoveries": "\(report.recoveries)",
                    "renewals": "\(report.renewals)", "refused": "\(report.refused)",
                    "undecryptable": "\(report.undecryptable)",
                ]))
        return lines
    }
}
