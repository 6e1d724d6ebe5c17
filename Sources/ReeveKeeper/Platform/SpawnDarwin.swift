#if canImport(Darwin)
package import Darwin

/// File actions of `posix_spawn`, as macOS has them.
package struct SpawnActions {
    package var value: posix_spawn_file_actions_t?

    package init() { posix_spawn_file_actions_init(&value) }
    package mutating func destroy() { posix_spawn_file_actions_destroy(&value) }

    package mutating func changeDirectory(_ path: String) { posix_spawn_file_actions_addchdir_np(&value, path) }
    package mutating func openInput(_ path: String) {
        posix_spawn_file_actions_addopen(&value, 0, path, O_RDONLY | O_NOFOLLOW, 0)
    }

    /// macOS has no such action.
    package mutating func takeForeground(of terminal: Int32) -> Bool { false }
}

/// A new process group, default dispositions, an empty mask, and only the three standard descriptors.
package struct SpawnAttributes {
    package var value: posix_spawnattr_t?

    /// - Parameter isSession: a new session instead.
    package init(isSession: Bool = false) {
        posix_spawnattr_init(&value)
        var defaults = sigset_t()
        sigfillset(&defaults)
        posix_spawnattr_setsigdefault(&value, &defaults)
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&value, &none)
        posix_spawnattr_setpgroup(&value, 0)
        let group = isSession ? POSIX_SPAWN_SETSID : POSIX_SPAWN_SETPGROUP
        posix_spawnattr_setflags(&value, Int16(group | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
    }
    package mutating func destroy() { posix_spawnattr_destroy(&value) }
}
#endif
