package import ReeveModel

extension EditorMultiplexer {
    /// Nothing but a window is needed. What of the editor is installed does not tell whether it has Reeve's extension.
    package func check() async -> MultiplexerCheck {
        let titles = titles
        return titles.isEmpty
            ? MultiplexerCheck(isInstalled: false, findings: [.fault(noWindow)])
            : MultiplexerCheck(isInstalled: true, findings: [.fine("connected: \(titles.joined(separator: "; "))")])
    }
}
