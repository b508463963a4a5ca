import Testing

@testable import Sandbox

/// A seeded world at a fixed time, without any transport.
func seededWorld(now: Int64 = 1_790_000_000_000) -> World {
    var world = World(now: now, seed: 7)
    _ = world.apply(at: now) { (world: inout World) throws(APIError) in world.seed() }
    return world
}

typealias Seed = World.Seed

/// The sandbox's JSON where the bots' model is imported too.
typealias SandboxJSON = JSON

extension World {
    /// Runs a transition that must succeed.
    mutating func must<Answer>(
        at time: Int64? = nil, _ transition: (inout World) throws(APIError) -> Answer
    ) throws -> (Answer, [WorldEvent]) {
        let (result, events) = apply(at: time ?? now, transition)
        return (try result.get(), events)
    }

    /// Runs a transition that must fail, and returns why.
    mutating func fails<Answer>(
        at time: Int64? = nil, _ transition: (inout World) throws(APIError) -> Answer
    ) -> APIError? {
        if case .failure(let error) = apply(at: time ?? now, transition).0 { error } else { nil }
    }

    /// Registers commands of the seeded bot.
    mutating func register(_ commands: [JSON]) throws -> [Command] {
        try must { (world: inout World) throws(APIError) in
            try world.overwriteCommands(of: Seed.bot, guild: nil, commands)
        }.0
    }

    /// Calls REST with the seeded bot.
    mutating func rest(
        _ method: String, _ path: String, _ body: JSON = [:], query: [String: String] = [:]
    ) throws(APIError) -> RESTAnswer {
        let (endpoint, parameters) = try Router.standard.find(method, path)
        let call = RESTCall(parameters: parameters, query: query, body: body, files: [], me: Seed.bot)
        return try apply(at: now) { (world: inout World) throws(APIError) in try endpoint.run(&world, call) }.0.get()
    }
}

/// The names of the dispatches among events.
func names(_ events: [WorldEvent]) -> [String] {
    events.compactMap { if case .dispatch(let dispatch) = $0 { dispatch.name } else { nil } }
}

/// The data of the first dispatch of a name.
func data(_ name: String, _ events: [WorldEvent]) -> JSON? {
    for case .dispatch(let dispatch) in events where dispatch.name == name { return dispatch.data }
    return nil
}

let playCommand: JSON = [
    "name": "play", "description": "Plays",
    "options": [["type": 3, "name": "query", "description": "what", "required": true, "autocomplete": true]],
]
