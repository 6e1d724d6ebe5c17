import ReeveModel
import Testing

@testable import ReeveTickets

/// A folder and a journal in memory: what `FolderReconciler` asks for can be carried out on them.
struct FolderWorld {
    var files: [String: [UInt8]] = [:]
    var unsettled: Set<String> = []
    var tickets: [TicketID: KnownTicket] = [:]
    private var next = 0

    static func path(_ place: TicketPlace, _ name: String) -> String { "\(place.rawValue)/\(name)" }

    static func place(_ path: String) -> (TicketPlace, String) {
        let parts = path.split(separator: "/", maxSplits: 1).map(String.init)
        return (TicketPlace(rawValue: parts[0]) ?? .queue, parts[1])
    }

    mutating func write(_ path: String, _ text: String) { files[path] = Array(text.utf8) }

    func text(_ path: String) -> String? { files[path].map { String(decoding: $0, as: UTF8.self) } }

    /// A file that is the ticket's.
    mutating func add(_ id: String, _ state: TicketState, _ path: String, _ text: String? = nil) throws {
        let id = try #require(TicketID(id))
        write(path, text ?? "---\nid: \(id)\nstatus: \(state.fileStatus)\n---\nDo \(id)\n")
        let (place, name) = Self.place(path)
        let file = try TicketFile.parse(files[path] ?? [], name: name)
        tickets[id] = KnownTicket(
            id: id, state: state,
            file: FileMemory(place: place, name: name, mark: ContentMark(of: files[path] ?? []), sense: file.sense))
    }

    mutating func move(_ path: String, _ target: String) { files[target] = files.removeValue(forKey: path) }

    var found: [FoundFile] {
        files.map { path, bytes in
            let (place, name) = Self.place(path)
            if unsettled.contains(path) { return FoundFile(place: place, name: name, content: .unsettled) }
            do throws(TicketFault) {
                return FoundFile(
                    place: place, name: name, content: .ticket(try TicketFile.parse(bytes, name: name), ContentMark(of: bytes)))
            } catch {
                return FoundFile(place: place, name: name, content: .wrong(error))
            }
        }
    }

    var plan: FolderReconciler.Plan { FolderReconciler.plan(known: Array(tickets.values), found: found) }

    /// Looks and carries out, until there is nothing to do.
    mutating func settle() throws -> [FolderReport] {
        var reports = FolderReports()
        var told: [FolderReport] = []
        for _ in 0..<6 {
            let plan = plan
            told += reports.update(plan.reports).new
            if plan.actions.isEmpty { return told }
            for action in plan.actions { try carryOut(action) }
        }
        Issue.record("never at rest: \(plan.actions)")
        return told
    }

    private mutating func carryOut(_ action: FolderAction) throws {
        switch action {
        case .take(let file, let memory):
            if file.id == nil { next += 1 }
            let id = try #require(file.id ?? TicketID("NEW-\(next)"))
            #expect(tickets[id] == nil)
            tickets[id] = KnownTicket(id: id, state: .queued, file: memory)
        case .update(let id, _, let memory), .remember(let id, let memory):
            #expect(tickets[id] != nil)
            tickets[id]?.file = memory
        case .settle(let id, let place, let name, let mark, let target, let changes):
            let from = Self.path(place, name)
            let removed = files.removeValue(forKey: from)
            let bytes = try #require(removed)
            #expect(ContentMark(of: bytes) == mark)
            let edited = try FrontMatterEdit.apply(changes, to: bytes)
            var final = name
            while files[Self.path(target, final)] != nil { final = "2-" + final }
            files[Self.path(target, final)] = edited
            let memory = try #require(tickets[id]?.file)
            let isKnown = try TicketFile.parse(bytes, name: name).sense == memory.sense
            tickets[id]?.file = FileMemory(
                place: target, name: final, mark: ContentMark(of: edited),
                sense: isKnown ? try TicketFile.parse(edited, name: final).sense : memory.sense)
        }
    }
}

@Suite struct FolderReconcilerTests {
    private func world(_ state: TicketState = .queued, _ path: String = "queue/a.md") throws -> FolderWorld {
        var world = FolderWorld()
        try world.add("A", state, path)
        return world
    }

