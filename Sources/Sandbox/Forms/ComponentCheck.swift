/// Checks message and modal components (section 3.6) and numbers those without an id.
struct ComponentCheck {
    var isV2: Bool
    /// Names of the files in the same request, which `attachment://` may name.
    var files: [String]
    private var total = 0
    private var textLength = 0
    private var customIDs: Set<String> = []
    private var taken: Set<Int64> = []
    private var nextID: Int64 = 1

    init(isV2: Bool, files: [String]) {
        self.isV2 = isV2
        self.files = files
    }

    /// Checks a message's components and returns them numbered.
    mutating func message(_ components: [JSON], _ errors: inout FormErrors) -> [JSON] {
        if !isV2 && components.count > 5 { errors.tooLong(["components"], 5) }
        collectIDs(components)
        var result: [JSON] = []
        for (index, component) in components.enumerated() {
            let path = ["components", String(index)]
            let type = component["type"]?.integer ?? 0
            let allowed: Set<Int64> = isV2 ? [1, 9, 10, 12, 13, 14, 17] : [1]
            if !allowed.contains(type) {
                let list = allowed.sorted().map(String.init).joined(separator: ", ")
                errors.choice(path + ["type"], list)
                continue
            }
            result.append(check(component, path, isModal: false, &errors))
        }
        if isV2 && total > 40 {
            errors.add(
                ["components"], "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED",
                "The total number of components cannot exceed 40")
        }
        if textLength > 4000 { errors.tooLong(["components"], 4000) }
        return result
    }

    /// Checks a modal's components.
    mutating func modal(_ components: [JSON], _ errors: inout FormErrors) -> [JSON] {
        let base = ["data", "components"]
        if components.isEmpty || components.count > 5 { errors.length(base, 1, 5) }
        collectIDs(components)
        var result: [JSON] = []
        for (index, component) in components.enumerated() {
            let path = base + [String(index)]
            switch component["type"]?.integer ?? 0 {
            case 1, 10, 18: result.append(check(component, path, isModal: true, &errors))
            default: errors.choice(path + ["type"], "1, 10, 18")
            }
        }
        return result
    }

    private mutating func collectIDs(_ components: [JSON]) {
        for component in components {
            if let id = component["id"]?.integer, id > 0 { taken.insert(id) }
            collectIDs(component["components"]?.array ?? [])
            for key in ["accessory", "component"] { if let one = component[key] { collectIDs([one]) } }
        }
    }

    private mutating func check(
        _ component: JSON, _ path: [String], isModal: Bool, _ errors: inout FormErrors
    ) -> JSON {
        var result = component
        total += 1
        if component["id"]?.integer ?? 0 <= 0 {
            while taken.contains(nextID) { nextID += 1 }
            taken.insert(nextID)
            result["id"] = .int(nextID)
        }
        let type = component["type"]?.integer ?? 0
        switch type {
        case 1: row(component, &result, path, isModal, &errors)
        case 2: button(component, path, &errors)
        case 3, 5, 6, 7, 8: select(component, path, isModal, &errors)
        case 4: input(component, path, &errors)
        case 9:
            children(component, &result, path, 1...3, [10], isModal, &errors)
            if let accessory = component["accessory"], [2, 11].contains(accessory["type"]?.integer ?? 0) {
                result["accessory"] = check(accessory, path + ["accessory"], isModal: isModal, &errors)
            } else {
                errors.required(path + ["accessory"])
            }
        case 10:
            let text = component["content"]?.string ?? ""
            textLength += text.unicodeScalars.count
            if text.isEmpty { errors.required(path + ["content"]) }
        case 11: media(component["media"], path + ["media"], &errors)
        case 12:
            let items = component["items"]?.array ?? []
            if !(1...10).contains(items.count) { errors.length(path + ["items"], 1, 10) }
            for (index, item) in items.enumerated() {
                media(item["media"], path + ["items", String(index), "media"], &errors)
            }
        case 13: media(component["file"], path + ["file"], &errors)
        case 14: break
        case 17: children(component, &result, path, 1...40, [1, 9, 10, 12, 13, 14], isModal, &errors)
        case 18:
            text(component, "label", path, 1...45, required: true, &errors)
            if let child = component["component"],
                [3, 4, 5, 6, 7, 8, 19, 21, 22, 23].contains(child["type"]?.integer ?? 0)
            {
                result["component"] = check(child, path + ["component"], isModal: true, &errors)
            } else {
                errors.required(path + ["component"])
            }
        case 19, 21, 22, 23: customID(component, path, &errors)
        default: errors.choice(path + ["type"], "1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 17, 18")
        }
        return result
    }

    private mutating func children(
        _ component: JSON, _ result: inout JSON, _ path: [String], _ count: ClosedRange<Int>, _ types: Set<Int64>,
        _ isModal: Bool, _ errors: inout FormErrors
    ) {
        let items = component["components"]?.array ?? []
        let spot = path + ["components"]
        if !count.contains(items.count) { errors.length(spot, count.lowerBound, count.upperBound) }
        var checked: [JSON] = []
        for (index, item) in items.enumerated() {
            if !types.contains(item["type"]?.integer ?? 0) {
                let list = types.sorted().map(String.init).joined(separator: ", ")
                errors.choice(spot + [String(index), "type"], list)
                continue
            }
            checked.append(check(item, spot + [String(index)], isModal: isModal, &errors))
        }
        result["components"] = .array(checked)
    }

