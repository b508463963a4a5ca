import FoundationEssentials

extension CacheCodec where Key == String, Value: Codable {
    /// Keys as UTF-8, values as JSON.
    public static var json: CacheCodec {
        CacheCodec(
            encodeKey: { Array($0.utf8) }, decodeKey: { String(validating: $0, as: UTF8.self) },
            encodeValue: { value in (try? JSONEncoder().encode(value)).map(Array.init) },
            decodeValue: { bytes in try? JSONDecoder().decode(Value.self, from: Data(bytes)) })
    }
}
