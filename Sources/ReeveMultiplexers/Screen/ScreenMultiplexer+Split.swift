package import ReeveModel

/// A second terminal beside the agent's: a window of the same server, in a region of its own.
extension ScreenMultiplexer {
    /// Most windows of a session that is split further: each has a part of 200 columns or 50 lines.
    private static let most = 8

    /// Whoever looks keeps the focus where it is, and sees it at once on one of their displays; others when they attach next. While nobody
    /// is there a display of ours does it.
    package func split(_ handle: TerminalHandle, id: SessionID, direction: SplitDirection) async throws -> TerminalPane {
        let pid = try await require(handle, id)
        try server.requireSocket(handle.session)
        let session = handle.session
        var isWatched = false
        if case .attached(let message) = try await ask(handle) {
            // The question for windows would take the only trace of it.
            guard !ScreenAnswers.tellsCopyMode(message) else { throw Self.scrolling }
            isWatched = true
        }
        let known = try await server.windows(session)
        guard known.count < Self.most else {
            throw ReeveError.conflict("screen: no space for another window in '\(session)'", hint: "close one of its windows")
        }
        let programs = Set(ProcessTable.children(pid))
        if isWatched {
            try await server.order(ScreenCommand.split(direction, fromAgent: false), in: session)
            try await settle(handle)
        } else {
            try await visit(session) { [server] in
                try await server.order(ScreenCommand.split(direction, fromAgent: true), in: session)
                _ = try await server.fence(session)
            }
        }
        // The window is there before its program is.
        for _ in 1...100 {
            if let fresh = ProcessTable.children(pid).first(where: { !programs.contains($0) }),
                let size = ProcessTable.terminalSize(fresh),
                let number = try await server.windows(session).subtracting(known).first
            {
                return TerminalPane(id: String(number), width: size.width, height: size.height, active: false)
            }
            try await server.time.sleep(for: .milliseconds(20))
        }
        throw ReeveError.unavailable("screen has opened no window beside the agent's", hint: "reeve attach shows what there is")
    }

    static let scrolling = ReeveError.conflict(
        "somebody is scrolling in this terminal (copy mode)", hint: "leave copy mode with q; nothing was sent")

    /// How many windows a session has: those whose programs live, and the keeper's, which stays.
    func panes(of server: Int, _ keeper: Int?) -> Int {
        let living = ProcessTable.children(server).count { child in
            ProcessTable.state(child).map { !["Z", "X"].contains($0) } ?? false
        }
        return max(1, living + (keeper == nil ? 1 : 0))
    }
}