    private mutating func row(
        _ component: JSON, _ result: inout JSON, _ path: [String], _ isModal: Bool, _ errors: inout FormErrors
    ) {
        let items = component["components"]?.array ?? []
        if isModal {
            children(component, &result, path, 1...1, [4], true, &errors)
        } else if items.contains(where: { [3, 5, 6, 7, 8].contains($0["type"]?.integer ?? 0) }) {
            children(component, &result, path, 1...1, [3, 5, 6, 7, 8], false, &errors)
        } else {
            children(component, &result, path, 1...5, [2], false, &errors)
        }
    }

    private mutating func customID(_ component: JSON, _ path: [String], _ errors: inout FormErrors) {
        guard let id = component["custom_id"]?.string, !id.isEmpty else {
            errors.required(path + ["custom_id"])
            return
        }
        if id.unicodeScalars.count > 100 { errors.length(path + ["custom_id"], 1, 100) }
        if !customIDs.insert(id).inserted {
            errors.add(
                path + ["custom_id"], "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated")
        }
    }

    private mutating func button(_ component: JSON, _ path: [String], _ errors: inout FormErrors) {
        let hasText = component["label"]?.string?.isEmpty == false || component["emoji"].map { !$0.isNull } ?? false
        switch component["style"]?.integer ?? 0 {
        case 1...4: customID(component, path, &errors)
        case 5:
            let url = component["url"]?.string ?? ""
            if url.isEmpty { errors.required(path + ["url"]) }
            if url.count > 512 { errors.tooLong(path + ["url"], 512) }
        case 6:
            if component["sku_id"]?.snowflake == nil { errors.required(path + ["sku_id"]) }
            return
        default: errors.choice(path + ["style"], "1, 2, 3, 4, 5, 6")
        }
        if !hasText {
            errors.add(path, "BUTTON_COMPONENT_MISSING_LABEL", "A label or emoji is required on a button")
        }
        text(component, "label", path, 0...80, required: false, &errors)
    }

    private mutating func select(_ component: JSON, _ path: [String], _ isModal: Bool, _ errors: inout FormErrors) {
        customID(component, path, &errors)
        text(component, "placeholder", path, 0...150, required: false, &errors)
        if isModal && component["disabled"]?.bool == true {
            errors.add(path + ["disabled"], "BASE_TYPE_BAD", "Components in a modal cannot be disabled")
        }
        let minimum = component["min_values"]?.integer ?? 1
        let maximum = component["max_values"]?.integer ?? 1
        if !(0...25).contains(minimum) {
            errors.add(path + ["min_values"], "NUMBER_TYPE_MAX", "Value should be between 0 and 25.")
        }
        if !(1...25).contains(maximum) || maximum < minimum {
            errors.add(
                path + ["max_values"], "NUMBER_TYPE_MIN", "Value should be between 1 and 25 and not below min_values.")
        }
        guard component["type"]?.integer == 3 else { return }
        let options = component["options"]?.array ?? []
        if !(1...25).contains(options.count) { errors.length(path + ["options"], 1, 25) }
        var values: Set<String> = []
        for (index, option) in options.enumerated() {
            let spot = path + ["options", String(index)]
            text(option, "label", spot, 1...100, required: true, &errors)
            text(option, "value", spot, 1...100, required: true, &errors)
            text(option, "description", spot, 0...100, required: false, &errors)
            if let value = option["value"]?.string, !values.insert(value).inserted {
                errors.add(
                    spot + ["value"], "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED",
                    "The specified option value is already used")
            }
        }
    }

    private mutating func input(_ component: JSON, _ path: [String], _ errors: inout FormErrors) {
        customID(component, path, &errors)
        if ![1, 2].contains(component["style"]?.integer ?? 0) { errors.choice(path + ["style"], "1, 2") }
        text(component, "placeholder", path, 0...100, required: false, &errors)
        text(component, "value", path, 0...4000, required: false, &errors)
        if let label = component["label"], !label.isNull {
            text(component, "label", path, 1...45, required: true, &errors)
        }
    }

    private func text(
        _ component: JSON, _ key: String, _ path: [String], _ range: ClosedRange<Int>, required: Bool,
        _ errors: inout FormErrors
    ) {
        guard let value = component[key], !value.isNull else {
            if required { errors.required(path + [key]) }
            return
        }
        let count = value.string?.unicodeScalars.count ?? -1
        if !range.contains(count) { errors.length(path + [key], range.lowerBound, range.upperBound) }
    }

    private func media(_ item: JSON?, _ path: [String], _ errors: inout FormErrors) {
        guard let url = item?["url"]?.string else {
            errors.required(path + ["url"])
            return
        }
        if !["http://", "https://", "attachment://"].contains(where: { url.hasPrefix($0) }) {
            errors.add(
                path + ["url"], "URL_TYPE_INVALID_SCHEME", "Scheme must be one of ('http', 'https', 'attachment').")
        }
    }
}
