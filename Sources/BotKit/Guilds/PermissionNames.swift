public import DiscordModel

extension Permissions {
    /// The names Discord's settings show for the permissions in the set, in a fixed order; unknown bits are left out.
    public var names: [String] {
        Self.shownNames.filter { contains($0.0) }.map(\.1)
    }

    /// What of this set is not in `granted`; administrators lack nothing.
    public func missing(from granted: Permissions) -> Permissions {
        granted.contains(.administrator) ? [] : subtracting(granted)
    }

    private static let shownNames: [(Permissions, String)] = [
        (.administrator, "Administrator"), (.viewChannel, "View Channel"), (.connect, "Connect"), (.speak, "Speak"),
        (.sendMessages, "Send Messages"), (.sendMessagesInThreads, "Send Messages in Threads"),
        (.embedLinks, "Embed Links"), (.attachFiles, "Attach Files"),
        (.readMessageHistory, "Read Message History"), (.useExternalEmojis, "Use External Emojis"),
        (.addReactions, "Add Reactions"), (.manageMessages, "Manage Messages"), (.manageChannels, "Manage Channels"),
        (.manageGuild, "Manage Server"), (.manageRoles, "Manage Roles"), (.manageWebhooks, "Manage Webhooks"),
        (.manageThreads, "Manage Threads"), (.createPublicThreads, "Create Public Threads"),
        (.createPrivateThreads, "Create Private Threads"), (.muteMembers, "Mute Members"),
        (.deafenMembers, "Deafen Members"), (.moveMembers, "Move Members"), (.kickMembers, "Kick Members"),
        (.banMembers, "Ban Members"), (.moderateMembers, "Time Out Members"),
        (.requestToSpeak, "Request to Speak"), (.setVoiceChannelStatus, "Set Voice Channel Status"),
        (.mentionEveryone, "Mention Everyone"), (.useApplicationCommands, "Use Application Commands"),
    ]
}
