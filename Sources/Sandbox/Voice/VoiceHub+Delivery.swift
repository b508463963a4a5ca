internal import MLS

extension VoiceHub {
    /// The rule of a channel: stages are never end-to-end encrypted.
    func rule(of channel: ID, _ world: World) -> DAVERule {
        world.channels[channel]?.type == ChannelType.stage ? .off : rules.dave
    }

    // MARK: Calls

    /// A bot enters its channel's call; returns the version opcode 4 tells it and what comes after that.
    mutating func joinCall(_ session: Session, _ world: World) -> (version: Int, messages: [DeliveryMessage]) {
        join(
            session.place.user, session.grant.channel, session.place.guild, version: session.maximumVersion, world)
    }

    private mutating func join(
        _ user: ID, _ channel: ID, _ guild: ID, version: Int, _ world: World
    ) -> (version: Int, messages: [DeliveryMessage]) {
        if deliveries[channel] == nil {
            deliveries[channel] = try? DeliveryService(channel: channel, guild: guild, rule: rule(of: channel, world))
            let faults = takeTrouble(of: guild)
            deliveries[channel]?.faults = faults
        }
        return deliveries[channel]?.join(user, maximumVersion: version, now: world.now) ?? (0, [])
    }

    /// Somebody leaves a channel's call; the last one takes it along.
    mutating func leaveCall(_ user: ID, _ channel: ID, _ world: World) -> Step {
        guard let call = deliveries[channel] else { return Step() }
        var step = Step()
        if people[channel]?.remove(user) != nil {
            step.people.append(PersonMessage(user: user, guild: call.guild, channel: channel, content: .end))
            if people[channel]?.isEmpty == true { people[channel] = nil }
        }
        step.add(act(channel) { $0.leave(user, now: world.now) })
        if deliveries[channel]?.members.isEmpty == true { deliveries[channel] = nil }
        return step
    }

    /// Somebody from the page sits down: a member like any other, whose client is the sandbox's own.
    mutating func personEntered(_ state: VoiceState, _ world: World) -> Step {
        var step = introduce(state.user, toOthersIn: state.channel)
        let (version, messages) = join(state.user, state.channel, state.guild, version: 1, world)
        people[state.channel, default: []].insert(state.user)
        step.people.append(
            PersonMessage(
                user: state.user, guild: state.guild, channel: state.channel,
                content: .begin(version: version, present: present(in: state.channel, except: state.user))))
        for other in sessions.values where other.grant.channel == state.channel && other.speaking != 0 {
            step.people.append(
                PersonMessage(
                    user: state.user, guild: state.guild, channel: state.channel, content: .json(5, speaking(other))))
        }
        step.add(deliver(messages, state.channel, state.guild))
        return step
    }

    /// What the sandbox's own client of a person says.
    mutating func receive(_ reply: PersonReply, from user: ID, _ channel: ID, _ world: World) -> Step {
        guard people[channel]?.contains(user) == true else { return Step() }
        return switch reply {
        case .json(let op, let data): receiveDAVE(op, data, from: user, channel, world)
        case .binary(let op, let body): receiveDAVE([op] + body, from: user, channel, world)
        case .renew: renew(user, channel, world)
        }
    }

    /// Somebody leaves and comes back.
    private mutating func renew(_ user: ID, _ channel: ID, _ world: World) -> Step {
        guard let guild = deliveries[channel]?.guild, let state = world.guilds[guild]?.voiceStates[user],
            state.channel == channel
        else { return Step() }
        var step = personLeft(user, channel, world)
        step.add(personEntered(state, world))
        return step
    }

    // MARK: Messages

    /// Opcodes 26 and 28.
    mutating func receiveDAVE(_ bytes: [UInt8], from user: ID, _ channel: ID, _ world: World) -> Step {
        let body = Array(bytes.dropFirst())
        return switch bytes.first {
        case 26: act(channel) { $0.keyPackage(user, body, now: world.now) }
        case 28: act(channel) { $0.commitWelcome(user, body, now: world.now) }
        default: Step()
        }
    }

