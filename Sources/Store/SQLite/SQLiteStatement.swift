internal import CSQLite

/// A prepared statement: binds, steps and reads; finalised when it is let go.
@safe final class SQLiteStatement {
    private let handle: OpaquePointer
    /// The names of its answer's columns; asked again after a change of the schema.
    let columnNames: [String]

    init(_ handle: OpaquePointer, columnNames: [String]) {
        unsafe self.handle = handle
        self.columnNames = columnNames
    }

    deinit { unsafe sqlite3_finalize(handle) }

    /// Binds all values; SQLite's code.
    func bind(_ values: [StoreValue]) -> Int32 {
        guard unsafe Int(sqlite3_bind_parameter_count(handle)) == values.count else { return SQLITE_RANGE }
        for (offset, value) in values.enumerated() {
            let index = Int32(offset + 1)
            let code =
                switch value {
                case .null: unsafe sqlite3_bind_null(handle, index)
                case .integer(let number): unsafe sqlite3_bind_int64(handle, index, number)
                case .real(let number): unsafe sqlite3_bind_double(handle, index, number)
                case .text(var text):
                    text.withUTF8 { bytes in
                        unsafe bytes.withMemoryRebound(to: CChar.self) { chars in
                            unsafe backline_sqlite_bind_text(handle, index, chars.baseAddress, Int32(bytes.count))
                        }
                    }
                case .blob(let bytes):
                    unsafe bytes.withUnsafeBytes { buffer in
                        unsafe backline_sqlite_bind_blob(handle, index, buffer.baseAddress, Int32(buffer.count))
                    }
                }
            guard code == SQLITE_OK else { return code }
        }
        return SQLITE_OK
    }

    /// One step; SQLite's code.
    func step() -> Int32 { unsafe sqlite3_step(handle) }

    /// Makes it ready for the next use and lets go of what was bound.
    func reset() {
        unsafe sqlite3_reset(handle)
        unsafe sqlite3_clear_bindings(handle)
    }

    /// The values of the row it stands on.
    func values() -> [StoreValue] {
        (0..<Int32(columnNames.count)).map { column in
            switch unsafe sqlite3_column_type(handle, column) {
            case SQLITE_INTEGER: return .integer(unsafe sqlite3_column_int64(handle, column))
            case SQLITE_FLOAT: return .real(unsafe sqlite3_column_double(handle, column))
            case SQLITE_TEXT:
                guard let bytes = unsafe sqlite3_column_text(handle, column) else { return .text("") }
                let count = unsafe Int(sqlite3_column_bytes(handle, column))
                return .text(unsafe String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self))
            case SQLITE_BLOB:
                let count = unsafe Int(sqlite3_column_bytes(handle, column))
                guard count > 0, let bytes = unsafe sqlite3_column_blob(handle, column) else { return .blob([]) }
                return .blob(unsafe [UInt8](UnsafeRawBufferPointer(start: bytes, count: count)))
            default: return .null
            }
        }
    }
}
