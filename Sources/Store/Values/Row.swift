/// One row of an answer: values under the names of their columns, shared by all rows of the answer.
public struct Row: Sendable, Hashable {
    /// The columns' names, in order.
    public let columns: [String]
    /// The values, in the same order.
    public let values: [StoreValue]

    /// A row from its parts; both of the same length.
    init(columns: [String], values: [StoreValue]) {
        self.columns = columns
        self.values = values
    }

    /// The value of the column `name` as `Value`.
    public func get<Value: StoreConvertible>(
        _ name: String, as type: Value.Type = Value.self
    ) throws(StoreError) -> Value {
        // Answers have few columns: looking through them is quicker than a dictionary for each answer.
        guard let index = columns.firstIndex(of: name), index < values.count else {
            throw .column(name: name, words: "the answer has no such column")
        }
        guard let value = Value(storeValue: values[index]) else {
            throw .column(name: name, words: "it holds \(values[index].typeName), not \(Value.self)")
        }
        return value
    }
}

/// A type that is read from a row, so that answers are typed.
public protocol RowDecodable: Sendable {
    /// Reads the row.
    init(row: Row) throws(StoreError)
}
