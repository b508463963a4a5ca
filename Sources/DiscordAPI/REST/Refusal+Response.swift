internal import DiscordModel
internal import Networking

extension DiscordError.Refusal {
    /// Reads an error answer; one that is no JSON of Discord's keeps its status only.
    init(_ response: HTTPResponse) {
        let body = try? JSON.decode(ErrorBody.self, from: response.body)
        self.init(
            status: response.status, code: body?.code ?? 0, message: body?.message ?? "no explanation",
            fields: body?.errors.map { Self.flattened($0) } ?? [])
    }

    /// The most field errors kept, and the deepest path followed.
    private static let maximumFields = 50
    private static let maximumDepth = 16

    /// Flattens the tree of `errors`, whose leaves are `_errors` lists (2.1).
    private static func flattened(_ tree: JSONValue, path: String = "", depth: Int = 0) -> [DiscordError.FieldError] {
        guard let members = tree.object, depth < maximumDepth else { return [] }
        var found: [DiscordError.FieldError] = []
        for (key, value) in members.sorted(by: { $0.key < $1.key }) where found.count < maximumFields {
            if key == "_errors" {
                found += (value.array ?? []).map { leaf in
                    .init(path: path, code: leaf["code"]?.string ?? "", message: leaf["message"]?.string ?? "")
                }
            } else {
                let isIndex = !key.isEmpty && key.utf8.allSatisfy { (0x30...0x39).contains($0) }
                let step = isIndex ? "\(path)[\(key)]" : path.isEmpty ? key : "\(path).\(key)"
                found += flattened(value, path: step, depth: depth + 1)
            }
        }
        return Array(found.prefix(maximumFields))
    }
}
