internal import CPostgreSQL

/// What the server answered to one statement; owns libpq's result.
@safe final class PostgreSQLResult {
    /// What kind of answer it is.
    enum Kind { case done, rows, copyIn, copyOut, synced, skipped, failed }

    private let result: OpaquePointer

    init(_ result: OpaquePointer) { unsafe self.result = result }

    deinit { unsafe PQclear(result) }

    var kind: Kind {
        switch unsafe PQresultStatus(result) {
        case PGRES_COMMAND_OK, PGRES_EMPTY_QUERY: .done
        case PGRES_TUPLES_OK, PGRES_SINGLE_TUPLE: .rows
        case PGRES_COPY_IN: .copyIn
        case PGRES_COPY_OUT: .copyOut
        case PGRES_PIPELINE_SYNC: .synced
        case PGRES_PIPELINE_ABORTED: .skipped
        default: .failed
        }
    }

    /// Rows changed, or read.
    var count: Int { unsafe PQcmdTuples(result).flatMap { unsafe Int(String(cString: $0)) } ?? 0 }

    /// The server's word for what it did: COMMIT, ROLLBACK, INSERT 0 1.
    var tag: String { unsafe PQcmdStatus(result).map { unsafe String(cString: $0) } ?? "" }

    /// Number of rows.
    var rowCount: Int { unsafe Int(PQntuples(result)) }

    /// The names of the columns.
    var columnNames: [String] {
        let count = unsafe PQnfields(result)
        return (0..<count).map { column in
            unsafe PQfname(result, column).map { unsafe String(cString: $0) } ?? ""
        }
    }

    /// The values of one row.
    func values(of row: Int) throws(StoreError) -> [StoreValue] {
        let columns = unsafe PQnfields(result)
        var values: [StoreValue] = []
        values.reserveCapacity(Int(columns))
        for column in 0..<columns {
            guard unsafe PQgetisnull(result, Int32(row), column) == 0 else {
                values.append(.null)
                continue
            }
            let count = unsafe Int(PQgetlength(result, Int32(row), column))
            let bytes = unsafe UnsafeRawBufferPointer(start: PQgetvalue(result, Int32(row), column), count: count)
            guard let value = unsafe BinaryFormat.value(Array(bytes), type: PQftype(result, column)) else {
                throw .column(
                    name: unsafe String(cString: PQfname(result, column)),
                    words: "its type is not kept by both databases; cast it to bigint, double precision, text or bytea")
            }
            values.append(value)
        }
        return values
    }

    /// The error of a failed statement.
    var failure: StoreError {
        func field(_ name: Character) -> String? {
            let code = CChar(bitPattern: name.asciiValue ?? 0)
            return unsafe backline_pq_field(result, code).map { unsafe String(cString: $0) }
        }
        return PostgreSQLFailure.error(state: field("C"), table: field("t"), column: field("c"), rule: field("n"))
    }
}
