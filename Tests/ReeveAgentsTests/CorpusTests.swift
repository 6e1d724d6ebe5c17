import ReeveAgents
import ReeveJSON
import ReeveModel
import ReeveTestSupport
import Testing

/// Every case of the labelled corpus. It is data: a state that is shown wrongly gets a case there before it gets a repair here.
@Suite struct CorpusTests {
    @Test(arguments: CorpusCase.files.flatMap(CorpusCase.all))
    func `every labelled case has its label`(corpusCase: CorpusCase) async throws {
        try #require(!corpusCase.steps.isEmpty, "\(corpusCase.file).jsonl:\(corpusCase.line) cannot be read")
        try await Scratch.with { scratch in
            var world = CorpusWorld(kind: corpusCase.kind, scratch: scratch)
            for (index, step) in corpusCase.steps.enumerated() {
                try world.take(step)
                guard let expected = step.member("expect") else { continue }
                let faults = world.faults(expected)
                let place = "\(corpusCase.file).jsonl:\(corpusCase.line) step \(index + 1) of \(corpusCase.steps.count)"
                #expect(faults.isEmpty, "\(place): \(faults.joined(separator: "; "))\n\(world.explanation)")
            }
        }
    }

    @Test func `the corpus has its cases, each under a name of its own`() {
        let names = CorpusCase.files.flatMap(CorpusCase.all).map(\.name)
        #expect(names.count >= 600)
        #expect(Set(names).count == names.count)
    }
}

extension CorpusWorld {
    private func key(_ expected: JSONView) -> ThreadKey? {
        guard let id = expected.member("thread")?.string else { return touched ?? roster.newest }
        return find(id)
    }

    private func find(_ id: String) -> ThreadKey? { roster.keys.first { $0.id == id } }

    /// What is shown differently from the label.
    func faults(_ expected: JSONView) -> [String] {
        var faults: [String] = []
        if let id = expected.member("thread")?.string, find(id) == nil { faults.append("no thread \(id)") }
        faults += self.faults(key(expected), expected)
        for (id, label) in expected.member("threads").map({ $0.members.map { ($0.key, $0.value) } }) ?? [] {
            let key = find(id.string ?? "")
            if label.kind == .literalNull {
                if key != nil { faults.append("thread \(id.string ?? "") is a row of its own") }
                continue
            }
            faults += self.faults(key, label).map { "thread \(id.string ?? ""): \($0)" }
        }
        return faults
    }

    private func faults(_ key: ThreadKey?, _ expected: JSONView) -> [String] {
        let thread = key.flatMap { roster.knowledge(of: $0) }
        let verdict = thread?.verdict
        var faults: [String] = []
        func compare(_ name: String, _ actual: String?, _ label: JSONView) {
            let wanted = label.kind == .string ? label.string : String(decoding: label.raw, as: UTF8.self)
            if (actual ?? "null") != wanted { faults.append("\(name) is \(actual ?? "null") and not \(wanted ?? "null")") }
        }
        for (member, label) in expected.members {
            switch member.string ?? "" {
            case "state": compare("state", (verdict?.state ?? .unknown).rawValue, label)
            case "source": compare("source", (verdict?.source ?? .none).word, label)
            case "detail": compare("detail", verdict?.detail, label)
            case "guess": compare("guess", String(verdict?.isGuess ?? false), label)
            case "title": compare("title", thread?.title, label)
            case "prompt": compare("prompt", thread?.prompt, label)
            case "cwd": compare("cwd", thread?.directory, label)
            case "unseen": compare("unseen", String(verdict?.isUnseen ?? false), label)
            case "background": compare("background", String(verdict?.hasBackground ?? false), label)
            case "subagents": compare("subagents", String(verdict?.subagents ?? 0), label)
            case "skipped": compare("skipped", String(skipped), label)
            case "pane": compare("pane", key.flatMap { bindings[$0]?.pane?.id }, label)
            case "maybe":
                var panes: [String] = []
                if let key, case .maybe(let maybe) = bindings[key] { panes = maybe.map(\.id) }
                let wanted = label.items.compactMap(\.string)
                if Set(panes) != Set(wanted) { faults.append("maybe is \(panes) and not \(wanted)") }
            case "thread", "threads": break
            case let other: faults.append("the label has an unknown member \(other)")
            }
        }
        return faults
    }

    /// Every thread with every source, for a case that fails.
    var explanation: String {
        roster.keys.compactMap { roster.knowledge(of: $0)?.explanation(now: now) }.map { thread in
            let lines = thread.lines.map { line in
                let detail = line.evidence.detail.map { " (\($0))" } ?? ""
                return "    \(line.evidence.source.word): \(line.evidence.state.rawValue)\(detail) by \(line.evidence.rule) "
                    + "'\(line.evidence.matched)' age \(line.age)\(line.outranked.map { ", outranked: \($0)" } ?? "")"
            }
            return "  \(thread.key.kind) \(thread.key.id): \(thread.verdict.state.rawValue)\n" + lines.joined(separator: "\n")
        }.joined(separator: "\n")
    }
}
