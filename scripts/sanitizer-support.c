/* Linked into every program of `make sanitize`.
 *
 * Options: the tests start programs with environments of their own, so what TSAN_OPTIONS and ASAN_OPTIONS would say is built in.
 * Each process writes its findings to a file of its own; REPORTS is their beginning.
 *
 * Swift's Mutex (Synchronization, swift 6.3 on Linux): its uncontended path is inlined and instrumented, its contended one is not. It
 * spins or waits for a futex in libswiftSynchronization, and the thread sanitizer, which does not see that the lock was taken, calls
 * whatever the lock protects a race. The two functions are called through here and tell it.
 *
 * Continuations (swift 6.3 on Linux): whoever resumes one tells the sanitizer so, and whoever is woken by it takes note. A task that
 * finds its continuation resumed already goes on without being woken, and takes no note: what the other one did before is then called
 * a race with what the task does after. `scripts/sanitizer-probe.swift` shows it without any code of ours.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>

/* Leaks: what is alive at exit is not looked for, because the Swift runtime keeps its metadata for ever. */
const char *__asan_default_options(void) { return "log_path=" REPORTS ":exitcode=66:detect_leaks=0"; }
const char *__tsan_default_options(void) { return "log_path=" REPORTS ":exitcode=66"; }

#ifdef THREAD
void __tsan_acquire(void *address);
void __tsan_release(void *address);

#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context))
#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

SWIFT void lock_slowly(uint32_t own_thread, SELF void *lock) __asm__(LOCK);
SWIFT void unlock_slowly(SELF void *lock) __asm__(UNLOCK);

SWIFT void lock_slowly(uint32_t own_thread, SELF void *lock) {
    static SWIFT void (*next)(uint32_t, SELF void *);
    if (!next) *(void **)&next = dlsym(RTLD_NEXT, LOCK);
    next(own_thread, lock);
    __tsan_acquire(lock);
}

SWIFT void unlock_slowly(SELF void *lock) {
    static SWIFT void (*next)(SELF void *);
    if (!next) *(void **)&next = dlsym(RTLD_NEXT, UNLOCK);
    __tsan_release(lock);
    next(lock);
}

#define TASK __attribute__((swiftasynccall))
#define AWAIT "swift_continuation_await"

SWIFT void *swift_task_getCurrent(void);
TASK void await_continuation(void *continuation) __asm__(AWAIT);

TASK void await_continuation(void *continuation) {
    static TASK void (*next)(void *);
    if (!next) *(void **)&next = dlsym(RTLD_NEXT, AWAIT);
    __tsan_acquire(swift_task_getCurrent());
    __attribute__((musttail)) return next(continuation);
}
#endif