    @Test func `a folder that agrees with the journal needs nothing`() throws {
        for (state, place) in [
            (TicketState.queued, "queue"), (.running, "in-progress"), (.review, "in-progress"), (.done, "completed"),
        ] {
            #expect(try world(state, "\(place)/a.md").plan == FolderReconciler.Plan())
        }
    }

    @Test func `a new file in queue/`() throws {
        var world = FolderWorld()
        world.write("queue/a.md", "---\nid: A\n---\nText\n")
        world.write("queue/b.md", "Text without an id\n")
        let told5 = try world.settle()
        #expect(told5.isEmpty)
        #expect(world.tickets.count == 2)
        #expect(world.text("queue/a.md") == "---\nid: A\n---\nText\n")
        #expect(world.text("queue/b.md") == "---\nid: NEW-1\n---\nText without an id\n")
    }

    @Test func `the file of a queued ticket is edited`() throws {
        var world = try world()
        world.write("queue/a.md", "---\nid: A\nstatus: queued\npriority: P0\n---\nDo more\n")
        guard case .update(let id, let file, _)? = world.plan.actions.first else {
            Issue.record("no update")
            return
        }
        #expect(id.text == "A" && file.title == "Do more" && file.priority == .p0)
        let told6 = try world.settle()
        #expect(told6.isEmpty)
    }

    @Test func `the priority of a queued ticket is changed by a command`() throws {
        var world = try world()
        let id = try #require(TicketID("A"))
        world.tickets[id]?.priority = .p0
        #expect(try world.settle().isEmpty)
        #expect(world.text("queue/a.md") == "---\nid: A\nstatus: queued\npriority: P0-critical\n---\nDo A\n")
        #expect(world.plan == FolderReconciler.Plan())
        // A person's edit counts more, and that of a ticket in work waits.
        world.write("queue/a.md", "---\nid: A\nstatus: queued\npriority: P3\n---\nDo A\n")
        guard case .update(_, let file, _)? = world.plan.actions.first else {
            Issue.record("no update")
            return
        }
        #expect(file.priority == .p3 && world.plan.actions.count == 1)
    }

    @Test func `a deleted file that comes back as it was counts more than what was changed meanwhile`() throws {
        var world = try world()
        let bytes = world.files.removeValue(forKey: "queue/a.md")
        _ = try world.settle()
        let id = try #require(TicketID("A"))
        world.tickets[id]?.priority = .p0
        world.files["queue/a.md"] = bytes
        guard case .update(_, let file, _)? = world.plan.actions.first else {
            Issue.record("no update")
            return
        }
        #expect(file.priority == .p2 && world.plan.actions.count == 1)
    }

    @Test func `only the layout of a queued ticket's file is edited`() throws {
        var world = try world()
        world.write("queue/a.md", "---\nid: 'A' # mine\nstatus: queued\n# red\n---\n\n\nDo A\n\n")
        #expect(world.plan.actions.map { if case .remember = $0 { true } else { false } } == [true])
        let told7 = try world.settle()
        #expect(told7.isEmpty)
    }

    @Test func `the state of a ticket changes`() throws {
        for (state, path, status) in [
            (TicketState.running, "in-progress", "running"), (.review, "in-progress", "awaiting"),
            (.done, "completed", "completed"),
            (.failed, "completed", "failed"), (.cancelled, "completed", "cancelled"), (.lost, "completed", "lost"),
        ] {
            var world = try world()
            let id = try #require(TicketID("A"))
            world.tickets[id]?.state = state
            world.tickets[id]?.step = "plan"
            world.tickets[id]?.sessions = ["plan": "s1"]
            let told8 = try world.settle()
            #expect(told8.isEmpty)
            #expect(world.text("\(path)/a.md") == "---\nid: A\nstatus: \(status)\nstep: plan\nsessions:\n  plan: s1\n---\nDo A\n")
            world.tickets[id]?.state = .queued
            let told9 = try world.settle()
            #expect(told9.isEmpty)
            #expect(world.text("queue/a.md")?.contains("status: queued\n") == true)
        }
    }

    @Test func `a person's own status in queue/ stays`() throws {
        var world = try world()
        world.write("queue/a.md", "---\nid: A\nstatus: idea\n---\nDo A\n")
        let told10 = try world.settle()
        #expect(told10.isEmpty)
        #expect(world.text("queue/a.md")?.contains("status: idea\n") == true)
    }

