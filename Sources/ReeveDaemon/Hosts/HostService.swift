import ServiceLifecycle

/// Follows the connections of editors' windows, so that a window is off the list the moment it is closed.
struct HostService: Service {
    let desk: HostDesk
    /// The ids of registrations.
    let registered: AsyncStream<String>

    func run() async throws {
        await withDiscardingTaskGroup { group in
            for await id in registered.cancelOnGracefulShutdown() { group.addTask { await desk.follow(id) } }
            group.cancelAll()
        }
    }
}
