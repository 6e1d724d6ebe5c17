import Testing

@testable import FileEvents

private func event(_ name: String?, _ kind: FileEvent.Kind, in directory: String = "/d") -> FileEvent {
    FileEvent(directory: directory, name: name, kind: kind)
}

@Suite struct EventBacklogTests {
    private func taken(_ events: [FileEvent], limit: Int = 100) -> [FileEvent] {
        var backlog = EventBacklog(limit: limit)
        for event in events { backlog.append(event) }
        var result: [FileEvent] = []
        while let event = backlog.takeFirst() { result.append(event) }
        return result
    }

    @Test func `events come out in the order in which they came`() {
        let events = (0..<50).map { event("f\($0)", .created) } + (0..<50).map { event("f\($0)", .modified) }
        #expect(taken(events) == events)
    }

    @Test func `a file that grows while nobody reads is one event`() {
        let growing = Array(repeating: event("a", .modified), count: 1000)
        #expect(
            taken([event("a", .created)] + growing + [event("a", .closedAfterWrite)]).map(\.kind) == [
                .created, .modified, .closedAfterWrite,
            ])
    }

    @Test func `a repetition after another event of the same file is kept`() {
        let events = [event("a", .created), event("a", .deleted), event("a", .created)]
        #expect(taken(events) == events)
    }

    @Test func `what happens to another file does not keep repetitions apart`() {
        #expect(taken([event("a", .modified), event("b", .modified), event("a", .modified)]).count == 2)
    }

    @Test func `a repetition is told again once the first has been taken`() {
        var backlog = EventBacklog(limit: 10)
        for _ in 0..<100 {
            backlog.append(event("a", .modified))
            backlog.append(event("b", .modified))
            #expect(backlog.takeFirst() == event("a", .modified))
            #expect(backlog.takeFirst() == event("b", .modified))
            #expect(backlog.takeFirst() == nil)
        }
    }

    @Test func `more than the limit becomes one overflow for each directory concerned`() {
        let events = (0..<10).map { event("f\($0)", .created) } + [event("x", .created, in: "/e")]
        #expect(taken(events, limit: 10) == [event(nil, .overflow), event(nil, .overflow, in: "/e")])
    }

    @Test func `nothing more is kept of a directory whose overflow is pending, and everything after it was taken`() {
        var backlog = EventBacklog(limit: 3)
        for number in 0..<100 { backlog.append(event("f\(number)", .created)) }
        #expect(backlog.count == 1)
        #expect(backlog.takeFirst() == event(nil, .overflow))
        backlog.append(event("after", .created))
        #expect(backlog.takeFirst() == event("after", .created))
    }

    @Test func `that a directory is gone is never lost`() {
        let events = (0..<10).map { event("f\($0)", .created) } + [event(nil, .directoryGone), event("g", .created, in: "/e")]
        #expect(taken(events, limit: 10) == [event(nil, .overflow), event(nil, .directoryGone), event("g", .created, in: "/e")])
        #expect(taken([event(nil, .directoryGone)] + events, limit: 10).filter { $0.kind == .directoryGone }.count == 1)
    }

    @Test func `an overflow that the kernel tells is told once until it is taken`() {
        #expect(taken([event(nil, .overflow), event(nil, .overflow), event("a", .created)]) == [event(nil, .overflow)])
    }
}

@Suite struct EventInboxTests {
    @Test func `a reader that waits gets the event`() async {
        let inbox = EventInbox()
        async let first: FileEvent? = {
            for await event in inbox.events { return event }
            return nil
        }()
        inbox.put([event("a", .created)])
        #expect(await first == event("a", .created))
    }

    @Test func `what was put before the end is read before the end`() async {
        let inbox = EventInbox()
        inbox.put([event("a", .created), event("b", .created)])
        inbox.finish()
        var names: [String?] = []
        for await event in inbox.events { names.append(event.name) }
        #expect(names == ["a", "b"])
    }

    @Test func `a cancelled reader ends`() async {
        let inbox = EventInbox()
        let reader = Task { for await _ in inbox.events {} }
        reader.cancel()
        await reader.value
    }
}
