#if canImport(Darwin)
import Darwin

/// File actions of `posix_spawn`, as macOS has them.
struct SpawnActions {
    var value: posix_spawn_file_actions_t?

    init() { posix_spawn_file_actions_init(&value) }
    mutating func destroy() { posix_spawn_file_actions_destroy(&value) }

    mutating func changeDirectory(_ path: String) { posix_spawn_file_actions_addchdir_np(&value, path) }
    mutating func openInput(_ path: String) { posix_spawn_file_actions_addopen(&value, 0, path, O_RDONLY | O_NOFOLLOW, 0) }

    /// macOS has no such action.
    mutating func takeForeground(of terminal: Int32) -> Bool { false }
}

/// A new process group, default dispositions, an empty mask, and only the three standard descriptors.
struct SpawnAttributes {
    var value: posix_spawnattr_t?

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
