import ReeveModel

/// What must hold between the steps of a type, and within one between its keys.
struct TypeRules {
    struct Complaint {
        var node: FileNode
        var message: String
        var hint: String?
    }

    let type: TicketType
    /// The keys of each step, in the order of `type.steps`.
    let steps: [[String: FileNode]]
    let nodes: [FileNode]
    let dialect: TypeDialect
    private(set) var complaints: [Complaint] = []
    private(set) var remarks: [Complaint] = []

    init(type: TicketType, steps: [[String: FileNode]], nodes: [FileNode], dialect: TypeDialect) {
        self.type = type
        self.steps = steps
        self.nodes = nodes
        self.dialect = dialect
    }

    mutating func check() {
        for (index, step) in type.steps.enumerated() {
            checkTargets(step, steps[index])
            checkEnds(step, steps[index], nodes[index])
            checkReview(step, steps[index])
        }
        guard complaints.isEmpty, Set(names).count == names.count, !names.contains("") else { return }
        checkCycles()
        checkReach()
    }

    private var names: [String] { type.steps.map(\.name) }

    private mutating func checkTargets(_ step: WorkflowStep, _ keys: [String: FileNode]) {
        if let node = keys["next_step"], let next = step.next {
            if !names.contains(next) { complainOfStep(next, node) }
            if step.isLast { complaints.append(Complaint(node: node, message: "the step is the last and has a next one")) }
        }
        if let target = step.onReject?.step, !names.contains(target), !step.name.isEmpty {
            complainOfStep(target, keys["on_reject"]?.member("goto_step") ?? keys["on_reject"])
        }
    }

    private mutating func complainOfStep(_ name: String, _ node: FileNode?) {
        guard let node else { return }
        complaints.append(
            Complaint(
                node: node, message: "no step '\(InertText.clean(String(name.prefix(64))))'",
                hint: NearestName.hint(name, in: names) ?? "the steps are \(names.joined(separator: ", "))"))
    }

    private mutating func checkEnds(_ step: WorkflowStep, _ keys: [String: FileNode], _ node: FileNode) {
        let patterns = keys["artifact_patterns"]
        var isEmpty = true
        if case .list(let items) = patterns?.value { isEmpty = items.isEmpty }
        if step.doneWhen.contains(.artifacts), isEmpty {
            complaints.append(
                Complaint(
                    node: keys["done_when"] ?? node, message: "'artifacts' without artifact_patterns",
                    hint: #"say which: artifact_patterns = ["plans/{{ id }}.md"]"#))
        }
        if let patterns, !isEmpty, !step.doneWhen.contains(.artifacts) {
            complaints.append(
                Complaint(node: patterns, message: "done_when leaves out 'artifacts'", hint: "add it, or leave the patterns out"))
        }
    }

    private mutating func checkReview(_ step: WorkflowStep, _ keys: [String: FileNode]) {
        if step.review == .visual, keys[dialect.visual] == nil, let node = keys[dialect.review] {
            complaints.append(
                Complaint(
                    node: node, message: "a visual review without '\(dialect.visual)'",
                    hint: dialect.isOperators
                        ? #""visual_config": {"url": "http://localhost:3000"}"# : #"visual = { url = "http://localhost:3000" }"#))
        }
        if let node = keys[dialect.visual], step.review != .visual, keys[dialect.review].map(isWord) ?? true {
            remarks.append(Complaint(node: node, message: "never used: the review is not 'visual'"))
        }
        if let node = keys["on_reject"], step.review == .none, keys[dialect.review].map(isWord) ?? true {
            remarks.append(Complaint(node: node, message: "never used: nobody reviews this step"))
        }
    }

    /// A review that could be read: otherwise that is what is wrong.
    private func isWord(_ node: FileNode) -> Bool {
        if case .text(let word) = node.value { WorkflowStep.Review(rawValue: word) != nil } else { false }
    }

    /// Steps that follow one another for ever, with every review approved.
    private mutating func checkCycles() {
        var known: Set<String> = []
        for start in type.steps where !known.contains(start.name) {
            var chain: [String] = []
            var step: WorkflowStep? = start
            while let current = step, !known.contains(current.name) {
                known.insert(current.name)
                chain.append(current.name)
                step = type.following(current)
            }
            guard let closing = step, let from = chain.firstIndex(of: closing.name) else { continue }
            let ring = (chain[from...] + [closing.name]).joined(separator: " → ")
            let index = names.firstIndex(of: chain[chain.count - 1]) ?? 0
            complaints.append(
                Complaint(
                    node: steps[index]["next_step"] ?? nodes[index], message: "this type never ends: \(ring)",
                    hint: "a way back is on_reject = { goto_step = \"…\" } of a step with a review"))
        }
    }

    /// Steps that nothing leads to.
    private mutating func checkReach() {
        var reached: Set<String> = []
        var open = type.steps.prefix(1).map { $0 }
        while let step = open.popLast() {
            guard reached.insert(step.name).inserted else { continue }
            if let next = type.following(step) { open.append(next) }
            if step.review != .none, let target = step.onReject.flatMap({ type.step($0.step) }) { open.append(target) }
        }
        for (index, step) in type.steps.enumerated() where !reached.contains(step.name) {
            remarks.append(Complaint(node: nodes[index], message: "no way leads to the step '\(step.name)'"))
        }
    }
}
