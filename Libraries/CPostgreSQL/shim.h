// Door to libpq, PostgreSQL's client library.
#ifndef BACKLINE_CPOSTGRESQL_SHIM_H
#define BACKLINE_CPOSTGRESQL_SHIM_H
// Debian's folder is named here, so that no pkg-config is needed to find it.
#include <postgresql/libpq-fe.h>

// PG_DIAG_… are character constants, which Swift does not import.
static inline const char *backline_pq_field(const PGresult *result, char field) {
    return PQresultErrorField(result, field);
}

// Notices of the server (“relation exists, skipping”) would go to standard error by themselves.
static inline void backline_pq_ignore_notice(void *nothing, const char *message) {
    (void)nothing;
    (void)message;
}

static inline void backline_pq_silence(PGconn *connection) {
    PQsetNoticeProcessor(connection, backline_pq_ignore_notice, (void *)0);
}
#endif
