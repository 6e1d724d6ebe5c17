import ReeveModel

/// Makes a type of a file's values and collects what is wrong with them. What holds between steps is `TypeRules`.
struct TypeReader {
    let file: String
    let dialect: TypeDialect
    private(set) var faults: [TypeFault] = []
    private(set) var notes: [TypeFault] = []
    private(set) var name: String?

    static let mostSteps = 64

    init(file: String, dialect: TypeDialect) {
        self.file = file
        self.dialect = dialect
    }

    mutating func read(_ root: FileNode) -> TicketType? {
        guard case .table = root.value else {
            refuse(root, "expected a table, found \(root.kindName)")
            return nil
        }
        let keys = members(of: root, known: dialect.typeKeys, idle: dialect.idleTypeKeys)
        name = keys[dialect.name].flatMap { word($0, SafeName.isValid, SafeName.rule) }
        if keys[dialect.name] == nil { missing(dialect.name, in: root) }
        let title = keys[dialect.title].flatMap { line($0) }
        let mode = keys["mode"].flatMap { one(of: TicketType.Mode.self, $0) } ?? .autonomous
        let agent = keys["agent"].flatMap { agentName($0) }
        let fields = keys["fields"].map { self.fields($0) } ?? []
        let steps = keys["steps"].map { self.steps($0) } ?? []
        if keys["steps"] == nil { missing("steps", in: root) }

        let names = PromptNames(steps: steps.map(\.step.name).filter { !$0.isEmpty }, fields: fields)
        let preamble = dialect.isOperators ? keys["prompt"].flatMap { template($0, names) } : nil
        var result = TicketType(
            name: name ?? "", title: title ?? name ?? "", mode: mode, agent: agent, steps: [], fields: fields, origin: file)
        for (index, read) in steps.enumerated() {
            var step = read.step
            readTexts(&step, read.keys, names)
            if dialect.isOperators {
                step.prompt = OperatorPrompt.whole(step.prompt, preamble: preamble, names)
                // There a step that names no next one is the last, wherever it stands.
                step.isLast = step.next == nil && read.keys["next_step"] == nil && index + 1 < steps.count
            }
            result.steps.append(step)
        }
        var rules = TypeRules(type: result, steps: steps.map(\.keys), nodes: steps.map(\.node), dialect: dialect)
        rules.check()
        for complaint in rules.complaints { refuse(complaint.node, complaint.message, complaint.hint) }
        for remark in rules.remarks { note(remark.node, remark.message) }
        return result
    }

    // MARK: Steps

    private struct ReadStep {
        var step: WorkflowStep
        var keys: [String: FileNode]
        var node: FileNode
    }

    private mutating func steps(_ node: FileNode) -> [ReadStep] {
        guard case .list(let items) = node.value else {
            refuse(
                node, "expected a list of tables, found \(node.kindName)",
                dialect.isOperators ? nil : "write [[steps]] above each")
            return []
        }
        if items.isEmpty { refuse(node, "a type without steps", "one step is enough: name and prompt") }
        if items.count > Self.mostSteps { refuse(node, "\(items.count) steps; at most \(Self.mostSteps) make a type") }
        var seen: Set<String> = []
        var result: [ReadStep] = []
        for item in items.prefix(Self.mostSteps) {
            guard case .table = item.value else {
                refuse(item, "expected a table, found \(item.kindName)")
                continue
            }
            let keys = members(of: item, known: dialect.stepKeys, idle: dialect.idleStepKeys)
            var step = WorkflowStep(name: "", prompt: "")
            if let name = keys["name"] {
                step.name = word(name, Self.isStepName, Self.stepNameRule) ?? ""
                if !step.name.isEmpty, !seen.insert(step.name).inserted {
                    refuse(name, "a second step '\(step.name)'", "each step needs a name of its own")
                }
            } else {
                missing("name", in: item)
            }
            readWords(&step, keys)
            result.append(ReadStep(step: step, keys: keys, node: item))
        }
        return result
    }

    private mutating func readWords(_ step: inout WorkflowStep, _ keys: [String: FileNode]) {
        step.title = keys[dialect.stepTitle].flatMap { line($0) } ?? step.name
        step.agent = keys["agent"].flatMap { agentName($0) }
        step.review = keys[dialect.review].flatMap { review($0) } ?? .none
        step.next = keys["next_step"].flatMap { text($0) }
        step.isLast = !dialect.isOperators && (keys["last"].flatMap { flag($0) } ?? false)
        step.outputs = keys["outputs"].map { list($0) { reader, item in reader.one(of: TypeKey.outputs, item) } } ?? []
        step.allowedTools = keys["allowed_tools"].map { list($0) { reader, item in reader.line(item) } } ?? []
        step.permissionMode = keys["permission_mode"].flatMap { one(of: WorkflowStep.PermissionMode.self, $0) } ?? .standard
        if let kind = keys["type"], let word = one(of: TypeDialect.operatorsStepTypes, kind), word != "task" {
            note(kind, "Reeve has no '\(word)' steps: it is a plain step here, for one agent")
        }
        readEnds(&step, keys)
    }

