import DiscordModel
import Testing

/// Checks a message against Discord's limits for Components V2 (section 3.6) and records each breach.
func expectWithinLimits(_ body: MessageBody, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(body.flags?.contains(.componentsV2) == true, sourceLocation: sourceLocation)
    #expect(body.content == nil && body.embeds == nil && body.poll == nil, sourceLocation: sourceLocation)
    var count = 0
    var text = 0
    var ids: Set<String> = []
    func visit(_ component: Component, inside parent: Component?) {
        count += 1
        if let id = component.customID {
            #expect((1...100).contains(id.unicodeScalars.count), sourceLocation: sourceLocation)
            #expect(ids.insert(id).inserted, "custom_id \(id) twice", sourceLocation: sourceLocation)
        }
        switch component {
        case .textDisplay(let display):
            text += display.content.unicodeScalars.count
            #expect(!display.content.isEmpty, sourceLocation: sourceLocation)
        case .actionRow(let row):
            #expect((1...5).contains(row.components.count), sourceLocation: sourceLocation)
        case .button(let button):
            #expect((button.label?.unicodeScalars.count ?? 1) <= 80, sourceLocation: sourceLocation)
            #expect(button.label != nil || button.emoji != nil, sourceLocation: sourceLocation)
            #expect(button.customID != nil, sourceLocation: sourceLocation)
        case .section(let section):
            #expect((1...3).contains(section.components.count), sourceLocation: sourceLocation)
            #expect(section.accessory != nil, sourceLocation: sourceLocation)
        case .container:
            #expect(parent == nil, "a container stands at the top only", sourceLocation: sourceLocation)
        case .separator, .thumbnail: break
        default: Issue.record("unexpected component \(component.type)", sourceLocation: sourceLocation)
        }
        for child in component.children { visit(child, inside: component) }
    }
    for component in body.components ?? [] { visit(component, inside: nil) }
    #expect((1...40).contains(count), "\(count) components", sourceLocation: sourceLocation)
    #expect(text <= 4000, "\(text) characters of text", sourceLocation: sourceLocation)
}

/// Every text of a message, in order.
func texts(_ body: MessageBody?) -> [String] {
    func collect(_ component: Component) -> [String] {
        if case .textDisplay(let display) = component { return [display.content] }
        return component.children.flatMap(collect)
    }
    return (body?.content.map { [$0] } ?? []) + (body?.components ?? []).flatMap(collect)
}

/// Every button of a message, in order.
func buttons(_ body: MessageBody?) -> [Button] {
    func collect(_ component: Component) -> [Button] {
        if case .button(let button) = component { return [button] }
        return component.children.flatMap(collect)
    }
    return (body?.components ?? []).flatMap(collect)
}