    @Test func `the file of a ticket in work is edited`() throws {
        var world = try world(.running, "in-progress/a.md")
        let edit = "---\nid: A\nstatus: running\n---\nDo something else\n"
        world.write("in-progress/a.md", edit)
        let told11 = try world.settle()
        #expect(told11.map(\.kind) == [.editedWhileRunning])
        #expect(world.text("in-progress/a.md") == edit)
        // Queued again it counts.
        world.tickets[try #require(TicketID("A"))]?.state = .queued
        #expect(
            world.plan.actions.contains {
                if case .update(_, let file, _) = $0 { file.title == "Do something else" } else { false }
            })
        let told12 = try world.settle()
        #expect(told12.isEmpty)
    }

    @Test func `the file of a finished ticket is edited`() throws {
        var world = try world(.done, "completed/a.md")
        world.write("completed/a.md", "---\nid: A\nstatus: completed\n---\nDo A\nNote: well done\n")
        let told13 = try world.settle()
        #expect(told13.isEmpty)
    }

    @Test func `a second file with the id of a ticket`() throws {
        var world = try world()
        world.write("queue/0.md", "---\nid: A\n---\nA copy\n")
        let reports = try world.settle()
        #expect(reports.map(\.kind) == [.idTwice])
        #expect(reports.first?.file == "queue/0.md" && reports.first?.line == 2)
        #expect(reports.first?.message.contains("queue/a.md") == true)
        #expect(world.text("queue/0.md") == "---\nid: A\n---\nA copy\n")
        #expect(world.tickets.count == 1)
    }

    @Test func `two new files with one id`() throws {
        var world = FolderWorld()
        world.write("queue/a.md", "---\nid: A\n---\nFirst\n")
        world.write("queue/b.md", "---\nid: A\n---\nSecond\n")
        let reports = try world.settle()
        #expect(reports.map(\.file) == ["queue/b.md"])
        #expect(world.tickets.values.map(\.file?.name) == ["a.md"])
    }

    @Test func `a new file with an id that is in in-progress/ or completed/ already`() throws {
        for place in ["in-progress", "completed"] {
            var world = FolderWorld()
            world.write("queue/a.md", "---\nid: A\n---\nText\n")
            world.write("\(place)/a.md", "---\nid: A\n---\nText\n")
            let reports = try world.settle()
            #expect(reports.contains { $0.kind == .idTwice && $0.file == "queue/a.md" })
            #expect(world.tickets.isEmpty)
        }
    }

    @Test func `a new file with the id of a ticket without a file`() throws {
        var world = FolderWorld()
        let id = try #require(TicketID("A"))
        world.tickets[id] = KnownTicket(id: id, state: .running)
        world.write("queue/a.md", "---\nid: A\n---\nText\n")
        let told14 = try world.settle()
        #expect(told14.map(\.kind) == [.idTwice])
        #expect(world.tickets[id]?.file == nil)
    }

    @Test func `another id is written into a ticket's file`() throws {
        var world = try world(.running, "in-progress/a.md")
        world.write("in-progress/a.md", "---\nid: B\nstatus: running\n---\nDo A\n")
        let reports = try world.settle()
        #expect(reports.map(\.kind) == [.idChanged])
        #expect(world.tickets.count == 1)
        #expect(world.text("in-progress/a.md")?.contains("id: B") == true)
    }

    @Test func `the id is taken out of a ticket's file`() throws {
        var world = try world()
        world.write("queue/a.md", "Do A\n")
        let told15 = try world.settle()
        #expect(told15.isEmpty)
        #expect(world.text("queue/a.md") == "---\nid: A\n---\nDo A\n")
    }

    @Test func `a ticket's file is moved to another folder by hand`() throws {
        for (state, from, to, hint) in [
            (TicketState.queued, "queue", "completed", "cancel"), (.queued, "queue", "in-progress", "launch"),
            (.running, "in-progress", "queue", "stop"), (.running, "in-progress", "completed", "cancel"),
            (.done, "completed", "queue", "retry"), (.failed, "completed", "in-progress", "retry"),
        ] {
            var world = try world(state, "\(from)/a.md")
            world.move("\(from)/a.md", "\(to)/a.md")
            let reports = try world.settle()
            #expect(reports.map(\.kind) == [.movedByHand])
            #expect(reports.first?.hint?.contains("reeve \(hint) A") == true)
            #expect(Array(world.files.keys) == ["\(from)/a.md"])
        }
    }

