#if canImport(Glibc)
import Glibc

/// File actions of `posix_spawn`, as glibc has them. Its extensions are behind `_GNU_SOURCE`, which Swift's importer does not set, so
/// they are looked up at run time.
struct SpawnActions {
    var value = posix_spawn_file_actions_t()

    init() { posix_spawn_file_actions_init(&value) }
    mutating func destroy() { posix_spawn_file_actions_destroy(&value) }

    /// Since glibc 2.29, older than every system that Swift 6 supports.
    mutating func changeDirectory(_ path: String) {
        typealias Action = @convention(c) (UnsafeMutablePointer<posix_spawn_file_actions_t>, UnsafePointer<CChar>) -> Int32
        guard let symbol = dlsym(nil, "posix_spawn_file_actions_addchdir_np") else { return }
        _ = unsafeBitCast(symbol, to: Action.self)(&value, path)
    }
    mutating func openInput(_ path: String) { posix_spawn_file_actions_addopen(&value, 0, path, O_RDONLY | O_NOFOLLOW, 0) }

    /// Makes the child's group the foreground one before it runs its first instruction. Since glibc 2.35;
    /// false when it is not there.
    mutating func takeForeground(of terminal: Int32) -> Bool {
        typealias Action = @convention(c) (UnsafeMutablePointer<posix_spawn_file_actions_t>, Int32) -> Int32
        guard let symbol = dlsym(nil, "posix_spawn_file_actions_addtcsetpgrp_np") else { return false }
        return unsafeBitCast(symbol, to: Action.self)(&value, terminal) == 0
    }
}

/// A new process group, default dispositions and an empty mask: nothing of the keeper's own signal set-up is inherited.
struct SpawnAttributes {
    var value = posix_spawnattr_t()

    init() {
        posix_spawnattr_init(&value)
        var defaults = sigset_t()
        sigfillset(&defaults)
        posix_spawnattr_setsigdefault(&value, &defaults)
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&value, &none)
        posix_spawnattr_setpgroup(&value, 0)
        posix_spawnattr_setflags(&value, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
    }
    mutating func destroy() { posix_spawnattr_destroy(&value) }
}
#endif
