import ReeveModel
import Testing

/// The rows of the tables are in the corpus; here is what it takes several threads or odd tables to show.
@Suite struct ThreadBindingTests {
    private let processes: [Int: ThreadProcess]? = nil

    private func pane(_ id: String, _ directory: String, pid: Int? = nil, tty: String? = nil) -> ThreadPane {
        ThreadPane(id: id, session: "s\(id)", pid: pid, tty: tty, directory: directory, socket: "/s")
    }

    private func thread(_ id: String, _ directory: String, pane: String? = nil, process: Int? = nil, grown: Int64 = 0)
        -> ThreadBinding.Candidate
    {
        ThreadBinding.Candidate(
            key: ThreadKey(kind: "claude", id: id), place: ThreadPlace(pane: pane, socket: pane == nil ? nil : "/s"),
            process: process,
            directory: directory, lastGrowth: Timestamp(milliseconds: grown))
    }

    private func bind(_ threads: [ThreadBinding.Candidate], _ panes: [ThreadPane], _ table: [ThreadProcess]? = nil) -> [String:
        ThreadBinding]
    {
        let processes = table.map { Dictionary(uniqueKeysWithValues: $0.map { ($0.pid, $0) }) }
        let bound = ThreadBinding.bind(threads, panes: panes, processes: processes)
        return Dictionary(uniqueKeysWithValues: bound.map { ($0.key.id, $0.value) })
    }

    @Test func `two threads that only a directory leads to one pane are both a maybe`() {
        let pane = pane("%1", "/w")
        let bound = bind([thread("a", "/w"), thread("b", "/w")], [pane])
        #expect(bound == ["a": .maybe([pane]), "b": .maybe([pane])])
    }

    @Test func `a pane that is known to be one thread's is no other's`() {
        let (first, second) = (pane("%1", "/w"), pane("%2", "/w"))
        let bound = bind([thread("a", "/w", pane: "%1"), thread("b", "/w")], [first, second])
        #expect(bound == ["a": .bound(first, by: .pane), "b": .bound(second, by: .directory)])
    }

    @Test func `of two threads that named one pane the later is in it`() {
        let pane = pane("%1", "/w")
        let bound = bind([thread("old", "/w", pane: "%1", grown: 1), thread("new", "/w", pane: "%1", grown: 2)], [pane])
        #expect(bound == ["old": ThreadBinding.none, "new": .bound(pane, by: .pane)])
    }

    @Test func `a table of processes that goes in a circle ends`() {
        let circle = [
            ThreadProcess(pid: 5, parent: 6, start: nil, kind: "claude", tty: nil, isForeground: true),
            ThreadProcess(pid: 6, parent: 5, start: nil, kind: nil, tty: nil, isForeground: true),
        ]
        #expect(bind([thread("a", "/w", process: 5)], [pane("%1", "/w", pid: 9)], circle) == ["a": ThreadBinding.none])
    }

    @Test func `the agent's own pane is its ancestor when it was started without a shell`() {
        let pane = pane("%1", "/", pid: 5)
        let agent = ThreadProcess(pid: 5, parent: 1, start: nil, kind: "claude", tty: "/dev/pts/1", isForeground: true)
        #expect(bind([thread("a", "/w", process: 5)], [pane], [agent]) == ["a": .bound(pane, by: .ancestry)])
    }

    @Test func `a thread without a directory and without a process is in no pane`() {
        var thread = thread("a", "/w")
        thread.directory = nil
        #expect(bind([thread], [pane("%1", "/w")]) == ["a": ThreadBinding.none])
    }
}
