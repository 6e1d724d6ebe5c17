/// Who may have the process's file descriptors. What connections cannot have is left for launching, committing and logging, so that a
/// crowd of clients stops none of these.
enum DescriptorBudget {
    /// As many as are worth their memory.
    static let mostConnections = 10_000
    /// Even where descriptors are scarce somebody must be able to ask why.
    static let fewestConnections = 16

    /// - Parameters:
    ///   - limit: of the process.
    ///   - agents: that may be at work together. Each costs a descriptor for its keeper, and some more for a moment when it is launched;
    ///     the daemon itself has about forty.
    static func connections(limit: Int, agents: Int) -> Int {
        let reserve = max(200, 100 + 2 * agents)
        return max(fewestConnections, min(mostConnections, limit - reserve))
    }
}
