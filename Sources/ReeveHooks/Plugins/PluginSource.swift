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

    static func text(_ kind: HookKind, program: String, for version: ProgramVersion?) -> String {
        let call = "\(String(decoding: JSONPiece.quoted(program), as: UTF8.self)), [\"hook\", \"\(kind.rawValue)\"]"
        let acknowledgement = kind == .amp ? ampAcknowledgement : ""
        return acknowledgement + sending(call) + handlers(kind, version)
    }

    /// Versions of early 2026 load no plugin without this line.
    private static let ampAcknowledgement = "// @i-know-the-amp-plugin-api-is-wip-and-very-experimental-right-now\n"

    private static func sending(_ call: String) -> String {
        """
        import { spawn } from "node:child_process"

        const waiting = []
        let isSending = false
        let surroundings = process.env

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
            const program = spawn(\(call), { stdio: ["pipe", "ignore", "ignore"], env: surroundings })
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

    private static func handlers(_ kind: HookKind, _ version: ProgramVersion?) -> String {
        switch kind {
        case .opencode: openCode + (version.map { $0 >= ProgramVersion(2, 0, 0) } == true ? openCode2 : openCode1)
        case .amp: amp
        case .pi: pi
        case .claude, .codex: ""
        }
    }

    /// Events about pieces of text pass by here by the hundred and are let go. Of the others only what says whose state it is goes on, by
    /// name: a prompt, a tool's input or a system text is in some of them.
    private static let openCode = """
        const told = new Set([
          "session.created", "session.deleted", "session.status", "session.idle", "session.error",
          "permission.asked", "permission.updated", "permission.replied",
          "question.asked", "question.replied", "question.rejected",
          "session.execution.started", "session.execution.succeeded", "session.execution.interrupted", "session.execution.failed",
        ])
        const kept = new Set([
          "id", "sessionID", "requestID", "permissionID", "parentID", "callID", "role", "title", "directory", "permission", "action",
          "reply", "response", "reason", "type", "attempt", "message", "name", "created", "tool",
        ])
        const opened = new Set(["info", "status", "error", "data", "time"])
        const titles = new Map()
        let lastPrompt

        function part(value, depth) {
          const result = {}
          for (const name of Object.keys(value ?? {})) {
            const item = value[name]
            if (opened.has(name) && depth < 3 && item && typeof item === "object") result[name] = part(item, depth + 1)
            else if (!kept.has(name)) continue
            else if (typeof item === "string") result[name] = item.slice(0, 1000)
            else if (typeof item === "number" || typeof item === "boolean") result[name] = item
          }
          return result
        }

        function isNew(type, info) {
          if (type === "message.updated" && info?.role === "user" && info.id !== lastPrompt) {
            lastPrompt = info.id
            return true
          }
          if (type !== "session.updated" || titles.get(info?.id) === info?.title) return false
          if (titles.size > 500) titles.clear()
          titles.set(info.id, info.title)
          return true
        }

        function heard(type, properties) {
          try {
            if (told.has(type) || isNew(type, properties?.info)) tell({ type, properties: part(properties, 0) })
          } catch {}
        }


        """

    /// Version 1 calls every function that the file exports; it exports one.
    private static let openCode1 = """
        export const Reeve = async () => ({
          event: async (input) => heard(input?.event?.type, input?.event?.properties),
          "tool.execute.before": async (input) => tell({ type: "tool.execute.before", properties: part(input, 0) }),
          "tool.execute.after": async (input) => tell({ type: "tool.execute.after", properties: part(input, 0) }),
        })

        """

    /// Version 2 wants one definition (`packages/core/src/plugin/module.ts`) and calls `setup` for each place it works in, while every
    /// subscription hears of all places; thus one subscription, whoever is there. Its service is one for all terminals of a person and
    /// has the variables of the terminal that happened to start it: they say nothing, and are taken away.
    private static let openCode2 = """
        import { isatty } from "node:tty"

        const places = new Set()
        let isListening = false
        let listening

        async function listen() {
          if (isListening) return
          isListening = true
          while (places.size > 0) {
            listening = new AbortController()
            try {
              const [place] = places
              for await (const event of place.event.subscribe({ signal: listening.signal })) heard(event?.type, event?.data)
            } catch {}
            if (places.size > 0) await new Promise((done) => { setTimeout(done, 1000).unref?.() })
          }
          isListening = false
        }

        export default {
          id: "reeve",
          setup: async (place) => {
            if (![0, 1, 2].some((descriptor) => isatty(descriptor))) {
              surroundings = { ...process.env, TMUX: "", TMUX_PANE: "", REEVE_TICKET: "", REEVE_SESSION: "", REEVE_LAUNCH: "" }
            }
            for (const when of ["before", "after"]) {
              const type = "tool.execute." + when
              const on = (event) => { tell({ type, properties: part({ ...event, callID: event?.id, id: undefined }, 0) }) }
              try { await place.tool.hook("execute." + when, on) } catch {}
            }
            places.add(place)
            listen()
            return () => { places.delete(place); listening?.abort() }
          },
        }

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
