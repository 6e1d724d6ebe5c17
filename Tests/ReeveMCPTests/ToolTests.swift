import ReeveJSON
import ReeveModel
import Testing

/// What each tool asks the daemon, and what it tells the agent.
@Suite struct ToolTests {
    private func call(
        _ tool: String, _ arguments: String = "{}", script: @escaping FakeControl.Script = Answer.good,
        _ check: (JSONView, [(method: String, params: String)]) throws -> Void
    ) async throws {
        try await FakeControl.with(script) { control in
            try await Conversation.initialized(socket: control.socket) { talk in
                try check(try await talk.ask(Line.call(1, tool, arguments)), control.requests)
            }
        }
    }

    @Test func `ticket tells what is to be done`() async throws {
        try await call("ticket") { answer, requests in
            #expect(answer.isToolError == false)
            #expect(answer.text.contains("State: running") && answer.text.hasSuffix("First\nsecond"))
            #expect(requests.map(\.params) == [#"{"ticket":"FEAT-1"}"#])
        }
    }

    @Test func `step tells its prompt, its outputs, what ends it, and what came before`() async throws {
        try await call("step") { answer, _ in
            for part in [
                "Step: code", "Entry: 2", "To produce: code, test", "you say so with the tool report",
                "these files exist: *.swift",
                "Review: pr, by a person", "Then: step document", "too slow", "Write the parser.", "step plan by codex: approved",
                "A plan", "Files: PLAN.md", "The reviewer said: good",
            ] { #expect(answer.text.contains(part), "\(part) is not in \(answer.text)") }
        }
    }

    @Test(arguments: [("done", "complete"), ("blocked", "blocked"), ("failed", "failed")])
    func `report sends the status, the summary, the files and the launch that speaks`(word: String, status: String) async throws {
        try await call("report", #"{"status":"\#(word)","summary":"did it","files":["a.swift"]}"#) { answer, requests in
            #expect(answer.isToolError == false && answer.text.contains("Recorded: \(word)"))
            #expect(requests.map(\.method) == ["agent.report"])
            #expect(
                requests.map(\.params) == [
                    #"{"ticket":"FEAT-1","launch":"L","status":"\#(status)","summary":"did it","files":["a.swift"]}"#
                ])
        }
    }

    @Test func `ask marks the agent as waiting with its question, and keeps it in the log`() async throws {
        try await call("ask", #"{"question":"Which database?"}"#) { answer, requests in
            #expect(answer.isToolError == false && answer.text.contains("waiting, question"))
            #expect(requests.map(\.method) == ["agent.report", "metadata.log"])
            #expect(requests[0].params.contains(#""status":"blocked","summary":"Which database?""#))
            #expect(requests[1].params.contains(#""message":"Which database?""#))
        }
    }

    @Test func `a question whose copy in the log fails is asked all the same`() async throws {
        let script: FakeControl.Script = { method, params in
            method == "metadata.log"
                ? #""error":{"code":-32003,"message":"too many","data":{"kind":"busy"}}"# : Answer.good(method, params)
        }
        try await call("ask", #"{"question":"Which?"}"#, script: script) { answer, _ in
            #expect(answer.isToolError == false && !answer.text.contains("log"))
        }
    }

    @Test(arguments: [
        (
            "status", #"{"text":"building","tone":"info"}"#, "metadata.status", #""text":"building","tone":"info""#,
            "Shown: building"
        ),
        ("progress", #"{"percent":37}"#, "metadata.progress", #""percent":37"#, "Shown: 37%"),
        ("progress", #"{"fraction":0.37}"#, "metadata.progress", #""fraction":0.37"#, "Shown: 37%"),
        ("progress", #"{"current":3,"total":8}"#, "metadata.progress", #""current":3,"total":8"#, "Shown: 37%"),
        (
            "log", #"{"message":"m","source":"s"}"#, "metadata.log", #""message":"m","tone":"neutral","source":"s""#,
            "Kept as line 7"
        ),
    ])
    func `status, progress and log go to the ticket's own board`(
        tool: String, arguments: String, method: String, params: String, text: String
    ) async throws {
        try await call(tool, arguments) { answer, requests in
            #expect(answer.text == text)
            #expect(requests.map(\.method) == [method])
            #expect(requests[0].params.contains(params) && requests[0].params.contains(#""ticket":"FEAT-1""#))
        }
    }

    @Test func `what the daemon refuses is an error of the tool, with what to do`() async throws {
        let script: FakeControl.Script = { _, _ in
            #""error":{"code":-32002,"message":"that agent no longer works on it","data":{"kind":"conflict","hint":"ask your person"}}"#
        }
        try await call("report", #"{"status":"done","summary":"s"}"#, script: script) { answer, _ in
            #expect(answer.isToolError == true && answer.text == "that agent no longer works on it\nask your person")
        }
    }

    @Test(arguments: ["ticket", "step", "report", "ask", "status", "progress", "log"])
    func `without a daemon every tool says so, and what to do`(tool: String) async throws {
        let arguments = [
            "report": #"{"status":"done","summary":"s"}"#, "ask": #"{"question":"q"}"#, "status": #"{"text":"t"}"#,
            "progress": #"{"percent":1}"#, "log": #"{"message":"m"}"#,
        ]
        try await Conversation.initialized { talk in
            let answer = try await talk.ask(Line.call(1, tool, arguments[tool] ?? "{}"))
            #expect(answer.isToolError == true)
            #expect(answer.text.contains("Reeve cannot be reached") && answer.text.contains("Go on with your work"))
        }
    }

    @Test(arguments: ["ticket", "step"]) func `without a ticket every tool says where it would come from`(tool: String)
        async throws
    {
        try await Conversation.initialized(ticket: nil) { talk in
            let answer = try await talk.ask(Line.call(1, tool))
            #expect(answer.isToolError == true && answer.text.contains("REEVE_TICKET"))
        }
    }

    @Test func `a daemon that does not answer is not waited for without end`() async throws {
        try await FakeControl.with({ _, _ in nil }) { control in
            try await Conversation.initialized(socket: control.socket, patience: .milliseconds(200)) { talk in
                try await expect(true) { try await talk.ask(Line.call(1, "ticket")).isToolError }
            }
        }
    }

    @Test func `a daemon that comes back is found again`() async throws {
        let answers = Counter()
        let script: FakeControl.Script = { method, params in answers.next() == 1 ? "17" : Answer.good(method, params) }
        try await FakeControl.with(script) { control in
            try await Conversation.initialized(socket: control.socket) { talk in
                try await expect(true) { try await talk.ask(Line.call(1, "ticket")).isToolError }
                try await expect(false) { try await talk.ask(Line.call(2, "ticket")).isToolError }
            }
        }
    }
}
