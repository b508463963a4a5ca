extension World {
    /// Gateway op 4: joins, moves or leaves; without permission or room nothing happens at all, as on Discord.
    mutating func changeVoice(
        user: ID, guild guildID: ID, channel: ID?, selfMute: Bool, selfDeaf: Bool, session: String,
        byForce: Bool = false
    ) {
        guard let guild = guilds[guildID], let member = guild.members[user] else { return }
        let old = guild.voiceStates[user]
        guard let channelID = channel else {
            if let old { leaveVoice(old) }
            return
        }
        guard let room = channels[channelID], room.guild == guildID, room.isVoice else { return }
        var state = VoiceState(user: user, guild: guildID, channel: channelID, session: session)
        state.deaf = member.deaf
        state.mute = member.mute
        state.selfMute = selfMute
        state.selfDeaf = selfDeaf
        if let old, old.channel == channelID, old.session == session {
            state.suppress = old.suppress
            guilds[guildID]?.voiceStates[user] = state
            tellVoice(state)
            emit(.voice(.changed(state)))
            return
        }
        if !byForce {
            let held = permissions(of: user, in: room)
            guard held & (Permission.viewChannel | Permission.connect) == Permission.viewChannel | Permission.connect
            else { return }
            let inside = guild.voiceStates.values.filter { $0.channel == channelID && $0.user != user }.count
            if room.userLimit > 0 && inside >= Int(room.userLimit) && held & Permission.moveMembers == 0 { return }
        }
        state.suppress = room.type == ChannelType.stage && guild.owner != user
        guilds[guildID]?.voiceStates[user] = state
        tellVoice(state)
        emit(.voice(.entered(state, from: old?.channel)))
        if accounts[user]?.isBot == true {
            grantVoice(state, endpoint: voiceGrants[VoicePlace(guild: guildID, user: user)]?.endpoint ?? 0)
        }
    }

    /// Hands a bot a voice server with a fresh token and ends what it had.
    mutating func grantVoice(_ state: VoiceState, endpoint: Int) {
        let place = VoicePlace(guild: state.guild, user: state.user)
        let grant = VoiceGrant(
            token: newSecret(2).prefix(16).lowercased(), session: state.session, channel: state.channel,
            endpoint: endpoint)
        voiceGrants[place] = grant
        emit(.voice(.granted(place, grant)))
        tellServer(place, grant)
    }

    /// Sends VOICE_SERVER_UPDATE; without a grant it says that the server is gone.
    mutating func tellServer(_ place: VoicePlace, _ grant: VoiceGrant?) {
        let endpoint = grant.map { voiceEndpoints[$0.endpoint % voiceEndpoints.count] }
        let data: JSON = [
            "token": .text(grant?.token ?? voiceGrants[place]?.token ?? ""), "guild_id": .id(place.guild),
            "endpoint": .text(endpoint),
        ]
        emit(
            .dispatch(
                Dispatch(name: "VOICE_SERVER_UPDATE", data: data, audience: .bot(place.user, place.guild), intent: 0)))
    }

    /// Takes a bot's voice server away; `moveVoiceServer` gives the next.
    mutating func revokeVoice(_ place: VoicePlace, code: UInt16) {
        guard voiceGrants[place] != nil else { return }
        tellServer(place, nil)
        emit(.voice(.revoked(place, code: code)))
    }

    /// Gives a bot another voice server for the channel it is in.
    mutating func moveVoiceServer(_ place: VoicePlace) {
        guard let state = guilds[place.guild]?.voiceStates[place.user], let old = voiceGrants[place] else { return }
        grantVoice(state, endpoint: (old.endpoint + 1) % max(1, voiceEndpoints.count))
    }

    mutating func leaveVoice(_ state: VoiceState) {
        guilds[state.guild]?.voiceStates[state.user] = nil
        tell(
            guild: state.guild, "VOICE_STATE_UPDATE", intent: Intent.voiceStates, voiceStateJSON(state, channel: nil),
            own: state.user)
        voiceGrants[VoicePlace(guild: state.guild, user: state.user)] = nil
        emit(.voice(.left(state)))
    }

    mutating func tellVoice(_ state: VoiceState) {
        tell(
            guild: state.guild, "VOICE_STATE_UPDATE", intent: Intent.voiceStates,
            voiceStateJSON(state, channel: state.channel), own: state.user)
    }

    /// Everything a bot's ended gateway session leaves behind in voice.
    mutating func endVoice(of user: ID, session: String) {
        for guild in guilds.keys.sorted() {
            if let state = guilds[guild]?.voiceStates[user], state.session == session { leaveVoice(state) }
        }
    }
}
