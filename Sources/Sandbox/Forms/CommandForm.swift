/// Checks application commands as Discord does (section 3.2) and fills in defaults.
enum CommandForm {
    /// The checked body of one command with the defaults set, or nil after noting errors under `path`.
    static func check(_ body: JSON, _ path: [String], isGuild: Bool, _ errors: inout FormErrors) -> [String: JSON]? {
        guard var fields = body.object else {
            errors.add(path, "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")
            return nil
        }
        let before = errors
        let type = fields["type"]?.integer ?? 1
        if !(1...4).contains(type) { errors.choice(path + ["type"], "1, 2, 3, 4") }
        fields["type"] = .int(type)
        if type == 1 {
            name(fields["name"], path + ["name"], &errors)
            description(fields["description"], path + ["description"], &errors)
        } else {
            let name = fields["name"]?.string ?? ""
            if !(1...32).contains(name.unicodeScalars.count) { errors.length(path + ["name"], 1, 32) }
            if let text = fields["description"]?.string, !text.isEmpty, type != 4 {
                errors.add(
                    path + ["description"], "APPLICATION_COMMAND_DESCRIPTION_NOT_ALLOWED",
                    "Context menu commands cannot have a description")
            }
            fields["description"] = fields["description"]?.string.map { .string($0) } ?? ""
        }
        let list = fields["options"]?.array ?? []
        fields["options"] = .array(options(list, path + ["options"], depth: 0, &errors))
        if size(fields) > 8000 {
            errors.add(path, "APPLICATION_COMMAND_TOO_LARGE", "Command exceeds maximum size (8000)")
        }
        if let permissions = fields["default_member_permissions"], !permissions.isNull {
            guard let bits = permissions.snowflake else {
                errors.add(path + ["default_member_permissions"], "NUMBER_TYPE_COERCE", "Value is not snowflake.")
                return nil
            }
            fields["default_member_permissions"] = .string(String(bits))
        }
        let defaults: [String: JSON] = [
            "default_member_permissions": .null, "nsfw": false, "name_localizations": .null,
            "description_localizations": .null,
        ]
        fields.merge(defaults) { old, _ in old }
        fields["dm_permission"] = fields["dm_permission"]?.bool.map { .bool($0) } ?? true
        if isGuild {
            fields["contexts"] = .null
            fields["integration_types"] = [0]
        } else {
            fields["contexts"] = fields["contexts"] ?? .null
            let types = fields["integration_types"]?.array
            fields["integration_types"] = .array(types ?? [0])
        }
        let known = [
            "name", "type", "description", "options", "default_member_permissions", "nsfw", "name_localizations",
            "description_localizations", "dm_permission", "contexts", "integration_types", "handler",
        ]
        fields = fields.filter { known.contains($0.key) }
        return before == errors ? fields : nil
    }

    private static func name(_ value: JSON?, _ path: [String], _ errors: inout FormErrors) {
        guard let text = value?.string else {
            errors.required(path)
            return
        }
        if !(1...32).contains(text.unicodeScalars.count) {
            errors.length(path, 1, 32)
            return
        }
        let legal = text.unicodeScalars.allSatisfy { scalar in
            if "-_'".unicodeScalars.contains(scalar) { return true }
            switch scalar.properties.generalCategory {
            case .lowercaseLetter, .uppercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
                .letterNumber, .otherNumber:
                return true
            default: return (0x0900...0x097F).contains(scalar.value) || (0x0E00...0x0E7F).contains(scalar.value)
            }
        }
        if !legal || text != text.lowercased() {
            errors.add(path, "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")
        }
    }

    private static func description(_ value: JSON?, _ path: [String], _ errors: inout FormErrors) {
        guard let text = value?.string else {
            errors.required(path)
            return
        }
        if !(1...100).contains(text.unicodeScalars.count) { errors.length(path, 1, 100) }
    }

    private static func options(
        _ list: [JSON], _ path: [String], depth: Int, _ errors: inout FormErrors
    ) -> [JSON] {
        if list.count > 25 { errors.tooLong(path, 25) }
        var names: Set<String> = []
        var sawOptional = false
        return list.enumerated().map { index, option in
            let spot = path + [String(index)]
            let type = option["type"]?.integer ?? 0
            var result = option
            if !(1...11).contains(type) { errors.choice(spot + ["type"], "1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11") }
            name(option["name"], spot + ["name"], &errors)
            description(option["description"], spot + ["description"], &errors)
            if let name = option["name"]?.string, !names.insert(name).inserted {
                errors.add(
                    spot + ["name"], "APPLICATION_COMMAND_OPTIONS_NAME_NOT_UNIQUE", "Option names must be unique")
            }
            if type == 1 || type == 2 {
                if type == 2 && depth > 0 || depth > 1 {
                    errors.add(
                        spot + ["type"], "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID",
                        "Sub-command option types are nested too deeply")
                }
                let below = option["options"]?.array ?? []
                result["options"] = .array(options(below, spot + ["options"], depth: depth + 1, &errors))
                return result
            }
            let isRequired = option["required"]?.bool ?? false
            if isRequired && sawOptional {
                errors.add(
                    spot, "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
                    "Required options must be placed before non-required options")
            }
            if !isRequired {
                sawOptional = true
                if option["required"] == .bool(false) { result = result.removing("required") }
            }
            choices(option, type, spot, &errors)
            return result
        }
    }

    private static func choices(_ option: JSON, _ type: Int64, _ path: [String], _ errors: inout FormErrors) {
        let list = option["choices"]?.array ?? []
        if list.count > 25 { errors.tooLong(path + ["choices"], 25) }
        if option["autocomplete"]?.bool == true {
            if ![3, 4, 10].contains(type) || !list.isEmpty {
                errors.add(
                    path + ["autocomplete"], "APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_INVALID",
                    "Autocomplete cannot be used with choices or this type")
            }
        }
        for (index, choice) in list.enumerated() {
            let spot = path + ["choices", String(index)]
            let count = choice["name"]?.string?.unicodeScalars.count ?? 0
            if !(1...100).contains(count) { errors.length(spot + ["name"], 1, 100) }
            switch type {
            case 3:
                guard let text = choice["value"]?.string else { errors.required(spot + ["value"]); continue }
                if text.unicodeScalars.count > 100 { errors.tooLong(spot + ["value"], 100) }
            default: if choice["value"]?.number == nil { errors.required(spot + ["value"]) }
            }
        }
    }

    private static func size(_ fields: [String: JSON]) -> Int {
        var sum = 0
        for key in ["name", "description", "value"] { sum += fields[key]?.string?.unicodeScalars.count ?? 0 }
        for key in ["options", "choices"] {
            for item in fields[key]?.array ?? [] { sum += size(item.object ?? [:]) }
        }
        return sum
    }
}
