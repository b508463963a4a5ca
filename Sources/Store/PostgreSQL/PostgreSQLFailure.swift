/// The one place where PostgreSQL's words and SQLSTATE codes (its documentation, Appendix A) become errors of the store.
///
/// Its messages hold hosts, users and values, so none is passed on: only codes and names of tables, columns and rules.
enum PostgreSQLFailure {
    /// Why a connection did not come to be, in words of ours.
    static func connecting(_ words: String) -> String {
        let known: [(String, String)] = [
            ("password authentication failed", "the password is wrong"),
            ("no password supplied", "it asks for a password"),
            ("no pg_hba.conf entry", "the server does not let this program in (pg_hba.conf)"),
            ("role \"", "it does not know this user"), ("does not exist", "there is no such database"),
            ("starting up", "it is starting up"), ("shutting down", "it is shutting down"),
            ("recovery", "it is recovering"), ("too many clients", "it has no connection left"),
            ("remaining connection slots", "it has no connection left"),
            ("Connection refused", "nothing listens there"), ("No such file", "its socket is not there"),
            ("could not translate host name", "its host name has no address"),
            ("timeout expired", "connecting took too long"), ("SSL", "TLS failed"), ("certificate", "TLS failed"),
            ("closed the connection", "it closed the connection"), ("invalid", "the address is not valid"),
        ]
        return known.first { words.contains($0.0) }?.1 ?? "connecting failed"
    }

    /// The error for a SQLSTATE code; nil when the connection broke.
    static func error(state: String?, table: String?, column: String?, rule: String?) -> StoreError {
        guard let state else { return .unavailable("the connection broke") }
        let place = [table.map { "table \($0)" }, column.map { "column \($0)" }, rule.map { "rule \($0)" }]
            .compactMap { $0 }.joined(separator: ", ")
        switch state {
        case "40001", "40P01", "55P03", "55006": return .busy
        case "53100": return .diskFull
        case "57014": return .cancelled
        case "58030": return .ioFailed("PostgreSQL code 58030")
        case "25P02": return .invalid("a statement after a failed one of the same transaction")
        case "25006": return .unavailable("it takes no writes at the moment")
        default: break
        }
        switch state.prefix(2) {
        case "08", "57": return .unavailable("the server ended the connection (\(state))")
        case "53": return .unavailable("the server is out of memory or connections (\(state))")
        case "58", "XX": return .ioFailed("PostgreSQL code \(state)")
        case "22", "23": return .constraint(place.isEmpty ? "PostgreSQL code \(state)" : "\(place) (\(state))")
        case "28": return .unavailable("the server refuses this user (\(state))")
        default: return .refused(code: state, words: place.isEmpty ? words(state) : place)
        }
    }

    private static func words(_ state: String) -> String {
        switch state {
        case "42P01": "there is no such table"
        case "42703": "there is no such column"
        case "42601": "the statement is not well formed"
        case "42804": "a value is of the wrong type"
        case "42501": "this user may not do that"
        case "42P07": "the table exists already"
        case "42P18": "the type of a value cannot be told; cast it"
        default: "no details"
        }
    }
}
