import ReeveModel
import ReeveTestSupport
import Testing

@testable import ReeveMultiplexers

/// What is too long, too many, in the way, or not there.
extension ConformanceCase {
    static let bounds: [ConformanceCase] = [
        ConformanceCase(name: "long names and odd ones come back whole, and none is another's") { stage in
            // 64 bytes, which is as long as a name may be; the two differ in the last one.
            let long = "op-" + String(repeating: "long-", count: 12)
            let names = ["\(long)a", "\(long)b", "op-o.1", "op-o_1", "op-o-1", "op-O.1", "op-..", "op-_-"]
            var sessions: [(handle: TerminalHandle, id: SessionID)] = []
            for (number, name) in names.enumerated() {
                sessions.append(try await stage.start(name, ["sleep", "100"], as: Samples.session("odd\(number)")))
            }
            let listed = try await stage.multiplexer.list()
            for (name, session) in zip(names, sessions) {
                let found = listed.filter { $0.id == session.id }
                #expect(found.map(\.name) == [name] && found.map(\.handle) == [session.handle], "\(name): \(found)")
            }
            #expect(Set(sessions.map(\.handle)).count == names.count)
            try await stage.end(sessions[0])
            for session in sessions.dropFirst() {
                #expect(try await stage.multiplexer.life(of: session.handle, id: session.id) == .alive)
                try await stage.end(session)
            }
        },
        ConformanceCase(name: "a text of 200000 bytes arrives whole, or is refused whole") { stage in
            let (session, file) = try await stage.reader("op-long")
            let text = String(repeating: "0123456789abcdef", count: 12_500)
            let refusal = await stage.refusal { try await stage.multiplexer.send(text, to: session.handle, id: session.id) }
            #expect(refusal == nil || refusal == .invalidParams, "\(String(describing: refusal))")
            if refusal == nil { _ = await eventually { stage.received(file).count >= text.utf8.count } }
            // Terminals keep the order: what is typed now would come behind a beginning of what was refused.
            try await stage.multiplexer.send("after", to: session.handle, id: session.id)
            let expected = Array(((refusal == nil ? text : "") + "after").utf8)
            _ = await eventually { stage.received(file).count >= expected.count }
            #expect(stage.received(file) == expected, "\(stage.received(file).count) of \(expected.count)")
            try await stage.end(session)
        },
        ConformanceCase(
            name: "nothing is typed while somebody scrolls, and what comes after that arrives",
            exemption: { $0.hasCopyMode ? nil : "no mode is known there that takes what is typed" }
        ) { stage in
            let (session, file) = try await stage.reader("op-copy")
            var arrived = 0
            try await stage.visit(session) { person in
                let person = try #require(person)
                #expect(
                    try await eventually { try await stage.multiplexer.list().first { $0.id == session.id }?.attached == 1 })
                try await stage.scroll(true, in: session, person)
                let isRefused = await eventually {
                    let refusal = await stage.refusal {
                        try await stage.multiplexer.send("0", to: session.handle, id: session.id)
                    }
                    if refusal == nil { arrived += 1 }
                    return refusal == .conflict
                }
                #expect(isRefused)
                for _ in 1...3 {
                    #expect(
                        await stage.refusal { try await stage.multiplexer.send("a\nb", to: session.handle, id: session.id) }
                            == .conflict)
                    #expect(
                        await stage.refusal { try await stage.multiplexer.press(.enter, in: session.handle, id: session.id) }
                            == .conflict)
                }
                try await stage.scroll(false, in: session, person)
                let goesOn = await eventually {
                    await stage.refusal { try await stage.multiplexer.send("end", to: session.handle, id: session.id) } == nil
                }
                #expect(goesOn)
            }
            #expect(await eventually { stage.received(file).suffix(3) == Array("end".utf8)[...] })
            // One that went in as the mode began may have been taken for a key of it.
            let before = stage.received(file).dropLast(3)
            #expect(before.allSatisfy { $0 == UInt8(ascii: "0") } && before.count <= arrived, "\(before.count) of \(arrived)")
            try await stage.end(session)
        },
        ConformanceCase(
            name: "a split without room is a conflict, and leaves all as it was", needs: [.split], exemption: { $0.boundless }
        ) { stage in
            let session = try await stage.start("op-room", ["cat"])
            var panes = 1
            var refusal: ReeveError.Kind?
            while refusal == nil, panes < 30 {
                refusal = await stage.refusal {
                    _ = try await stage.multiplexer.split(session.handle, id: session.id, direction: .vertical)
                }
                if refusal == nil { panes += 1 }
            }
            #expect(refusal == .conflict && panes > 1, "\(panes)")
            #expect(try await stage.multiplexer.list().first { $0.id == session.id }?.panes == panes)
            #expect(try await stage.multiplexer.life(of: session.handle, id: session.id) == .alive)
            try await stage.end(session)
        },
        ConformanceCase(name: "one that is not there is unavailable, and never one without sessions") { stage in
            let session = try await stage.start("op-there", ["sleep", "100"])
            let absent = try stage.absent()
            #expect(await stage.refusal { try await absent.run { _ in } } == .unavailable)
            #expect(await stage.refusal { try await absent.probe() } == .unavailable)
            #expect(await stage.refusal { _ = try await absent.spawn(stage.order("op-absent")) } == .unavailable)
            // Where each terminal is a process of its own those that there are can be listed all the same.
            do {
                let listed = try await absent.list()
                #expect(listed.contains { $0.id == session.id })
            } catch { #expect((error as? ReeveError)?.kind == .unavailable, "\(error)") }
            try await stage.end(session)
        },
    ]
}
