import DiscordModel

/// Reads what was written into a form.
enum ModalFields {
    /// The values by `custom_id`; labels and old rows are looked into.
    static func read(_ components: [Component]) -> [String: [String]] {
        var fields: [String: [String]] = [:]
        for component in components { collect(component, into: &fields) }
        return fields
    }

    private static func collect(_ component: Component, into fields: inout [String: [String]]) {
        switch component {
        case .textInput(let input): fields[input.customID] = [input.value ?? ""]
        case .select(let menu): fields[menu.customID] = menu.values ?? []
        case .fileUpload(let upload): fields[upload.customID] = (upload.values ?? []).map(\.description)
        case .choiceGroup(let group): fields[group.customID] = group.values ?? (group.value.map { [$0] } ?? [])
        case .checkbox(let box): fields[box.customID] = [box.value == true ? "true" : "false"]
        default:
            for child in component.children { collect(child, into: &fields) }
        }
    }
}
