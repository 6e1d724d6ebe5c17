import Foundation
import ReeveModel
import ReeveTestSupport
import Testing

@testable import ReeveMultiplexers

/// The people who look at the sessions, or do not.
extension ConformanceCase {
    static let people: [ConformanceCase] = [
        ConformanceCase(name: "it needs nobody who looks, and no desktop", needs: [.headless]) { stage in
            let variables = Set(stage.ground.environment().keys)
            #expect(variables.isDisjoint(with: ["DISPLAY", "WAYLAND_DISPLAY", "SSH_TTY"]))
            let (session, file) = try await stage.reader("op-alone")
            // Where a session is made large by a visit of ours, that is over a moment later.
            #expect(try await eventually { try await stage.multiplexer.list().first { $0.id == session.id }?.attached == 0 })
            try await stage.multiplexer.send("nobody", to: session.handle, id: session.id)
            #expect(await eventually { stage.received(file) == Array("nobody".utf8) })
            try await stage.end(session)
        },
        ConformanceCase(name: "a person can be shown the session", needs: [.attach]) { stage in
            let session = try await stage.start("op-att", ["cat"])
            let command = try await stage.multiplexer.attachCommand(session.handle, id: session.id)
            #expect(!command.arguments.isEmpty)
            try await stage.end(session)
            #expect(
                await stage.refusal {
                    _ = try await stage.multiplexer.attachCommand(session.handle, id: session.id)
                } == .notFound)
        },
        ConformanceCase(name: "a session is seen while somebody has it in front of them", needs: [.seen]) { stage in
            let session = try await stage.start("op-seen", ["cat"])
            let other = try await stage.start("op-unseen", ["cat"])
            // What needs nobody has nobody yet. A desktop may have a new session in front at once.
            let hasNobody = stage.multiplexer.capabilities.contains(.headless)
            if hasNobody { #expect(try await eventually { try await stage.multiplexer.seen().isEmpty }) }
            try await stage.visit(session) { _ in
                #expect(try await eventually { try await stage.multiplexer.seen() == [session.id] })
                let attached = Dictionary(
                    try await stage.multiplexer.list().map { ($0.id, $0.attached) }, uniquingKeysWith: { first, _ in first })
                #expect(attached[session.id] == 1 && attached[other.id] == 0, "\(attached)")
            }
            if hasNobody { #expect(try await eventually { try await stage.multiplexer.seen().isEmpty }) }
            try await stage.end(session)
            try await stage.end(other)
        },
        ConformanceCase(name: "a session is brought in front of who looks", needs: [.focus, .seen]) { stage in
            let first = try await stage.start("op-first", ["cat"])
            let second = try await stage.start("op-second", ["cat"])
            try await stage.visit(stage.hasOneView ? first : second) { (_: PersonAtTerminal?) async throws in
                // They are there a moment later; until then it is a conflict.
                #expect(
                    await eventually {
                        await stage.refusal { try await stage.multiplexer.focus(second.handle, id: second.id) } == nil
                    })
                let isSeen = try await eventually { try await stage.multiplexer.seen() == [second.id] }
                #expect(isSeen)
            }
            try await stage.end(second)
            #expect(await stage.refusal { try await stage.multiplexer.focus(second.handle, id: second.id) } == .notFound)
            try await stage.end(first)
        },
        ConformanceCase(name: "the bell rings where somebody looks, and is no fault where nobody does", needs: [.bell]) { stage in
            let session = try await stage.start("op-bell", ["cat"])
            try await stage.multiplexer.ring(session.handle, id: session.id)
            try await stage.visit(session) { person in
                let person = try #require(person)
                #expect(
                    try await eventually {
                        try await stage.multiplexer.ring(session.handle, id: session.id)
                        return person.bells > 0
                    })
            }
            try await stage.end(session)
        },
        ConformanceCase(name: "what the agent does stands beside the session's name", needs: [.sidebar]) { stage in
            let session = try await stage.start("op-side", ["cat"])
            for state in ["running", "waiting"] {
                let status = TerminalStatus(state: state, text: "asks", progress: 0.4)
                try await stage.multiplexer.display(status, of: session.handle, id: session.id)
                #expect(try await eventually { try await stage.sidebar(session) == [state] })
            }
            try await stage.end(session)
        },
    ]
}
