package import ReeveModel
import Synchronization

/// Workspaces: made, found again, closed.
extension CmuxMultiplexer {
    /// A workspace and what it is in.
    struct Place: Sendable {
        var workspace: CmuxWorkspace
        var windows: [CmuxWindow]
        /// What else is in its window.
        var siblings: [CmuxWorkspace]
    }

    package func spawn(_ request: SpawnRequest) async throws -> TerminalHandle {
        let connection = try current()
        let windows = try await windows(connection)
        let all = try await workspaces(connection, windows)
        if let ours = all.first(where: { $0.tag?.id == request.id }) {
            // Made before a crash or a time-out of ours; or brought back by a cmux that was restarted, with a shell where the
            // keeper was.
            if ours.tag?.isOf(epoch: connection.epoch) == true { return try await handle(ours.id, told: nil, connection) }
            try await close(Place(ours, windows, all), connection)
        } else if all.contains(where: { $0.title == request.name.text || $0.tag?.name == request.name.text }) {
            throw ReeveError.conflict(
                "cmux has a workspace named '\(request.name)' that is not this session's", hint: "rename or close it in cmux")
        }
        var workspace = CmuxRequest.Workspace(
            title: request.name.text, description: CmuxTag(request, epoch: connection.epoch).text,
            command: CmuxShellLine.quoted(request.arguments), environment: ["REEVE_SESSION": request.id.text])
        switch settings.placement.decide(windows) {
        case .newWindow(let back): return try await create(workspace, inNewWindow: back, request, connection)
        case .workspace(let window):
            workspace.window = window
            do { return try await create(workspace, request, connection) } catch let failure as CmuxFailure {
                // No window is open.
                guard failure.isUnavailable, window == nil else { throw failure.error }
                return try await create(workspace, inNewWindow: nil, request, connection)
            }
        }
    }

    /// - Throws: `CmuxFailure` when cmux refuses.
    private func create(_ workspace: CmuxRequest.Workspace, _ request: SpawnRequest, _ connection: Connection) async throws
        -> TerminalHandle
    {
        let result: CmuxResult
        do { result = try await connection.link.ask(.createWorkspace(workspace), patience: .seconds(15)) } catch let told
            as CmuxRefusal.Told
        { throw told.refusal.error }
        let id = try CmuxReadings.made("workspace_id", in: result)
        let windows = try await windows(connection)
        let all = try await workspaces(connection, windows)
        guard let made = all.first(where: { $0.id == id }) else {
            throw ReeveError.unavailable("cmux has made a workspace for '\(request.name)' and does not list it")
        }
        guard made.tag?.id == request.id else {
            try? await close(Place(made, windows, all), connection)
            throw ReeveError(
                .unsupported, "this cmux keeps no description of a workspace, so Reeve could not tell its own from yours",
                hint: "update cmux (0.64 or later)")
        }
        return try await handle(id, told: result.text("surface_id"), connection)
    }

    private func create(
        _ workspace: CmuxRequest.Workspace, inNewWindow back: String?, _ request: SpawnRequest, _ connection: Connection
    ) async throws -> TerminalHandle {
        let result = try await connection.link.told(.createWindow, patience: .seconds(15))
        let window: String
        do { window = try CmuxReadings.made("window_id", in: result) } catch { throw error.error }
        // A new window comes with a shell of its own.
        let shells = CmuxReadings.workspaces(try await connection.link.told(.workspaces(window: window)), window: window)
        var workspace = workspace
        workspace.window = window
        let handle: TerminalHandle
        do { handle = try await create(workspace, request, connection) } catch {
            _ = try? await connection.link.ask(.closeWindow(window), patience: .seconds(5))
            throw (error as? CmuxFailure)?.error ?? error
        }
        // The keyboard goes back to where it was. Neither of these is worth failing for: the session is there.
        if let back { _ = try? await connection.link.ask(.focusWindow(back), patience: .seconds(5)) }
        for shell in shells where shell.tag == nil {
            _ = try? await connection.link.ask(.closeWorkspace(shell.id), patience: .seconds(5))
        }
        return handle
    }

    /// - Parameter told: the surface, where cmux said it as it made the workspace; else it is the first one.
    private func handle(_ workspace: String, told: String?, _ connection: Connection) async throws -> TerminalHandle {
        if let told, CmuxReadings.isUUID(told) { return TerminalHandle(session: workspace, pane: told, epoch: connection.epoch) }
        for _ in 1...20 {
            if let surface = try await surfaces(workspace, connection).first {
                return TerminalHandle(session: workspace, pane: surface.id, epoch: connection.epoch)
            }
            try await time.sleep(for: .milliseconds(50))
        }
        throw ReeveError.unavailable("cmux shows no terminal in the workspace that it made")
    }

    package func destroy(_ handle: TerminalHandle, id: SessionID) async throws {
        let connection = try current()
        guard let place = try await place(handle, id, connection) else { throw gone(handle) }
        logged.withLock { _ = $0.removeValue(forKey: id) }
        try await close(place, connection)
    }

