/// What the world and tests bring about in voice.
extension VoiceHub {
    // MARK: World events

    /// Follows what the world says about voice channels.
    mutating func follow(_ effect: VoiceEffect, world: World) -> Step {
        switch effect {
        case .entered(let state, let from):
            var step = Step()
            // People have no voice connection; who is in the channel hears of them at once.
            if world.accounts[state.user]?.isBot != true {
                if let from { step.add(personLeft(state.user, from, world)) }
                step.add(personEntered(state, world))
            } else {
                step.media.append(.mark(guild: state.guild))
            }
            return step
        case .changed(let state):
            guard let session = sessions[VoicePlace(guild: state.guild, user: state.user)] else { return Step() }
            return Step(media: [flags(session.ssrc, state)])
        case .left(let state):
            let place = VoicePlace(guild: state.guild, user: state.user)
            if sessions[place] != nil { return remove(place, closing: 4014, world: world) }
            return personLeft(state.user, state.channel, world)
        case .granted(let place, let grant):
            guard let session = sessions[place], session.grant.token != grant.token else { return Step() }
            return remove(place, closing: 4014, world: world)
        case .revoked(let place, let code): return remove(place, closing: code, world: world)
        case .marked(let guild): return Step(media: [.mark(guild: guild)])
        }
    }

    // MARK: Faults

    /// Somebody who has no session any more left a channel.
    mutating func personLeft(_ user: ID, _ channel: ID, _ world: World) -> Step {
        var step = tellOthers(channel, except: user, 13, ["user_id": .id(user)])
        step.add(leaveCall(user, channel, world))
        return step
    }

    /// What a test can do to voice connections.
    enum Trouble: Sendable {
        case drop
        case close(UInt16)
        case malformed
        case forget
    }

    /// Brings trouble over the voice connections of a guild, or all.
    mutating func trouble(_ kind: Trouble, guild: ID?, world: World) -> Step {
        var step = Step()
        for (id, link) in links where !link.isOver && (guild == nil || link.place?.guild == guild) {
            switch kind {
            case .drop:
                links[id]?.isOver = true
                step.outputs.append((id, .drop))
            case .close(let code):
                step.add(end(id, code, "Closed by the sandbox"))
                if [4006, 4009, 4011, 4014, 4021, 4022].contains(code), let place = link.place {
                    step.add(remove(place, closing: nil, world: world))
                }
            case .malformed: step.outputs.append((id, .text(#"{"op":5,"d":{"speaking""#)))
            case .forget:
                if let place = link.place { step.add(remove(place, closing: nil, world: world)) }
                links[id]?.isOver = true
                step.outputs.append((id, .drop))
            }
        }
        return step
    }
}
