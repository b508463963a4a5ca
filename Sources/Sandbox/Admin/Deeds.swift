internal import ServiceKit
internal import Synchronization

extension Core {
    /// A person uses a slash command.
    func callCommand(_ call: World.CommandCall) throws(APIError) -> Interaction {
        var call = call
        call.focused = nil
        return try state.withLock { state in
            let result = step(&state) { (world: inout World) throws(APIError) in try world.callCommand(call) }
            if case .success(let interaction) = result {
                state.timeline.note(
                    "interaction", at: elapsed, ["interaction": .id(interaction.id), "command": .string(call.name)])
            }
            return result
        }.get()
    }

    /// A person types an option; waits for the choices at most three seconds.
    func autocomplete(_ call: World.CommandCall) async throws(APIError) -> JSON {
        guard call.focused != nil else { throw .form(["focused"], "BASE_TYPE_REQUIRED", "This field is required") }
        let box = BoundedChannel<JSON>(capacity: 1)
        let result = state.withLock { state in
            let result = step(&state) { (world: inout World) throws(APIError) in try world.callCommand(call) }
            if case .success(let interaction) = result { state.waiters[interaction.id] = box }
            return result
        }
        _ = try result.get()
        // The deadline finishes the channel (see `deliver`).
        let data = await box.next()
        return data?["choices"] ?? []
    }

    /// A person joins, moves or leaves voice.
    func joinVoice(user: ID, channel: ID?, guild: ID?, mute: Bool, deaf: Bool) throws(APIError) {
        try step { (world: inout World) throws(APIError) in
            let place =
                channel.flatMap { world.channels[$0]?.guild } ?? guild
                ?? world.guilds.values.first { $0.voiceStates[user] != nil }?.id
            guard let place else {
                if channel == nil { return }
                throw .unknownChannel
            }
            world.changeVoice(
                user: user, guild: place, channel: channel, selfMute: mute, selfDeaf: deaf, session: "person-\(user)")
            if let channel, world.guilds[place]?.voiceStates[user]?.channel != channel { throw .missingPermissions }
        }.get()
    }

    /// The owner moves, mutes or deafens somebody in voice.
    func moderate(_ user: ID, _ body: JSON) throws(APIError) {
        try step { (world: inout World) throws(APIError) in
            // Somebody can sit in voice in several guilds; the channel they shall go to says which is meant.
            let wanted = body["channel_id"]?.snowflake.flatMap { world.channels[$0]?.guild }
            let places = world.guilds.values.filter { wanted == nil || $0.id == wanted }
            guard let guild = places.first(where: { $0.voiceStates[user] != nil }) else {
                throw .notInVoice
            }
            _ = try world.editMember(user, in: guild.id, body, by: guild.owner)
        }.get()
    }

    /// Makes so many people come or go at once that `count` of them sit in a channel; they are members of its call like
    /// any other.
    func crowd(_ channel: ID, count: Int) throws(APIError) -> JSON {
        guard (0...Self.crowdLimit).contains(count) else {
            throw .form(["count"], "NUMBER_TYPE_RANGE", "int value should be between 0 and \(Self.crowdLimit).")
        }
        let result = state.withLock { state -> Result<[ID], APIError> in
            var crowd = state.crowd
            let result = step(&state) { (world: inout World) throws(APIError) -> [ID] in
                guard let room = world.channels[channel], room.isVoice, let guild = room.guild else {
                    throw .unknownChannel
                }
                var inside = crowd.filter { $0.value == channel }.map(\.key).sorted()
                while inside.count > count {
                    let user = inside.removeLast()
                    crowd[user] = .some(nil)
                    world.changeVoice(
                        user: user, guild: guild, channel: nil, selfMute: false, selfDeaf: false, session: "")
                }
                while inside.count < count {
                    let idle = crowd.filter { $0.value == nil && world.guilds[guild]?.members[$0.key] != nil }
                    let user = idle.keys.min() ?? world.addPerson(name: "Guest \(crowd.count + 1)").id
                    crowd[user] = channel
                    world.changeVoice(
                        user: user, guild: guild, channel: channel, selfMute: true, selfDeaf: false,
                        session: "person-\(user)", byForce: true)
                    inside.append(user)
                }
                return inside
            }
            state.crowd = crowd
            return result
        }
        return ["user_ids": .ids(try result.get())]
    }

    /// Guests in one channel at most.
    private static let crowdLimit = 100

    /// The end-to-end encryption of a channel's call as the delivery service sees it.
    func daveReport(_ channel: ID) -> JSON {
        let call = state.withLock { $0.voice.deliveries[channel]?.json }
        let nobody: JSON = [
            "channel_id": .id(channel), "version": 0, "epoch": 0, "established": false, "members": [], "proposals": 0,
            "transition": nil, "settled": true,
        ]
        return (call ?? nobody).merging(["people": people.report(channel)])
    }

    /// What the listener of a channel heard, with the media server's own counts.
    func voiceReport(_ channel: ID) -> JSON {
        let media = state.withLock { $0.media }
        return [
            "channel_id": .id(channel), "streams": .array(media?.report(channel) ?? []),
            "rejected": .number(media?.rejected ?? 0), "kernel_drops": .number(media?.kernelDrops ?? 0),
        ]
    }

    /// The packets the listener keeps of a channel, sender by sender: time of arrival, sequence number, bytes in hex.
    func heardFrames(_ channel: ID) -> JSON {
        let streams = state.withLock { $0.media }?.frames(channel) ?? [:]
        return .array(
            streams.sorted { $0.key < $1.key }.map { ssrc, frames in
                [
                    "ssrc": .number(ssrc),
                    "frames": .array(
                        frames.map { [.double($0.arrival), .number($0.sequence), .string(Self.hex($0.payload))] }),
                ]
            })
    }

    private static func hex(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count * 2)
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Every bot with its sessions.
    func botStates() -> JSON {
        state.withLock { state in
            .array(
                state.world.applications.values.sorted { $0.id < $1.id }.map { application in
                    let sessions = state.gateway.state(of: application.id)
                    return [
                        "user_id": .id(application.id), "name": .string(application.name),
                        "token": .string(application.token),
                        "connected": .bool(sessions.contains { $0.isConnected }),
                        "sessions": .array(
                            sessions.map {
                                [
                                    "id": .string($0.id), "connected": .bool($0.isConnected),
                                    "sequence": .int($0.sequence),
                                ]
                            }),
                    ]
                })
        }
    }
}
