import Testing

/// How the suite's columns come into the documents.
@Suite struct ConformanceReportTests {
    private let empty = """
        Before.

        <!-- conformance: made by the suite, see CONTRIBUTING.md -->
        <!-- end of conformance -->
        After.
        """

    private func report(_ column: String, of backend: String, _ outcomes: [(String, ConformanceReport.Outcome)])
        -> ConformanceReport
    {
        ConformanceReport(backend: backend, column: column, outcomes: outcomes.map { (name: $0.0, outcome: $0.1) })
    }

    private func table(_ document: String) -> [Substring] { document.split(separator: "\n").filter { $0.hasPrefix("|") } }

    @Test func `a backend with one way in has one column of its name`() throws {
        let made = report("tmux", of: "tmux", [("it works", .passed), ("it rings", .lacks("no bell")), ("it ends", .failed)])
        let document = try made.written(into: empty)
        #expect(
            table(document) == [
                "| Case | tmux |", "|---|---|", "| it works | yes |", "| it rings | no: no bell |", "| it ends | FAILS |",
            ])
        #expect(document.hasPrefix("Before.\n") && document.hasSuffix("\nAfter."))
        #expect(try made.written(into: document) == document)
    }

    @Test func `of two columns each is written without a change to the other`() throws {
        let first = report("by its socket", of: "cmux", [("it works", .passed), ("it splits", .notAsked("no sizes"))])
        let second = report("by its command line", of: "cmux", [("it works", .passed), ("it splits", .failed)])
        let one = try first.written(into: empty)
        #expect(table(one).last == "| it splits | not asked: no sizes | not run |")
        let both = try second.written(into: one)
        #expect(
            table(both) == [
                "| Case | by its socket | by its command line |", "|---|---|---|", "| it works | yes | yes |",
                "| it splits | not asked: no sizes | FAILS |",
            ])
        #expect(try first.written(into: both) == both)
        // The order in which they are run does not matter.
        #expect(try first.written(into: second.written(into: empty)) == both)
    }

    @Test func `a case that is new is not run in the other column until it is, and one that has gone is gone`() throws {
        let before = report("by its socket", of: "cmux", [("old", .passed)])
        let after = report("by its command line", of: "cmux", [("new", .passed)])
        let document = try after.written(into: before.written(into: empty))
        #expect(table(document).dropFirst(2) == ["| new | not run | yes |"])
    }
}