    /// Opcodes 23 and 31.
    mutating func receiveDAVE(_ op: Int64, _ data: JSON, from user: ID, _ channel: ID, _ world: World) -> Step {
        switch op {
        case 23:
            guard let id = data["transition_id"]?.integer.flatMap(UInt16.init(exactly:)) else { return Step() }
            return act(channel) { $0.ready(user, id, now: world.now) }
        case 31: return act(channel) { $0.invalid(user, now: world.now) }
        default: return Step()
        }
    }

    /// Time passed for every call.
    mutating func tickCalls(_ world: World) -> Step {
        var step = Step()
        for channel in deliveries.filter(\.value.isWaiting).keys { step.add(act(channel) { $0.tick(now: world.now) }) }
        return step
    }

    private mutating func act(_ channel: ID, _ body: (inout DeliveryService) -> [DeliveryMessage]) -> Step {
        guard var call = deliveries.removeValue(forKey: channel) else { return Step() }
        let messages = body(&call)
        deliveries[channel] = call
        return deliver(messages, channel, call.guild)
    }

    /// Sends what a delivery service said to bots and people.
    mutating func deliver(_ messages: [DeliveryMessage], _ channel: ID, _ guild: ID) -> Step {
        var step = Step()
        for message in messages {
            if people[channel]?.contains(message.to) == true {
                let content: PersonMessage.Content =
                    switch message.content {
                    case .json(let op, let data): .json(op, data)
                    case .binary(let op, let body): .binary(op, body)
                    }
                step.people.append(PersonMessage(user: message.to, guild: guild, channel: channel, content: content))
                continue
            }
            let place = VoicePlace(guild: guild, user: message.to)
            switch message.content {
            case .json(let op, let data): step.add(send(place, op, data))
            case .binary(let op, let body): step.add(send(place, opcode: op, body))
            }
        }
        return step
    }

    // MARK: Who is there

    /// Everybody who is connected to a channel's voice server.
    func present(in channel: ID, except user: ID) -> [ID] {
        let bots = sessions.values.filter { $0.grant.channel == channel }.map(\.place.user)
        return (people[channel] ?? []).union(bots).subtracting([user]).sorted()
    }

    /// Opcodes 11, 18 and 20 about a newcomer for everybody else.
    mutating func introduce(_ user: ID, toOthersIn channel: ID) -> Step {
        var step = tellPeople(in: channel, except: user, 11, ["user_ids": .ids([user])])
        for other in sessions.values.filter({ $0.grant.channel == channel && $0.place.user != user }).map(\.place) {
            step.add(introduce([user], to: other))
        }
        return step
    }

    /// A JSON message for the people in a channel; only what their clients act on.
    func tellPeople(in channel: ID, except user: ID, _ op: Int64, _ data: JSON) -> Step {
        guard [5, 11, 13].contains(op), let call = deliveries[channel] else { return Step() }
        var step = Step()
        for person in people[channel] ?? [] where person != user {
            step.people.append(
                PersonMessage(user: person, guild: call.guild, channel: channel, content: .json(op, data)))
        }
        return step
    }

    // MARK: Trouble

    /// Makes trouble in a guild's calls (in all when nil); while there are none, in the next that begins.
    mutating func troubleCalls(_ guild: ID?, _ change: (inout DeliveryFaults) -> Void) {
        let channels = deliveries.filter { guild == nil || $0.value.guild == guild }.map(\.key)
        if channels.isEmpty { change(&deliveryFaults[guild, default: DeliveryFaults()]) }
        for channel in channels {
            if var faults = deliveries[channel]?.faults {
                change(&faults)
                deliveries[channel]?.faults = faults
            }
        }
    }

    /// Loses the answers of a member, in every call that is or begins.
    mutating func loseAnswers(of user: ID) {
        unanswering.insert(user)
        for channel in Array(deliveries.keys) { deliveries[channel]?.faults.deafTo = unanswering }
    }

    /// The trouble that waits for a guild's next call.
    private mutating func takeTrouble(of guild: ID) -> DeliveryFaults {
        let key = deliveryFaults.keys.contains(guild) ? guild : nil
        var faults = deliveryFaults.removeValue(forKey: key) ?? DeliveryFaults()
        faults.deafTo = unanswering
        return faults
    }

    /// Ends all of it.
    mutating func clearCallTrouble() {
        deliveryFaults = [:]
        unanswering = []
        for channel in Array(deliveries.keys) { deliveries[channel]?.faults = DeliveryFaults() }
    }
}
