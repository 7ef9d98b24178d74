#include "CAllocationCount.h"

#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>

static atomic_long live;
static atomic_long peak;
static atomic_long allocation_count;

long rhei_live_allocation_bytes(void) { return atomic_load_explicit(&live, memory_order_relaxed); }

long rhei_peak_allocation_bytes(void) { return atomic_load_explicit(&peak, memory_order_relaxed); }

long rhei_allocation_count(void) { return atomic_load_explicit(&allocation_count, memory_order_relaxed); }

void rhei_reset_allocation_peak(void) {
    atomic_store_explicit(&peak, rhei_live_allocation_bytes(), memory_order_relaxed);
}

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define RHEI_SANITIZED 1
#endif
#endif

#if defined(__GLIBC__) && !defined(RHEI_SANITIZED)
#include <malloc.h>

// The names under which glibc keeps its own functions for those who replace the public ones.
extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);
extern void __libc_free(void *);

static void *counted(void *block) {
    if (block == NULL) return NULL;
    atomic_fetch_add_explicit(&allocation_count, 1, memory_order_relaxed);
    long byte_count = (long)malloc_usable_size(block);
    long now = atomic_fetch_add_explicit(&live, byte_count, memory_order_relaxed) + byte_count;
    long before = atomic_load_explicit(&peak, memory_order_relaxed);
    while (now > before && !atomic_compare_exchange_weak_explicit(
                               &peak, &before, now, memory_order_relaxed, memory_order_relaxed)) {
    }
    return block;
}

static void forget(void *block) {
    if (block) atomic_fetch_sub_explicit(&live, (long)malloc_usable_size(block), memory_order_relaxed);
}

void *malloc(size_t byte_count) { return counted(__libc_malloc(byte_count)); }

void *calloc(size_t count, size_t byte_count) { return counted(__libc_calloc(count, byte_count)); }

void *realloc(void *block, size_t byte_count) {
    forget(block);
    void *moved = __libc_realloc(block, byte_count);
    // A refused growth leaves the old block as it was.
    if (moved == NULL && byte_count > 0) counted(block);
    return counted(moved);
}

void *memalign(size_t alignment, size_t byte_count) { return counted(__libc_memalign(alignment, byte_count)); }

void *aligned_alloc(size_t alignment, size_t byte_count) { return counted(__libc_memalign(alignment, byte_count)); }

int posix_memalign(void **block, size_t alignment, size_t byte_count) {
    void *made = counted(__libc_memalign(alignment, byte_count));
    if (made == NULL) return ENOMEM;
    *block = made;
    return 0;
}

void free(void *block) {
    forget(block);
    __libc_free(block);
}
#endif
