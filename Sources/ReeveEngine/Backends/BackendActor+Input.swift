import Logging
package import ReeveModel

/// What goes into terminals, one sender at a time in each.
extension BackendActor {
    /// Returns when nothing that was typed for an earlier program of this session is under way any more: it would reach the next one.
    package func settleInput(_ session: SessionRecord) async throws {
        await takeTurn(session.id)
        defer { turns.give(session.id) }
        guard unsettled.contains(session.id), let handle = session.handle else { return }
        // Answered in the order of asking, so what was asked before has been carried out or never will be.
        _ = try await multiplexer.exists(handle, id: session.id)
        unsettled.remove(session.id)
    }

    /// Types `text`, then Enter as a key of its own after `delay`, and returns once both are seen to have arrived.
    ///
    /// - Parameters:
    ///   - launch: whom it is for: nothing is sent to what comes after it in the same terminal. Nil: a session without a keeper, of which only
    ///     the screen is known.
    ///   - claim: a name for this input. What has gone into the terminal under it, by this daemon or one before it, does not go in again.
    package func deliver(
        _ text: String, enter: Bool, delay: Duration, to session: SessionRecord, launch: LaunchID?, claim: String? = nil
    ) async throws -> Evidence {
        let handle = try handle(session)
        return try await typing(in: session.id) { try await type(text, enter, delay, claim, handle, session, launch) }
    }

    /// The claim of an Enter, after that of its text.
    private static func entered(_ claim: String) -> String { "\(claim) entered" }

    /// Alone in a session; what was typed is settled when all of it has been answered for.
    private func typing<Outcome>(in session: SessionID, _ body: () async throws -> Outcome) async throws -> Outcome {
        await takeTurn(session)
        defer { turns.give(session) }
        unsettled.insert(session)
        let outcome = try await body()
        unsettled.remove(session)
        return outcome
    }

    private func type(
        _ text: String, _ enter: Bool, _ delay: Duration, _ claim: String?, _ handle: TerminalHandle, _ session: SessionRecord,
        _ launch: LaunchID?
    ) async throws -> Evidence {
        var evidence = Evidence.read
        let claimed = claim == nil ? nil : try await multiplexer.claim(handle, id: session.id)
        if let claim, claimed == Self.entered(claim) { return .claim }
        if claim != nil, claimed == claim {
            evidence = .screen
        } else if !text.isEmpty {
            let before = try await look(handle, session.id)
            // The last thing before it: an agent may end while its screen is looked at.
            try await requireRunning(launch, in: session)
            try await multiplexer.send(text, to: handle, id: session.id, claim: claim)
            let seen = try await arrival(handle, session.id, before, patience, hasKeeper: launch != nil)
            guard seen.isRead else { throw Self.unread }
            evidence = seen.isShown ? .screen : .read
        }
        guard enter else { return evidence }
        try await time.sleep(for: delay)
        // An agent that takes a quick Enter for part of a paste gets it again; the text never.
        for attempt in 1...3 {
            let before = try await look(handle, session.id)
            try await requireRunning(launch, in: session)
            try await multiplexer.press(.enter, in: handle, id: session.id, claim: claim.map(Self.entered))
            let seen = try await arrival(
                handle, session.id, before, attempt == 3 ? patience : .milliseconds(700), wantsScreen: evidence == .screen,
                hasKeeper: launch != nil)
            if seen.isRead, seen.isShown || evidence == .read { return evidence }
            // What nobody reads is not typed again: it would all arrive one day. Nor has a program that shows nothing of what it reads
            // any use for a further Enter.
            guard seen.isRead else { throw Self.unread }
            if evidence == .read { break }
        }
        throw ReeveError(
            .timeout, "the text was typed, but Enter changed nothing on the screen", hint: "reeve preview shows the screen")
    }

    private static let unread = ReeveError(
        .timeout, "the text is in the terminal's queue and nothing has read it",
        hint: "reeve preview shows the screen; do not send it again")