    @Test func `a ticket's file is moved by hand to where its state wants it`() throws {
        var world = try world()
        world.tickets[try #require(TicketID("A"))]?.state = .running
        world.move("queue/a.md", "in-progress/a.md")
        let told16 = try world.settle()
        #expect(told16.isEmpty)
        #expect(world.text("in-progress/a.md")?.contains("status: running") == true)
    }

    @Test func `a ticket's file is renamed`() throws {
        var world = try world()
        world.move("queue/a.md", "queue/better.md")
        let told17 = try world.settle()
        #expect(told17.isEmpty)
        #expect(world.tickets[try #require(TicketID("A"))]?.file?.name == "better.md")
        #expect(Array(world.files.keys) == ["queue/better.md"])
    }

    @Test func `the files of two tickets change their names`() throws {
        var world = try world()
        try world.add("B", .queued, "queue/b.md")
        world.move("queue/a.md", "queue/c.md")
        world.move("queue/b.md", "queue/a.md")
        world.move("queue/c.md", "queue/b.md")
        let told18 = try world.settle()
        #expect(told18.isEmpty)
        #expect(world.tickets[try #require(TicketID("A"))]?.file?.name == "b.md")
    }

    @Test func `a ticket's file is overwritten by the file of another`() throws {
        var world = try world()
        try world.add("B", .queued, "queue/b.md")
        world.move("queue/b.md", "queue/a.md")
        let told19 = try world.settle()
        #expect(told19.map(\.kind) == [.fileDeleted])
        #expect(world.tickets[try #require(TicketID("B"))]?.file?.name == "a.md")
    }

    @Test func `a ticket's file is deleted`() throws {
        for state in TicketState.allCases {
            var world = try world(state, "\(TicketPlace(of: state).rawValue)/a.md")
            world.files = [:]
            let reports = try world.settle()
            #expect(reports.map(\.kind) == [.fileDeleted])
            #expect(world.tickets.count == 1 && world.files.isEmpty)
            #expect(world.plan == FolderReconciler.Plan())
        }
    }

    @Test func `a deleted file comes back`() throws {
        var world = try world()
        world.files = [:]
        _ = try world.settle()
        world.write("queue/again.md", "---\nid: A\n---\nDo it otherwise\n")
        #expect(
            world.plan.actions.contains {
                if case .update(_, let file, _) = $0 { file.title == "Do it otherwise" } else { false }
            })
        let told20 = try world.settle()
        #expect(told20.isEmpty)
        #expect(world.tickets[try #require(TicketID("A"))]?.file?.isMissing == false)
    }

    @Test func `a file of no ticket is in in-progress/`() throws {
        var world = FolderWorld()
        world.write("in-progress/a.md", "---\nid: A\n---\nText\n")
        world.write("in-progress/b.md", "Text\n")
        let told21 = try world.settle()
        #expect(told21.map(\.kind) == [.unknownInProgress, .unknownInProgress])
        #expect(world.tickets.isEmpty && world.files.count == 2)
    }

    @Test func `a file of no ticket is in completed/`() throws {
        var world = FolderWorld()
        world.write("completed/a.md", "---\nid: A\n---\nText\n")
        let reports = try world.settle()
        #expect(reports.map(\.kind) == [.unknownCompleted])
        #expect(reports.first?.kind.isNote == true)
        #expect(world.tickets.isEmpty && world.files.count == 1)
    }

    @Test func `a file cannot be understood`() throws {
        var world = try world()
        world.write("queue/new.md", "---\nid: B\npriority: P9\n---\nx")
        world.write("queue/a.md", "---\nid: A\nid: A\n---\nx")
        let reports = try world.settle()
        #expect(reports.map(\.kind) == [.wrongFile, .wrongFile])
        #expect(reports.map(\.ticket?.text) == ["A", nil])
        #expect(reports.map(\.line) == [3, 3])
        #expect(reports.last?.message == "queue/new.md:3: priority 'P9' is unknown; it is left alone")
        #expect(world.files.count == 2 && world.tickets.count == 1)
    }

