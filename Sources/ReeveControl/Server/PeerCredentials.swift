import NIOCore
import Ownership

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// `Peer` for a channel, which keeps its descriptor to itself.
enum PeerCredentials {
    static func uid(of channel: any Channel) -> EventLoopFuture<UInt32?> {
        guard let provider = channel as? any SocketOptionProvider else { return channel.eventLoop.makeSucceededFuture(nil) }
        #if canImport(Glibc)
        let credentials: EventLoopFuture<Peer.Credentials> = provider.unsafeGetSocketOption(
            level: .init(rawValue: SOL_SOCKET), name: .init(rawValue: SO_PEERCRED))
        return credentials.map { $0.uid }
        #else
        // LOCAL_PEERCRED at level SOL_LOCAL (0), as in sys/un.h.
        let credentials: EventLoopFuture<xucred> = provider.unsafeGetSocketOption(
            level: .init(rawValue: 0), name: .init(rawValue: LOCAL_PEERCRED))
        return credentials.map { $0.cr_uid }
        #endif
    }
}