    /// - Parameter resumes: a launch stopped by Ctrl+Z is continued first; otherwise it is a conflict.
    package func press(
        _ keys: [KeyInput], delay: Duration, in session: SessionRecord, launch: LaunchID?, resumes: Bool = false
    ) async throws {
        let handle = try handle(session)
        try await typing(in: session.id) {
            var typed = false
            for key in keys {
                switch key {
                case .text(let text):
                    try await requireRunning(launch, in: session, resumes: resumes)
                    try await multiplexer.send(text, to: handle, id: session.id)
                    typed = true
                case .key(let key):
                    if typed { try await time.sleep(for: delay) }
                    try await requireRunning(launch, in: session, resumes: resumes)
                    try await multiplexer.press(key, in: handle, id: session.id)
                    typed = false
                }
            }
        }
    }

    /// Waits until the screen has come to rest: two equal looks that are not empty.
    package func awaitQuiet(_ session: SessionRecord, within limit: Duration) async throws {
        let handle = try handle(session)
        guard capabilities.contains(.capture) else {
            // Nobody can see when it is ready; what is typed too early stands in the terminal's queue until it reads.
            return try await time.sleep(for: min(limit, Self.blindWait))
        }
        let deadline = time.uptime() + limit
        var last = ""
        while time.uptime() < deadline {
            let now = try await look(handle, session.id)
            if now == last, now.contains(where: { !$0.isWhitespace && !$0.isNumber && $0 != "," }) { return }
            last = now
            try await time.sleep(for: .milliseconds(300))
        }
        throw ReeveError(.timeout, "the agent's screen has not come to rest")
    }

    /// How long an agent gets to come up where its screen cannot be seen.
    private static let blindWait = Duration.seconds(2)

    /// What the terminal shows; nothing, always the same, where that cannot be seen.
    private func look(_ handle: TerminalHandle, _ id: SessionID) async throws -> String {
        capabilities.contains(.capture) ? try await multiplexer.fingerprint(handle, id: id) : ""
    }

    /// What could be seen of some input: that the screen changed, and that a program took it out of the terminal's queue. Neither is enough
    /// alone: a terminal echoes what nobody reads, and a busy screen changes anyway.
    private struct Arrival {
        var isShown = false
        var isRead = false
    }

    private func arrival(
        _ handle: TerminalHandle, _ id: SessionID, _ before: String, _ limit: Duration, wantsScreen: Bool = false,
        hasKeeper: Bool
    ) async throws -> Arrival {
        let deadline = time.uptime() + limit
        var pause = Duration.milliseconds(4)
        var looks = 0
        var seen = Arrival()
        while true {
            if !seen.isShown { seen.isShown = try await look(handle, id) != before }
            seen.isRead = hasKeeper ? try await keepers.inputConsumed(in: id) : seen.isShown
            looks += 1
            // The screen is the better witness, so it gets a moment before the queue's word is taken alone.
            if seen.isRead, seen.isShown || (!wantsScreen && looks > 4) { return seen }
            guard time.uptime() < deadline else { return seen }
            try await time.sleep(for: pause)
            pause = min(pause * 2, .milliseconds(50))
        }
    }

    /// A terminal outlives its programs: what is typed after the end of one would reach the next, or a shell.
    private func requireRunning(_ launch: LaunchID?, in session: SessionRecord, resumes: Bool = false) async throws {
        guard let launch else { return }
        switch try await keepers.inspect(launch, in: session.id) {
        case .running(_, stopped: false): return
        case .running where resumes: try await keepers.signal(launch, .resume, in: session.id)
        case .running:
            throw ReeveError.conflict(
                "the program is stopped (Ctrl+Z)", hint: "reeve continue lets an agent go on; nothing was sent")
        case .neverStarted, .ended, .refused, .occupied, .unwritten, .lost:
            throw ReeveError.conflict("the program has ended", hint: "nothing was sent")
        }
    }

    private func takeTurn(_ session: SessionID) async {
        if turns.tryTake(session) { return }
        await withCheckedContinuation { turns.wait(session, $0) }
    }
}
