/// The plugins' text. It is JavaScript that is TypeScript as well, for the runtimes of all three agents.
///
/// They watch and have no say: nothing they do waits, throws or answers. An event goes to `reeve hook KIND` on its standard input, one
/// program at a time so that the order stays; what waits is bounded, and the oldest goes first, because the newest is the state. They
/// name no type of the agents' packages, which may be called otherwise tomorrow.
enum PluginSource {
    /// Events that wait for the one program before them.
    static let mostWaiting = 64
    /// Characters of an event. What is longer is not state.
    static let longest = 65_536

    static func text(_ kind: HookKind, program: String) -> String {
        let call = "\(String(decoding: JSONPiece.quoted(program), as: UTF8.self)), [\"hook\", \"\(kind.rawValue)\"]"
        return (kind == .amp ? ampAcknowledgement : "") + sending(call) + handlers(kind)
    }

    /// Versions of early 2026 load no plugin without this line.
    private static let ampAcknowledgement = "// @i-know-the-amp-plugin-api-is-wip-and-very-experimental-right-now\n"

    private static func sending(_ call: String) -> String {
        """
        import { spawn } from "node:child_process"

        const waiting = []
        let isSending = false

        function next() {
          const text = waiting.shift()
          if (text === undefined) { isSending = false; return }
          isSending = true
          let isOver = false
          const over = () => {
            if (isOver) return
            isOver = true
            clearTimeout(limit)
            next()
          }
          const limit = setTimeout(over, 2000)
          if (limit && limit.unref) limit.unref()
          try {
            const program = spawn(\(call), { stdio: ["pipe", "ignore", "ignore"] })
            program.on("error", over)
            program.on("close", over)
            program.stdin.on("error", () => {})
            program.stdin.end(text)
            program.unref()
          } catch { over() }
        }

        function tell(event) {
          try {
            const text = JSON.stringify(event)
            if (text === undefined || text.length > \(longest)) return
            if (waiting.length >= \(mostWaiting)) waiting.shift()
            waiting.push(text)
            if (!isSending) next()
          } catch {}
        }

        const short = (value) => typeof value === "string" ? value.slice(0, 4000) : undefined


        """
    }

    private static func handlers(_ kind: HookKind) -> String {
        switch kind {
        case .opencode: openCode
        case .amp: amp
        case .pi: pi
        case .claude, .codex: ""
        }
    }

    /// OpenCode 1 calls every function that the file exports; it exports one. Events about pieces of text pass by here by the hundred and
    /// are let go.
    private static let openCode = """
        const told = new Set([
          "session.created", "session.deleted", "session.status", "session.idle", "session.error",
          "permission.asked", "permission.updated", "permission.replied",
          "question.asked", "question.replied", "question.rejected",
          "session.execution.started", "session.execution.succeeded", "session.execution.interrupted", "session.execution.failed",
        ])
        let lastPrompt

        export const Reeve = async () => ({
          event: async (input) => {
            try {
              const event = input.event
              if (told.has(event.type)) return tell(event)
              const info = event.properties?.info
              if (event.type !== "message.updated" || info?.role !== "user" || info.id === lastPrompt) return
              lastPrompt = info.id
              tell({ type: event.type, properties: { info: { id: info.id, sessionID: info.sessionID, role: info.role, time: info.time } } })
            } catch {}
          },
        })

        """

    /// `tool.call` is left alone: Amp wants an answer to it that lets the tool run, and whoever only watches has none to give.
    private static let amp = """
        export default function (amp) {
          const on = (name, told, answer) => {
            try {
              amp.on(name, (event, context) => {
                try {
                  tell({ event: name, thread: event?.thread?.id ?? context?.thread?.id, cwd: process.cwd(), ...told(event ?? {}) })
                } catch {}
                return answer
              })
            } catch {}
          }
          on("session.start", () => ({}))
          on("agent.start", (event) => ({ message: short(event.message) }), {})
          on("tool.result", (event) => ({ toolUseID: event.toolUseID, tool: event.tool, status: event.status }))
          on("agent.end", (event) => ({ status: event.status }))
        }

        """

    /// `tool_execution_start` and `_end` only tell; `tool_call` could stop a tool and is left alone.
    private static let pi = """
        export default function (pi) {
          const on = (name, told) => {
            try {
              pi.on(name, (event, context) => {
                try {
                  const sessions = context?.sessionManager
                  tell({
                    event: name, pid: process.pid, cwd: context?.cwd ?? process.cwd(), sessionId: sessions?.getSessionId?.(),
                    sessionFile: sessions?.getSessionFile?.(), name: short(sessions?.getSessionName?.()), ...told(event ?? {}),
                  })
                } catch {}
              })
            } catch {}
          }
          const last = (event) => (Array.isArray(event.messages) ? event.messages : []).findLast((message) => message?.role === "assistant")
          on("session_start", (event) => ({ reason: event.reason }))
          on("before_agent_start", (event) => ({ prompt: short(event.prompt) }))
          on("agent_start", () => ({}))
          on("tool_execution_start", (event) => ({ toolCallId: event.toolCallId, toolName: event.toolName }))
          on("tool_execution_end", (event) => ({ toolCallId: event.toolCallId, toolName: event.toolName, isError: event.isError }))
          on("agent_end", (event) => ({ stopReason: last(event)?.stopReason, errorMessage: short(last(event)?.errorMessage) }))
          on("agent_settled", () => ({}))
          on("session_shutdown", (event) => ({ reason: event.reason }))
        }

        """
}
