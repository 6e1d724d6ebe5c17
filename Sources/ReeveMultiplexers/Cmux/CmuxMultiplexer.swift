package import Logging
package import NIOCore
import Ownership
import Processes
package import ReeveModel
import Synchronization

/// cmux: one workspace for each session, its first terminal is the keeper's.
///
/// By its socket where that lets us in, else by its program. It takes the keyboard from nobody: what is made is made unfocused,
/// and what it closes is never the last thing of a person's window. A workspace is acted upon only if its UUID and its tag
/// (`CmuxTag`) say that it is ours; what they say is asked right before, for cmux has no way to do both in one turn. A UUID is
/// never used twice, so what may happen in between is that the workspace closes, and never that another one is hit.
package final class CmuxMultiplexer: Multiplexer {
    package let name = "cmux"
    package let capabilities = Set(MultiplexerCapability.allCases).subtracting(limited.keys)
    package var limits: [MultiplexerCapability: String] { Self.limited }

    private static let limited: [MultiplexerCapability: String] = [
        .captureStyled: "its API reads text without colours",
        .attach: "a surface of cmux is shown by cmux alone, and 'reeve focus' brings it to the front",
        // `set-status KEY VALUE` keeps one, by a request of its own (cmux's CLI contract, 0.64).
        .tag: "its API keeps a value, but not in the same moment as the input",
        .bell: "its API rings no bell in a terminal",
        .headless: "it is an application with windows",
        .adopt: "a terminal of yours has no keeper in it",
    ]

    struct Connection: Sendable {
        var link: any CmuxLink
        /// `boot_id` of this life of cmux; empty where it does not tell.
        var epoch: String
        var methods: Set<String>

        /// 0.64 and later.
        var canPaste: Bool { methods.contains("terminal.paste") }
    }

    let settings: CmuxSettings
    private let group: any EventLoopGroup
    let time: any TimeSource
    private let logger: Logger
    private let connection = Mutex<Connection?>(nil)
    /// Why the file with the password was not used.
    private let unusedPassword = Mutex<String?>(nil)
    /// What stands in the sidebar's log of each session, so that it is written there once.
    let logged = Mutex<[SessionID: String]>([:])

    package init(settings: CmuxSettings, group: any EventLoopGroup, time: any TimeSource, logger: Logger) {
        self.settings = settings
        self.group = group
        self.time = time
        self.logger = logger
    }

    package func run(_ report: @escaping @Sendable (MultiplexerEvent) -> Void) async throws {
        try checkSurroundings()
        let link = try await connect()
        defer {
            connection.withLock { $0 = nil }
            link.close()
        }
        let methods = CmuxReadings.methods(try await link.told(.capabilities))
        let watch = CmuxWatch(link: link, time: time) { [self] epoch in
            connection.withLock { $0 = Connection(link: link, epoch: epoch, methods: methods) }
            report(.connected(detail(link)))
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                await link.awaitEnd()
                throw ReeveError.unavailable("cmux has closed the connection", hint: "start cmux; reeved connects by itself")
            }
            group.addTask { try await watch.run(report) }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private func detail(_ link: any CmuxLink) -> String {
        "\((link as? CmuxProgramLink)?.version ?? "cmux") \(link.manner)"
    }

    /// What has to hold before cmux is asked anything.
    private func checkSurroundings() throws {
        guard settings.requireInCmux, (settings.environment["CMUX_WORKSPACE_ID"] ?? "").isEmpty else { return }
        // Who has no cmux at all is told that.
        if !isInstalled { throw CmuxProgramLink.missing(settings.binary) }
        throw ReeveError.unavailable(
            CmuxCheck.outside,
            hint: "start reeved in a cmux terminal, which sets CMUX_WORKSPACE_ID; not recommended: [sessions.cmux]"
                + " require_in_cmux = false bypasses this check")
    }

    var isInstalled: Bool {
        ProgramFile.find(settings.binary, in: settings.environment["PATH"] ?? ProgramFile.usualPath) != nil
    }

    private func connect() async throws -> any CmuxLink {
        do { return try await reach() } catch let told as CmuxRefusal.Told { throw told.refusal.error }
    }

    /// The socket, or the program where the socket does not let us in: the program carries what cmux gave to the terminal that we
    /// were started in.
    /// - Throws: `CmuxRefusal.Told` where cmux keeps us out or is gone, else a `ReeveError`.
    func reach() async throws -> any CmuxLink {
        let places = CmuxPlaces(environment: settings.environment)
        let path = try places.socketPath(settings.socketPath)
        let password = password(places)
        let refusal: CmuxRefusal
        do {
            return try await CmuxSocketLink.connect(to: path, password: password, group: group)
        } catch let told as CmuxRefusal.Told {
            refusal = told.refusal
        } catch let error as ReeveError where error.kind == .timeout {
            throw ReeveError.unavailable("cmux accepts and does not answer", hint: "look at cmux: it may be busy or hang")
        }
        var environment = settings.environment
        if settings.socketPath != nil { environment["CMUX_SOCKET_PATH"] = path }
        if let password { environment["CMUX_SOCKET_PASSWORD"] = password }
        do {
            let program = try await CmuxProgramLink.connect(
                binary: settings.binary, environment: environment, group: group, time: time)
            // A cmux that was still starting: now it listens, and its socket is the better way.
            guard refusal.mayBeRetried,
                let socket = try? await CmuxSocketLink.connect(to: path, password: password, group: group)
            else { return program }
            return socket
        } catch let told as CmuxRefusal.Told {
            // What the socket said itself is the better word, unless it said nothing.
            throw refusal.mayBeRetried ? told : CmuxRefusal.Told(refusal: refusal)
        } catch let failure as CmuxFailure {
            throw refusal.mayBeRetried ? failure.error : CmuxRefusal.Told(refusal: refusal)
        } catch {
            throw refusal.mayBeRetried ? error : CmuxRefusal.Told(refusal: refusal)
        }
    }

    private func password(_ places: CmuxPlaces) -> String? {
        do {
            return try places.password(settings.password) { (path) throws(ReeveError) in
                do throws(Refusal) { return try PrivateFile.read(path).map { String(decoding: $0, as: UTF8.self) } } catch {
                    throw ReeveError.unavailable(error.reason, hint: error.mend)
                }
            }
        } catch {
            // A cmux that wants none works all the same; one that wants it says so. Told once, not at each try to connect.
            let isNews = unusedPassword.withLock { known in
                defer { known = error.spoken }
                return known != error.spoken
            }
            if isNews { logger.warning("cmux's password file is not used", metadata: ["reason": "\(error.spoken)"]) }
            return nil
        }
    }

    func current() throws -> Connection {
        guard let connection = connection.withLock({ $0 }) else {
            throw ReeveError.unavailable("no connection to cmux", hint: "reeve status says why")
        }
        return connection
    }

    package func probe() async throws {
        do { _ = try await current().link.told(.ping, patience: .seconds(2)) } catch let error as ReeveError
            where error.kind == .timeout
        {
            throw ReeveError.unavailable("cmux does not answer", hint: "look at cmux: it may be busy or hang")
        }
    }
}
