#define _GNU_SOURCE
#include "CSystem.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

void backline_name_this_thread(const char *name) {
    char short_name[16] = {0};
    strncpy(short_name, name, sizeof short_name - 1);
    pthread_setname_np(pthread_self(), short_name);
}

int backline_pidfd_open(pid_t pid) {
    return (int)syscall(SYS_pidfd_open, pid, 0);
}

int backline_set_limit(pid_t pid, int resource, uint64_t value) {
    struct rlimit limit = {.rlim_cur = value, .rlim_max = value};
    return prlimit(pid, resource, &limit, NULL);
}

int backline_rlimit_address_space(void) { return RLIMIT_AS; }
int backline_rlimit_cpu(void) { return RLIMIT_CPU; }
int backline_rlimit_open_files(void) { return RLIMIT_NOFILE; }

int backline_set_nonblocking(int descriptor) {
    int flags = fcntl(descriptor, F_GETFL);
    if (flags < 0 || fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) < 0) return -1;
    return fcntl(descriptor, F_SETFD, FD_CLOEXEC);
}

int backline_epoll_open(void) { return epoll_create1(EPOLL_CLOEXEC); }

int backline_epoll_arm(int poll, int descriptor, int reading, int writing) {
    struct epoll_event event = {.events = EPOLLONESHOT, .data.fd = descriptor};
    if (reading) event.events |= EPOLLIN | EPOLLRDHUP;
    if (writing) event.events |= EPOLLOUT;
    if (epoll_ctl(poll, EPOLL_CTL_MOD, descriptor, &event) == 0) return 0;
    return errno == ENOENT ? epoll_ctl(poll, EPOLL_CTL_ADD, descriptor, &event) : -1;
}

void backline_epoll_remove(int poll, int descriptor) {
    epoll_ctl(poll, EPOLL_CTL_DEL, descriptor, NULL);
}

int backline_epoll_wait(int poll, struct backline_epoll_report *reports, int capacity) {
    struct epoll_event events[64];
    int count = epoll_wait(poll, events, capacity < 64 ? capacity : 64, -1);
    for (int i = 0; i < count; i++) {
        int failed = (events[i].events & (EPOLLERR | EPOLLHUP)) != 0;
        reports[i].descriptor = events[i].data.fd;
        reports[i].readable = failed || (events[i].events & (EPOLLIN | EPOLLRDHUP)) != 0;
        reports[i].writable = failed || (events[i].events & EPOLLOUT) != 0;
    }
    return count;
}

int backline_pipe(int *reader, int *writer) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0) return -1;
    *reader = ends[0];
    *writer = ends[1];
    return 0;
}

int backline_set_blocking(int descriptor) {
    int flags = fcntl(descriptor, F_GETFL);
    return flags < 0 ? -1 : fcntl(descriptor, F_SETFL, flags & ~O_NONBLOCK);
}

int backline_make_this_thread_punctual(void) {
    struct sched_param parameter = {.sched_priority = 1};
    prctl(PR_SET_TIMERSLACK, 1000UL);
    if (pthread_setschedparam(pthread_self(), SCHED_RR, &parameter) == 0) return 2;
    return setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid), -11) == 0 ? 1 : 0;
}

void backline_limit_malloc_arenas(int count) { mallopt(M_ARENA_MAX, count); }

void backline_return_free_memory(void) { malloc_trim(0); }
