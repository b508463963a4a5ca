// Cuts the power of a program it is loaded before (LD_PRELOAD): at the POWER_CUT_AT-th write, truncation or sync,
// everything that was not synced is taken back, and of it a random part (POWER_CUT_SEED) done again, whole or in single
// sectors, as a disk might have; then the program is gone with status 99. With POWER_CUT_LIES=1 syncs do nothing, which
// a test must notice.
#define _GNU_SOURCE
#include "PowerCut.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SECTOR 512

/// A change that is not on disk yet: a write, or a truncation when `after` is null.
struct change {
    struct change *next, *previous;
    dev_t device;
    ino_t inode;
    int descriptor;
    off_t offset;
    size_t count;
    unsigned char *before, *after;
    off_t size_before;
};

static struct change *first, *last;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static long operations, cut_at;
static uint64_t seed;
static int lies;
static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);
static int (*real_ftruncate)(int, off_t);
static int (*real_fdatasync)(int);

__attribute__((constructor)) static void start(void) {
    real_pwrite = (ssize_t (*)(int, const void *, size_t, off_t))dlsym(RTLD_NEXT, "pwrite");
    real_ftruncate = (int (*)(int, off_t))dlsym(RTLD_NEXT, "ftruncate");
    real_fdatasync = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
    const char *text = getenv("POWER_CUT_AT");
    cut_at = text ? atol(text) : 0;
    text = getenv("POWER_CUT_SEED");
    seed = text ? strtoull(text, NULL, 10) : 1;
    lies = getenv("POWER_CUT_LIES") != NULL;
}

static uint64_t next_random(void) {
    uint64_t z = (seed += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

/// Does a part of a write again: sector by sector.
static void tear(const struct change *change) {
    size_t done = 0;
    while (done < change->count) {
        size_t part = SECTOR - (size_t)((change->offset + (off_t)done) % SECTOR);
        if (part > change->count - done) part = change->count - done;
        if (next_random() & 1) {
            real_pwrite(change->descriptor, change->after + done, part, change->offset + (off_t)done);
        }
        done += part;
    }
}

/// The power goes: back to what was synced, then some of the rest. The lock stays taken.
static void cut(void) {
    for (struct change *change = last; change; change = change->previous) {
        if (change->before) real_pwrite(change->descriptor, change->before, change->count, change->offset);
        real_ftruncate(change->descriptor, change->size_before);
    }
    for (struct change *change = first; change; change = change->next) {
        uint64_t choice = next_random() % 3;
        if (choice == 0) continue;
        if (!change->after) {
            real_ftruncate(change->descriptor, change->offset);
        } else if (choice == 1) {
            tear(change);
        } else {
            real_pwrite(change->descriptor, change->after, change->count, change->offset);
        }
    }
    _exit(99);
}

static int is_watched(int descriptor, struct stat *status) {
    return cut_at > 0 && fstat(descriptor, status) == 0 && S_ISREG(status->st_mode);
}

/// Remembers a change before it is made.
static void note(int descriptor, const struct stat *status, const void *bytes, size_t count, off_t offset) {
    struct change *change = calloc(1, sizeof *change);
    change->device = status->st_dev;
    change->inode = status->st_ino;
    change->size_before = status->st_size;
    change->offset = offset;
    change->count = count;
    // A number of its own, never closed: closing any would let go of the locks SQLite holds on the file.
    change->descriptor = -1;
    for (struct change *known = last; known && change->descriptor < 0; known = known->previous) {
        if (known->device == change->device && known->inode == change->inode) change->descriptor = known->descriptor;
    }
    if (change->descriptor < 0) change->descriptor = fcntl(descriptor, F_DUPFD_CLOEXEC, 200);
    if (bytes) {
        change->after = malloc(count);
        memcpy(change->after, bytes, count);
    } else {
        // What a truncation takes away.
        count = status->st_size > offset ? (size_t)(status->st_size - offset) : 0;
        change->count = count;
    }
    if (offset < status->st_size && count > 0) {
        change->before = calloc(1, count);
        ssize_t found = pread(descriptor, change->before, count, offset);
        if (!bytes && found >= 0) change->count = (size_t)found;
    }
    change->previous = last;
    if (last) last->next = change; else first = change;
    last = change;
}

static void synced(const struct stat *status) {
    struct change *change = first;
    while (change) {
        struct change *next = change->next;
        if (change->device == status->st_dev && change->inode == status->st_ino) {
            if (change->previous) change->previous->next = next; else first = next;
            if (next) next->previous = change->previous; else last = change->previous;
            free(change->before);
            free(change->after);
            free(change);
        }
        change = next;
    }
}

static void count_operation(void) {
    if (++operations == cut_at) cut();
}

ssize_t pwrite(int descriptor, const void *bytes, size_t count, off_t offset) {
    struct stat status;
    if (!is_watched(descriptor, &status)) return real_pwrite(descriptor, bytes, count, offset);
    pthread_mutex_lock(&lock);
    fstat(descriptor, &status);
    note(descriptor, &status, bytes, count, offset);
    count_operation();
    ssize_t result = real_pwrite(descriptor, bytes, count, offset);
    pthread_mutex_unlock(&lock);
    return result;
}

ssize_t pwrite64(int descriptor, const void *bytes, size_t count, off64_t offset) {
    return pwrite(descriptor, bytes, count, (off_t)offset);
}

int ftruncate(int descriptor, off_t size) {
    struct stat status;
    if (!is_watched(descriptor, &status)) return real_ftruncate(descriptor, size);
    pthread_mutex_lock(&lock);
    fstat(descriptor, &status);
    note(descriptor, &status, NULL, 0, size);
    count_operation();
    int result = real_ftruncate(descriptor, size);
    pthread_mutex_unlock(&lock);
    return result;
}

int ftruncate64(int descriptor, off64_t size) { return ftruncate(descriptor, (off_t)size); }

int fdatasync(int descriptor) {
    struct stat status;
    if (!is_watched(descriptor, &status)) return real_fdatasync(descriptor);
    pthread_mutex_lock(&lock);
    count_operation();
    // The real sync is left out: what counts here is only the order, and the test machine's disk is spared.
    if (!lies) synced(&status);
    pthread_mutex_unlock(&lock);
    return 0;
}

int fsync(int descriptor) { return fdatasync(descriptor); }
