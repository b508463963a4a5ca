import FoundationEssentials

/// Reading and writing JSON bytes.
public enum JSON {
    /// Reads a value from UTF-8 bytes.
    public static func decode<Value: Decodable>(_ type: Value.Type = Value.self, from bytes: [UInt8]) throws(ModelError)
        -> Value
    {
        do {
            return try JSONDecoder().decode(Value.self, from: Data(bytes))
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

    /// Writes a value as UTF-8 bytes, keys in a stable order.
    public static func encode(_ value: some Encodable) throws(ModelError) -> [UInt8] {
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
        return try decode(JSONValue.self, from: encode(value))
    }
}