    /// Closes a workspace of ours and nothing else. cmux does not close the only workspace of a window: it says so, or says that
    /// it did and keeps it. A window that holds nothing but ours goes with it, unless it is the last one: that gets another
    /// workspace first.
    private func close(_ place: Place, _ connection: Connection) async throws {
        let workspace = place.workspace
        if place.siblings.isEmpty, place.windows.count > 1 {
            _ = try await connection.link.told(.closeWindow(workspace.window))
        } else {
            if place.siblings.isEmpty { try await addShell(workspace.window, connection) }
            do { _ = try await connection.link.ask(.closeWorkspace(workspace.id), patience: .seconds(5)) } catch let failure
                as CmuxFailure
            {
                // Its neighbours went while we looked.
                guard failure.isInvalidState else { throw failure.error }
                try await addShell(workspace.window, connection)
                _ = try await connection.link.told(.closeWorkspace(workspace.id))
            } catch let told as CmuxRefusal.Told { throw told.refusal.error }
        }
        for _ in 1...20 {
            let windows = try await windows(connection)
            guard try await workspaces(connection, windows).contains(where: { $0.id == workspace.id }) else { return }
            try await time.sleep(for: .milliseconds(50))
        }
        throw ReeveError.conflict(
            "cmux says that it closed '\(workspace.title)', and it is still there", hint: "close it in cmux")
    }

    private func addShell(_ window: String, _ connection: Connection) async throws {
        _ = try await connection.link.told(.createWorkspace(CmuxRequest.Workspace(window: window)))
    }

    package func life(of handle: TerminalHandle, id: SessionID) async throws -> TerminalLife {
        let connection = try current()
        guard let place = try await place(handle, id, connection) else { return .gone }
        guard place.workspace.tag?.isOf(epoch: connection.epoch) == true else { return .dead }
        do {
            let surfaces = try await surfaces(place.workspace.id, connection)
            return surfaces.first { $0.id == handle.pane }?.isAlive == true ? .alive : .dead
        } catch let error as ReeveError where error.kind == .notFound {
            return .gone
        }
    }

    package func list() async throws -> [TerminalSession] {
        let connection = try current()
        let windows = try await windows(connection)
        var sessions: [TerminalSession] = []
        for workspace in try await workspaces(connection, windows) {
            guard let tag = workspace.tag else { continue }
            let surfaces: [CmuxSurface]
            do { surfaces = try await self.surfaces(workspace.id, connection) } catch let error as ReeveError
                where error.kind == .notFound
            { continue }
            let isShown = workspace.isSelected && windows.contains { $0.id == workspace.window && $0.isVisible }
            sessions.append(
                TerminalSession(
                    id: tag.id, name: tag.name,
                    handle: TerminalHandle(session: workspace.id, pane: surfaces.first?.id ?? "", epoch: connection.epoch),
                    // cmux does not tell how large a terminal is.
                    width: 0, height: 0, attached: isShown ? 1 : 0, panes: surfaces.count,
                    dead: !tag.isOf(epoch: connection.epoch) || surfaces.first?.isAlive != true, owner: tag.owner))
        }
        let present = Set(sessions.compactMap(\.id))
        logged.withLock { $0 = $0.filter { present.contains($0.key) } }
        return sessions
    }

    package func split(_ handle: TerminalHandle, id: SessionID, direction: SplitDirection) async throws -> TerminalPane {
        let connection = try await required(handle, id)
        let result = try await connection.link.told(
            .split(
                workspace: handle.session, surface: handle.pane, direction: direction == .horizontal ? "right" : "down"))
        do {
            return TerminalPane(id: try CmuxReadings.made("surface_id", in: result), width: 0, height: 0, active: false)
        } catch { throw error.error }
    }

    // MARK: Finding

    func windows(_ connection: Connection) async throws -> [CmuxWindow] {
        CmuxReadings.windows(try await connection.link.told(.windows))
    }

    /// Of all windows: a list without a window is that of the active one.
    func workspaces(_ connection: Connection, _ windows: [CmuxWindow]) async throws -> [CmuxWorkspace] {
        var all: [CmuxWorkspace] = []
        for window in windows {
            do {
                let result = try await connection.link.told(.workspaces(window: window.id))
                all += CmuxReadings.workspaces(result, window: window.id)
            } catch let error as ReeveError where error.kind == .notFound {
                // Closed while we looked.
            }
        }
        return all
    }

    func surfaces(_ workspace: String, _ connection: Connection) async throws -> [CmuxSurface] {
        CmuxReadings.surfaces(try await connection.link.told(.surfaceHealth(workspace: workspace)))
    }

    /// The workspace of this session: by its UUID if its tag is ours, else by its tag, for a restart of cmux makes the UUIDs
    /// anew.
    func place(_ handle: TerminalHandle, _ id: SessionID, _ connection: Connection) async throws -> Place? {
        let windows = try await windows(connection)
        let all = try await workspaces(connection, windows)
        let ours = all.filter { $0.tag?.id == id }
        guard let workspace = ours.first(where: { $0.id == handle.session }) ?? ours.first else { return nil }
        return Place(workspace, windows, all)
    }

    /// A connection, once the session is known to be there, ours, and of this life of cmux.
    func required(_ handle: TerminalHandle, _ id: SessionID) async throws -> Connection {
        let connection = try current()
        guard let place = try await place(handle, id, connection), place.workspace.id == handle.session,
            place.workspace.tag?.isOf(epoch: connection.epoch) == true
        else { throw gone(handle) }
        return connection
    }

    func gone(_ handle: TerminalHandle) -> ReeveError {
        ReeveError(.notFound, "the session is not there any more (workspace \(handle.session))")
    }
}

extension CmuxMultiplexer.Place {
    init(_ workspace: CmuxWorkspace, _ windows: [CmuxWindow], _ all: [CmuxWorkspace]) {
        self.init(
            workspace: workspace, windows: windows,
            siblings: all.filter { $0.window == workspace.window && $0.id != workspace.id })
    }
}
