#if canImport(Glibc)
package import Glibc

/// File actions of `posix_spawn`, as glibc has them. Its extensions are behind `_GNU_SOURCE`, which Swift's importer does not set, so
/// they are looked up at run time.
package struct SpawnActions {
    package var value = posix_spawn_file_actions_t()

    package init() { posix_spawn_file_actions_init(&value) }
    package mutating func destroy() { posix_spawn_file_actions_destroy(&value) }

    /// Since glibc 2.29, older than every system that Swift 6 supports.
    package mutating func changeDirectory(_ path: String) {
        typealias Action = @convention(c) (UnsafeMutablePointer<posix_spawn_file_actions_t>, UnsafePointer<CChar>) -> Int32
        guard let symbol = dlsym(nil, "posix_spawn_file_actions_addchdir_np") else { return }
        _ = unsafeBitCast(symbol, to: Action.self)(&value, path)
    }
    package mutating func openInput(_ path: String) {
        posix_spawn_file_actions_addopen(&value, 0, path, O_RDONLY | O_NOFOLLOW, 0)
    }

    /// Makes the child's group the foreground one before it runs its first instruction. Since glibc 2.35;
    /// false when it is not there.
    package mutating func takeForeground(of terminal: Int32) -> Bool {
        typealias Action = @convention(c) (UnsafeMutablePointer<posix_spawn_file_actions_t>, Int32) -> Int32
        guard let symbol = dlsym(nil, "posix_spawn_file_actions_addtcsetpgrp_np") else { return false }
        return unsafeBitCast(symbol, to: Action.self)(&value, terminal) == 0
    }
}

/// A new process group, default dispositions and an empty mask: nothing of the keeper's own signal set-up is inherited.
package struct SpawnAttributes {
    package var value = posix_spawnattr_t()

    /// - Parameter isSession: a new session instead, whose terminal is the first that it opens.
    package init(isSession: Bool = false) {
        posix_spawnattr_init(&value)
        var defaults = sigset_t()
        sigfillset(&defaults)
        posix_spawnattr_setsigdefault(&value, &defaults)
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&value, &none)
        posix_spawnattr_setpgroup(&value, 0)
        // POSIX_SPAWN_SETSID is behind `_GNU_SOURCE` as well; 0x80 since glibc 2.26.
        let group = isSession ? 0x80 : Int32(POSIX_SPAWN_SETPGROUP)
        posix_spawnattr_setflags(&value, Int16(group | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
    }
    package mutating func destroy() { posix_spawnattr_destroy(&value) }
}
#endif
