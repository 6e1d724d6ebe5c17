#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Who is at the other end of a Unix socket, by the kernel's word and not by file modes alone.
package enum Peer {
    #if canImport(Glibc)
    /// `struct ucred` of unix(7), which glibc hides behind `_GNU_SOURCE`. What `SO_PEERCRED` fills in.
    package struct Credentials: Sendable {
        package var pid: Int32 = 0
        package var uid: UInt32 = .max
        package var gid: UInt32 = .max
        package init() {}
    }
    #endif

    package static var ownUID: UInt32 { geteuid() }

    /// Nil when the kernel does not say.
    package static func uid(of descriptor: Int32) -> UInt32? {
        #if canImport(Glibc)
        var credentials = Credentials()
        var size = socklen_t(MemoryLayout<Credentials>.size)
        guard getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &size) == 0 else { return nil }
        return credentials.uid
        #else
        var user: uid_t = .max
        var group: gid_t = .max
        guard getpeereid(descriptor, &user, &group) == 0 else { return nil }
        return user
        #endif
    }

    /// Whether it is this user. Nobody else is talked to, not even root: root needs no door.
    package static func isOurs(_ descriptor: Int32) -> Bool { uid(of: descriptor) == ownUID }
}
