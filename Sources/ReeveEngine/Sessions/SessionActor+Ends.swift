package import ReeveModel

/// How sessions without a ticket end, and their programs, for whoever waits for it.
extension SessionActor {
    /// Of one that did not come about something was still there when the daemon ended.
    static func isFailed(_ launch: Launch?) -> Bool { if case .refused? = launch?.state { true } else { false } }

    /// What is left of a session that did not come about goes once the multiplexer answers and the disk takes it. Until then its name is not
    /// free: of two open ones of one name the next daemon would know one.
    func discard(_ session: SessionRecord, _ launch: Launch) async {
        while !Task.isCancelled, own[session.name]?.id == session.id {
            do {
                // First, so that the next daemon does not take it for one that is wanted. Not its session: somebody else may be writing down
                // that it is over.
                try? await journal.enqueue([.putLaunch(launch)]).value()
                try await backends.destroy(session)
                return try await closed(session, nil)
            } catch {
                try? await time.sleep(for: .seconds(1))
            }
        }
    }

    /// Waits for the program of a session of ours to end.
    /// - Returns: how it ended; nil when that is not known: the session is gone, or there is none.
    package func end(of name: SessionName) async -> Exit? {
        guard let session = own[name] else { return nil }
        return await end(of: session.id)
    }

    package func end(of id: SessionID) async -> Exit? {
        guard let session = open(id.text), !isAdopted(session), let launch = launches[id] else { return nil }
        while !Task.isCancelled {
            // Asked after the news are listened to: nothing falls between the two.
            let news = keepers.events(of: id)
            switch try? await keepers.inspect(launch.id, in: id) {
            case .ended(let exit): return exit
            case .lost, .neverStarted, .refused, .occupied, .unwritten: return nil
            case .running, nil: break
            }
            listening: for await event in news {
                switch event {
                case .ended(launch.id, let exit): return exit
                case .gone: break listening
                default: break
                }
            }
            // The connection may be all that has gone; the keeper goes on.
            guard await keepers.isAlive(id) else {
                if case .ended(let exit)? = try? await keepers.inspect(launch.id, in: id) { return exit }
                return nil
            }
            try? await keepers.await(id)
        }
        return nil
    }
}
