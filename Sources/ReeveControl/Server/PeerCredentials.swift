import NIOCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Who is at the other end, by the kernel's word and not by file modes alone.
enum PeerCredentials {
    static var ownUID: UInt32? { getuid() }

    #if canImport(Glibc)
    /// `struct ucred`, which glibc hides behind `_GNU_SOURCE`.
    private struct Credentials {
        var pid: pid_t = 0
        var uid: uid_t = 0
        var gid: gid_t = 0
    }

    static func uid(of channel: any Channel) -> EventLoopFuture<UInt32?> {
        guard let provider = channel as? any SocketOptionProvider else { return channel.eventLoop.makeSucceededFuture(nil) }
        let credentials: EventLoopFuture<Credentials> = provider.unsafeGetSocketOption(
            level: .init(rawValue: SOL_SOCKET), name: .init(rawValue: SO_PEERCRED))
        return credentials.map { $0.uid }
    }
    #else
    static func uid(of channel: any Channel) -> EventLoopFuture<UInt32?> {
        guard let provider = channel as? any SocketOptionProvider else { return channel.eventLoop.makeSucceededFuture(nil) }
        // LOCAL_PEERCRED at level SOL_LOCAL (0), as in sys/un.h.
        let credentials: EventLoopFuture<xucred> = provider.unsafeGetSocketOption(
            level: .init(rawValue: 0), name: .init(rawValue: LOCAL_PEERCRED))
        return credentials.map { $0.cr_uid }
    }
    #endif
}
