import FoundationEssentials

/// Reading and writing JSON bytes.
public enum JSON {
    /// Reads a value from UTF-8 bytes; bounded in depth, and lenient about numbers written as text.
    public static func decode<Value: Decodable>(_ type: Value.Type = Value.self, from bytes: [UInt8]) throws(ModelError)
        -> Value
    {
        let document = try JSONDocument(bytes)
        do {
            return try document.decode(type, at: 0)
        } catch {
            throw ModelError(error)
        }
    }

    /// Reads a value from a parsed one.
    public static func decode<Value: Decodable>(_ type: Value.Type = Value.self, from json: JSONValue)
        throws(ModelError) -> Value
    {
        try decode(type, from: encode(json))
    }

    /// Parses UTF-8 bytes.
    public static func parse(_ bytes: [UInt8]) throws(ModelError) -> JSONValue {
        try JSONDocument(bytes).value(at: 0)
    }

    /// Writes a parsed value as UTF-8 bytes, keys in a stable order.
    public static func encode(_ json: JSONValue) -> [UInt8] {
        var bytes: [UInt8] = []
        JSONWriter.write(json, into: &bytes)
        return bytes
    }

    /// Writes a value as UTF-8 bytes, keys in a stable order.
    public static func encode(_ value: some Encodable) throws(ModelError) -> [UInt8] {
        if let json = value as? JSONValue { return encode(json) }
        do {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return [UInt8](try encoder.encode(value))
        } catch {
            throw ModelError(error)
        }
    }

    /// Writes a value as a parsed one.
    public static func value(_ value: some Encodable) throws(ModelError) -> JSONValue {
        if let json = value as? JSONValue { return json }
        return try parse(encode(value))
    }
}
