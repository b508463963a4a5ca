// Linux calls that Swift cannot reach by itself: variadic, behind _GNU_SOURCE, or macros.
#ifndef BACKLINE_CSYSTEM_H
#define BACKLINE_CSYSTEM_H
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/// Names the calling thread (at most 15 bytes), as `top -H` and debuggers show it.
void backline_name_this_thread(const char *_Nonnull name);

/// Opens a descriptor that becomes readable when the process `pid` ends; -1 with errno on failure.
int backline_pidfd_open(pid_t pid);

/// Sets the soft and hard limit `resource` (RLIMIT_…) of process `pid`; 0, or -1 with errno.
int backline_set_limit(pid_t pid, int resource, uint64_t value);

/// RLIMIT_ constants, which Glibc declares as an enumeration type Swift imports awkwardly.
int backline_rlimit_address_space(void);
int backline_rlimit_cpu(void);
int backline_rlimit_open_files(void);

/// Puts a descriptor into non-blocking, close-on-exec mode; 0, or -1 with errno.
int backline_set_nonblocking(int descriptor);
#endif