    private mutating func readEnds(_ step: inout WorkflowStep, _ keys: [String: FileNode]) {
        if let node = keys["done_when"], !dialect.isOperators {
            let words: [WorkflowStep.DoneWhen]
            if case .list = node.value {
                words = list(node) { reader, item in reader.one(of: WorkflowStep.DoneWhen.self, item) }
                if case .list(let items) = node.value, items.isEmpty { refuse(node, "a step that nothing ends") }
            } else {
                words = one(of: WorkflowStep.DoneWhen.self, node).map { [$0] } ?? []
            }
            if !words.isEmpty { step.doneWhen = Set(words) }
        }
        // Their templates are read with the others'; that there are any decides what ends the step.
        if let node = keys["artifact_patterns"], case .list(let items) = node.value, !items.isEmpty, keys["done_when"] == nil {
            step.doneWhen.insert(.artifacts)
        }
    }

    private mutating func readTexts(_ step: inout WorkflowStep, _ keys: [String: FileNode], _ names: PromptNames) {
        if let node = keys["prompt"] {
            step.prompt = template(node, names) ?? ""
        } else if let node = keys["name"] {
            refuse(node, "the step has no prompt", #"prompt = "{{ prompt }}" gives the agent the ticket's own words"#)
        }
        step.artifacts = keys["artifact_patterns"].map { list($0) { reader, item in reader.artifact(item, names) } } ?? []
        if let node = keys["on_reject"], let members = table(node, known: TypeKey.ofRejection) {
            let target = members["goto_step"].flatMap { text($0) } ?? step.name
            step.onReject = WorkflowStep.Rejection(step: target, prompt: members["prompt"].flatMap { template($0, names) })
        }
        if let node = keys[dialect.visual], let members = table(node, known: dialect.visualKeys) {
            step.visual = visual(node, members, names)
        }
    }

    private mutating func visual(
        _ node: FileNode, _ members: [String: FileNode], _ names: PromptNames
    ) -> WorkflowStep.Visual? {
        guard let address = members["url"] else {
            missing("url", in: node)
            return nil
        }
        let url = template(address, names.words)
        if let url, !url.hasPrefix("http://"), !url.hasPrefix("https://") {
            refuse(address, "no address of a web page", "begin it with http:// or https://")
        }
        let command = members["startup_command"].flatMap { text($0) } ?? ""
        if command.contains("\0") || command.contains(where: \.isNewline) {
            refuse(members["startup_command"] ?? node, "a command of more than one line", "put it into a script")
        }
        return WorkflowStep.Visual(
            command: command, url: url ?? "", timeout: members[dialect.timeout].flatMap { duration($0) } ?? .seconds(30))
    }

    // MARK: Fields

    private mutating func fields(_ node: FileNode) -> [String] {
        list(node) { reader, item in
            guard reader.dialect.isOperators else { return reader.word(item, Self.isFieldName, Self.fieldNameRule) }
            guard case .table = item.value, let name = item.member("name") else {
                reader.refuse(item, "a field without a name")
                return nil
            }
            return reader.word(name, Self.isFieldName, Self.fieldNameRule)
        }
    }

    // MARK: Tables

    /// Members by key, without null; unknown and repeated ones are faults, idle ones notes.
    private mutating func members(of node: FileNode, known: [String], idle: Set<String> = []) -> [String: FileNode] {
        var result: [String: FileNode] = [:]
        var seen: Set<String> = []
        for (key, member) in node.members {
            guard seen.insert(key).inserted else {
                refuse(member, "it is there twice")
                continue
            }
            if dialect.isOperators, member.isNull { continue }
            if known.contains(key) {
                result[key] = member
            } else if idle.contains(key) {
                note(member, "of Operator; without effect here")
            } else {
                refuse(member, "unknown key", NearestName.hint(key, in: known) ?? "known: \(known.joined(separator: ", "))")
            }
        }
        return result
    }

    private mutating func table(_ node: FileNode, known: [String]) -> [String: FileNode]? {
        guard case .table = node.value else {
            refuse(node, "expected a table with \(known.joined(separator: ", ")), found \(node.kindName)")
            return nil
        }
        return members(of: node, known: known)
    }

    private mutating func list<Item>(_ node: FileNode, _ item: (inout TypeReader, FileNode) -> Item?) -> [Item] {
        guard case .list(let items) = node.value else {
            refuse(node, "expected a list, found \(node.kindName)")
            return []
        }
        return items.compactMap { item(&self, $0) }
    }

    // MARK: Values

    private mutating func text(_ node: FileNode) -> String? {
        guard case .text(let text) = node.value else {
            refuse(node, "expected a string, found \(node.kindName)")
            return nil
        }
        guard !text.utf8.contains(0) else {
            refuse(node, "a NUL character")
            return nil
        }
        return text
    }

    /// A text that is shown in one line.
    private mutating func line(_ node: FileNode) -> String? {
        guard let text = text(node) else { return nil }
        guard !text.unicodeScalars.contains(where: { InertText.isActive($0) }) else {
            refuse(node, "control characters or line breaks")
            return nil
        }
        return text
    }

    private mutating func flag(_ node: FileNode) -> Bool? {
        guard case .flag(let flag) = node.value else {
            refuse(node, "expected true or false, found \(node.kindName)")
            return nil
        }
        return flag
    }

    private mutating func duration(_ node: FileNode) -> Duration? {
        if dialect.isOperators {
            guard case .integer(let seconds) = node.value, (1...86_400).contains(seconds) else {
                refuse(node, "expected seconds, 1 to 86400")
                return nil
            }
            return .seconds(seconds)
        }
        guard let text = text(node) else { return nil }
        guard let duration = DurationText.parse(text), duration > .zero else {
            refuse(node, "'\(shown(text))' is no duration", #"write a number and a unit: "30s", "2m""#)
            return nil
        }
        return duration
    }

    private mutating func agentName(_ node: FileNode) -> String? { word(node, SafeName.isValid, SafeName.rule) }

    private mutating func word(_ node: FileNode, _ isValid: (String) -> Bool, _ rule: String) -> String? {
        guard let text = text(node) else { return nil }
        guard isValid(text) else {
            refuse(node, "'\(shown(text))' cannot be a name", rule)
            return nil
        }
        return text
    }

    private mutating func one(of words: [String], _ node: FileNode) -> String? {
        guard let text = text(node) else { return nil }
        guard words.contains(text) else {
            refuse(node, "'\(shown(text))' is none of \(words.joined(separator: ", "))", NearestName.hint(text, in: words))
            return nil
        }
        return text
    }

    private mutating func one<Word: CaseIterable & RawRepresentable<String>>(of type: Word.Type, _ node: FileNode) -> Word? {
        one(of: type.allCases.map(\.rawValue), node).flatMap { Word(rawValue: $0) }
    }

    private mutating func review(_ node: FileNode) -> WorkflowStep.Review? {
        if dialect.isOperators, case .text("proof") = node.value {
            refuse(node, "Reeve has no 'proof' reviews", "a plan review asks a person")
            return nil
        }
        return one(of: WorkflowStep.Review.self, node)
    }

    private mutating func template(_ node: FileNode, _ names: PromptNames) -> String? {
        guard let text = text(node) else { return nil }
        do throws(PromptTemplate.Fault) {
            _ = try PromptTemplate(text.trimmingLastNewlines, names: names)
        } catch {
            let isInFile = node.textLine != nil
            let place = isInFile || !text.contains(where: \.isNewline) ? "" : "line \(error.line) of the text: "
            faults.append(
                TypeFault(
                    file: file, line: node.textLine.map { $0 + error.line - 1 } ?? node.line, path: node.path,
                    message: place + error.message, hint: error.hint))
            return nil
        }
        guard text.contains(where: { !$0.isWhitespace }) else {
            refuse(node, "an empty text")
            return nil
        }
        return text
    }

    private mutating func artifact(_ node: FileNode, _ names: PromptNames) -> String? {
        guard let text = template(node, names.words) else { return nil }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard !text.hasPrefix("/"), !text.hasPrefix("~"), !parts.contains(".."), !text.contains(where: \.isNewline) else {
            refuse(node, "not below the ticket's directory", "write it without / or ~ before it and without ..")
            return nil
        }
        return text
    }

    // MARK: Names

    static func isStepName(_ text: String) -> Bool { SafeName.isValid(text) && !text.contains(".") }
    static let stepNameRule = "1 to 64 of A-Z a-z 0-9 _ -, not starting with -"

    private static func isFieldName(_ text: String) -> Bool {
        isStepName(text) && text != "steps" && text != "this" && text != "else"
    }
    private static let fieldNameRule = "\(stepNameRule); not 'steps', 'this' or 'else'"

    // MARK: Complaints

    private func shown(_ text: String) -> String { InertText.clean(String(text.prefix(64))) }

    private mutating func missing(_ key: String, in node: FileNode) {
        let path = node.path.isEmpty ? key : "\(node.path).\(key)"
        faults.append(TypeFault(file: file, line: node.line, path: path, message: "is missing"))
    }

    private mutating func refuse(_ node: FileNode, _ message: String, _ hint: String? = nil) {
        faults.append(TypeFault(file: file, line: node.line, path: node.path, message: message, hint: hint))
    }

    private mutating func note(_ node: FileNode, _ message: String) {
        notes.append(TypeFault(file: file, line: node.line, path: node.path, message: message))
    }
}
