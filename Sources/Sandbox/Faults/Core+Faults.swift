internal import Synchronization

/// Trouble on demand.
extension Core {
    /// Brings a fault about; those of voice connections in one guild alone when it is named.
    func inject(_ fault: SandboxFault, guild: ID? = nil) {
        state.withLock { state in
            state.timeline.note("fault", at: elapsed, ["fault": .string("\(fault)")])
            switch fault {
            case .restLatency(let ms): state.faults.restLatency = ms
            case .gatewayLatency(let ms): state.faults.gatewayLatency = ms
            case .voiceLatency(let ms):
                state.faults.voiceLatency = ms
                state.media?.set(latency: ms)
            case .rateLimit(let route, let count, let retryAfter, let scope):
                state.faults.limited.append(.init(route: route, count: count, retryAfter: retryAfter, scope: scope))
            case .serverError(let route, let count, let status):
                state.faults.failing.append(.init(route: route, count: count, status: status))
            case .restDown(let ms): state.faults.restDownUntil = now + ms
            case .gatewayDrop: trouble(.drop, nil, &state)
            case .gatewayHalfOpen: trouble(.halfOpen, nil, &state)
            case .gatewayReconnect: trouble(.reconnect, nil, &state)
            case .gatewayInvalidSession(let resumable): trouble(.invalidSession(resumable: resumable), nil, &state)
            case .gatewayClose(let code): trouble(.close(code), nil, &state)
            case .gatewayRefuse(let ms):
                state.faults.gatewayRefusedUntil = now + ms
                trouble(.drop, nil, &state)
            case .gatewayMalformed(let what): trouble(.malformed(what), nil, &state)
            case .gatewayHeartbeatRequest: trouble(.heartbeatRequest, nil, &state)
            case .voiceServerMove:
                for place in voicePlaces(guild, state) { move(place, &state) }
            case .voiceServerLost(let ms, let code): lose(ms, code, guild, &state)
            case .voiceDrop: voiceTrouble(.drop, guild, &state)
            case .voiceClose(let code): voiceTrouble(.close(code), guild, &state)
            case .voiceMalformed: voiceTrouble(.malformed, guild, &state)
            case .voiceForget: voiceTrouble(.forget, guild, &state)
            case .gatewayHeartbeat(let ms): state.gateway.rules.heartbeatInterval = ms
            case .udp(let faults): state.media?.set(faults: faults)
            case .dave(let trouble, let count):
                state.voice.troubleCalls(guild) { $0.add(trouble, count) }
            case .daveUnanswering(let user): state.voice.loseAnswers(of: user)
            case .revokeToken(let bot): revoke(bot, &state)
            case .expireInteractions:
                _ = step(&state) { (world: inout World) throws(APIError) in world.ageInteractions() }
            case .restoreTokens:
                for id in state.world.applications.keys { state.world.applications[id]?.tokenValid = true }
            }
        }
    }

    /// Ends every standing fault.
    func clearFaults() {
        state.withLock { state in
            state.faults = StandingFaults()
            state.media?.set(faults: UDPFaults())
            state.media?.set(latency: 0)
            state.voice.clearCallTrouble()
            for id in state.world.applications.keys { state.world.applications[id]?.tokenValid = true }
        }
    }

    private func trouble(_ kind: GatewayHub.Trouble, _ application: ID?, _ state: inout State) {
        hub(&state) { gateway, world in gateway.trouble(kind, application: application, world: &world) }
    }

    private func voiceTrouble(_ kind: VoiceHub.Trouble, _ guild: ID?, _ state: inout State) {
        voiceHub(&state) { voice, world in voice.trouble(kind, guild: guild, world: world) }
    }

    private func voicePlaces(_ guild: ID?, _ state: borrowing State) -> [VoicePlace] {
        state.world.voiceGrants.keys.filter { guild == nil || $0.guild == guild }
    }

    private func move(_ place: VoicePlace, _ state: inout State) {
        _ = step(&state) { (world: inout World) throws(APIError) in world.moveVoiceServer(place) }
    }

    private func lose(_ milliseconds: Int64, _ code: UInt16, _ guild: ID?, _ state: inout State) {
        for place in voicePlaces(guild, state) {
            _ = step(&state) { (world: inout World) throws(APIError) in world.revokeVoice(place, code: code) }
            state.moves.append((now + milliseconds, place))
        }
    }

    private func revoke(_ bot: ID?, _ state: inout State) {
        for id in state.world.applications.keys where bot == nil || bot == id {
            state.world.applications[id]?.tokenValid = false
            trouble(.close(4004), id, &state)
        }
    }
}
