import ReeveControl
import ReeveModel
import ReeveMultiplexers
import ReeveWire
import Synchronization

/// The editors' windows that are registered, each for as long as its connection lasts.
final class HostDesk: Sendable {
    private let multiplexers: [String: EditorMultiplexer]
    private let instance: String
    private let directory: String
    private let ids: any IDGenerator
    private let hosts = Mutex<[String: WindowHost]>([:])

    init(multiplexers: [EditorMultiplexer], instance: String, directory: String, ids: any IDGenerator) {
        self.multiplexers = Dictionary(uniqueKeysWithValues: multiplexers.map { ($0.name, $0) })
        self.instance = instance
        self.directory = directory
        self.ids = ids
    }

    func register(_ params: HostRegister.Params, _ peer: any PeerLink) throws -> HostRegister.Result {
        guard let multiplexer = multiplexers[params.kind] else {
            throw ReeveError.invalid(
                "$.kind", "no editor '\(params.kind)' can hold terminals",
                hint: "known are \(multiplexers.keys.sorted().joined(separator: ", "))")
        }
        let version = params.version.isEmpty ? "" : " \(params.version)"
        let place = params.title.isEmpty ? "" : ", \(params.title)"
        let host = WindowHost(
            id: ids.token(12), kind: params.kind, window: params.window,
            title: InertText.clean(params.kind + version + place),
            // A word that is not known is one of a newer window's: nobody here asks for it.
            capabilities: Set(params.capabilities.compactMap { MultiplexerCapability(rawValue: $0) }), instance: instance,
            directory: directory, peer: peer)
        // The same window on another connection: the old one is dead, whether it knows or not.
        hosts.withLock { hosts in
            hosts = hosts.filter { $0.value.window != host.window }
            hosts[host.id] = host
        }
        multiplexer.register(host)
        var result = HostRegister.Result()
        result.host = host.id
        result.backend = multiplexer.name
        result.instance = instance
        return result
    }

    /// - Parameter peer: who asks; nobody speaks for another's window.
    func unregister(_ id: String, _ peer: any PeerLink) throws { remove(try find(id, peer)) }

    func report(_ params: HostReport.Params, _ peer: any PeerLink) throws {
        let host = try find(params.host, peer)
        switch params.event {
        case "closed": multiplexers[host.kind]?.closed(params.terminal)
        case "shown": multiplexers[host.kind]?.shown(in: host.window)
        default: throw ReeveError.invalid("$.event", "no event '\(params.event.prefix(32))'", hint: "closed or shown")
        }
    }

    private func find(_ id: String, _ peer: any PeerLink) throws -> WindowHost {
        guard let host = hosts.withLock({ $0[id] }), host.peer === peer else {
            throw ReeveError(.notFound, "no host '\(id)' on this connection", hint: "register again")
        }
        return host
    }

    private func remove(_ host: WindowHost) {
        hosts.withLock { $0[host.id] = nil }
        multiplexers[host.kind]?.unregister(host) { ($0 as? WindowHost)?.id == host.id }
    }

    /// Waits for a window's connection to end, and takes it off then.
    func follow(_ id: String) async {
        guard let host = hosts.withLock({ $0[id] }) else { return }
        await host.peer.awaitGone()
        remove(host)
    }
}
