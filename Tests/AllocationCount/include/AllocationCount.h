// Counts the calls of malloc and its relatives on the calling thread, by taking their place in the test program.
#ifndef BACKLINE_ALLOCATION_COUNT_H
#define BACKLINE_ALLOCATION_COUNT_H
#include <stdint.h>

/// Calls of malloc, calloc, realloc, aligned_alloc and posix_memalign on this thread so far.
uint64_t backline_allocations_of_this_thread(void);

/// Calls of free with a block on this thread so far.
uint64_t backline_releases_of_this_thread(void);
#endif
