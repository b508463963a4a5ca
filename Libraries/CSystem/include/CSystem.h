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

/// Opens an epoll instance; -1 with errno.
int backline_epoll_open(void);

/// Asks for one report about `descriptor`: when it can be read, can be written. Works whether or not it is registered;
/// 0, or -1 with errno when epoll cannot watch it.
int backline_epoll_arm(int poll, int descriptor, int reading, int writing);

/// Ends all reports about `descriptor`.
void backline_epoll_remove(int poll, int descriptor);

/// One report of `backline_epoll_wait`.
struct backline_epoll_report {
    int descriptor;
    int readable;
    int writable;
};

/// Waits without limit for reports, at most 64 at a time; their number, or -1 with errno.
int backline_epoll_wait(int poll, struct backline_epoll_report *_Nonnull reports, int capacity);

/// Opens a non-blocking, close-on-exec pipe; 0, or -1 with errno.
int backline_pipe(int *_Nonnull reader, int *_Nonnull writer);

/// Lets all threads share at most `count` malloc arenas: each thread's own keeps what it once needed.
void backline_limit_malloc_arenas(int count);

/// Gives free memory back to the system.
void backline_return_free_memory(void);

/// Puts a descriptor into non-blocking, close-on-exec mode; 0, or -1 with errno.
int backline_set_nonblocking(int descriptor);

/// Puts a descriptor into blocking mode; 0, or -1 with errno.
int backline_set_blocking(int descriptor);

/// Asks the kernel to wake the calling thread punctually: round-robin real-time priority, else a higher niceness;
/// both are refused without the privilege, which is not an error. Returns 2, 1 or 0 for what was granted.
int backline_make_this_thread_punctual(void);
#endif