    @Test func `a file is being written`() throws {
        var world = try world()
        world.write("queue/new.md", "---\nid: B\n---\nhal")
        world.unsettled = ["queue/a.md", "queue/new.md"]
        #expect(world.plan == FolderReconciler.Plan())
        world.move("queue/a.md", "completed/a.md")
        world.unsettled.insert("completed/a.md")
        #expect(world.plan == FolderReconciler.Plan())
    }

    @Test func `reeve is ended in the middle of a move`() throws {
        // After the move and before the change of its front matter, and after both but before the journal knows.
        for text in ["---\nid: A\nstatus: queued\n---\nDo A\n", "---\nid: A\nstatus: running\n---\nDo A\n"] {
            var world = try world()
            world.tickets[try #require(TicketID("A"))]?.state = .running
            world.move("queue/a.md", "in-progress/a.md")
            world.write("in-progress/a.md", text)
            let told22 = try world.settle()
            #expect(told22.isEmpty)
            #expect(world.text("in-progress/a.md") == "---\nid: A\nstatus: running\n---\nDo A\n")
        }
    }

    @Test func `reeve is ended before a new id is in its file`() throws {
        var world = FolderWorld()
        world.write("queue/a.md", "Text\n")
        let plan = world.plan
        guard case .take(_, let memory)? = plan.actions.first else {
            Issue.record("not taken")
            return
        }
        let id = try #require(TicketID("T-1"))
        world.tickets[id] = KnownTicket(id: id, state: .queued, file: memory)
        let told23 = try world.settle()
        #expect(told23.isEmpty)
        #expect(world.tickets.count == 1)
        #expect(world.text("queue/a.md") == "---\nid: T-1\n---\nText\n")
    }

    @Test func `whatever happens to a folder, it comes to rest, and no text of a person is lost`() throws {
        let random = SeededIDs(seed: 11)
        for round in 0..<300 {
            var world = FolderWorld()
            let states = TicketState.allCases
            for number in 0..<random.below(5) {
                let state = states[random.below(states.count)]
                try world.add("T\(number)", state, "\(TicketPlace(of: state).rawValue)/t\(number).md")
            }
            for step in 0..<random.below(8) {
                let paths = world.files.keys.sorted()
                let place = TicketPlace.allCases[random.below(3)].rawValue
                let target = "\(place)/\(["t0", "t1", "t2", "x", "y"][random.below(5)]).md"
                switch random.below(6) {
                case 0: world.write(target, "---\nid: T\(random.below(6))\n---\nround \(round) step \(step)\n")
                case 1: world.write(target, "round \(round) step \(step)\n")
                case 2: if !paths.isEmpty, world.files[target] == nil { world.move(paths[random.below(paths.count)], target) }
                case 3: if !paths.isEmpty { world.files[paths[random.below(paths.count)]] = nil }
                case 4: world.write(target, "---\nbroken: [\n---\nround \(round) step \(step)\n")
                default:
                    if let id = world.tickets.keys.sorted().first {
                        world.tickets[id]?.state = states[random.below(states.count)]
                        world.tickets[id]?.step = "s\(step)"
                    }
                }
            }
            func texts(_ world: FolderWorld) -> [String] {
                world.files.values.map { bytes in
                    let text = String(decoding: bytes, as: UTF8.self)
                    return text.split(separator: "\n").last.map(String.init) ?? ""
                }.sorted()
            }
            let before = texts(world)
            _ = try world.settle()
            #expect(texts(world) == before)
        }
    }
}

@Suite struct FolderReportsTests {
    @Test func `a report is told once, and again if it went away in between`() {
        var reports = FolderReports()
        let report = FolderReport(TicketFault(file: "queue/a.md", line: 3, "why"))
        let told1 = reports.update([report]).new
        #expect(told1 == [report])
        let told2 = reports.update([report]).new
        #expect(told2.isEmpty)
        let told3 = reports.update([]).over
        #expect(told3 == [report])
        let told4 = reports.update([report]).new
        #expect(told4 == [report])
    }

    @Test func `what a report quotes does nothing`() {
        let report = FolderReport(TicketFault(file: "queue/a\u{1B}[2J.md", "x\u{202E}y"))
        #expect(!report.message.unicodeScalars.contains(where: InertText.isActive))
        #expect(report.file == "queue/a[2J.md")
    }
}
