/// The switches of the demo agent.
struct DemoOptions {
    static let usage = """
        usage: reeve-demo-agent [switches] [PROMPT]
          --work MS                think for so long about each prompt (default 300)
          --exit-when-done         leave with --status after the first prompt
          --exit-after MS          leave by itself after so long, whatever happens
          --status N               exit status (default 0)
          --ledger FILE            append a line at each start: ticket, pid, launch
          --report                 after each prompt, report the step done with the prompt's first line as summary
          --tell                   tell the daemon of each state, as agents with hooks do
          --ask                    ask for permission before the work
          --ignore-exit            do not obey /exit
          --ignore-interrupts N    ignore the first N Ctrl+C (without: the first warns, the second leaves)
          --ignore-eof             do not obey Ctrl+D
          --ignore-term            ignore SIGTERM
          --ignore-hup             ignore SIGHUP
          --slow-exit MS           take so long to leave
          --crash                  abort in raw mode, on the alternate screen, after the first prompt
          --fake-prompt            print lines that look like a shell's prompt while working
          --eat-early-enter MS     an Enter within so long after text is a newline, as in agents that detect pastes
        """

    var work = 300
    var exitWhenDone = false
    var exitAfter: Int?
    var status = 0
    var ledger: String?
    var asks = false
    var reports = false
    var tells = false
    var ignoresExit = false
    var ignoredInterrupts: Int?
    var ignoresEOF = false
    var ignoresTerminate = false
    var ignoresHangUp = false
    var slowExit = 0
    var crashes = false
    var printsFakePrompt = false
    var eatsEarlyEnter = 0
    var prompt: String?

    init?(_ arguments: [String]) {
        var rest = arguments[...]
        func number(_ rest: inout ArraySlice<String>) -> Int? { rest.popFirst().flatMap { Int($0) } }
        while let word = rest.popFirst() {
            switch word {
            case "--exit-when-done": exitWhenDone = true
            case "--ask": asks = true
            case "--report": reports = true
            case "--tell": tells = true
            case "--ignore-exit": ignoresExit = true
            case "--ignore-eof": ignoresEOF = true
            case "--ignore-term": ignoresTerminate = true
            case "--ignore-hup": ignoresHangUp = true
            case "--crash": crashes = true
            case "--fake-prompt": printsFakePrompt = true
            case "--ledger":
                guard let path = rest.popFirst() else { return nil }
                ledger = path
            case "--work", "--exit-after", "--status", "--ignore-interrupts", "--slow-exit", "--eat-early-enter":
                guard let value = number(&rest), value >= 0 else { return nil }
                switch word {
                case "--work": work = value
                case "--exit-after": exitAfter = value
                case "--status": status = value
                case "--ignore-interrupts": ignoredInterrupts = value
                case "--slow-exit": slowExit = value
                default: eatsEarlyEnter = value
                }
            case "--":
                prompt = rest.joined(separator: " ")
                rest = []
            default:
                guard !word.hasPrefix("--") else { return nil }
                prompt = ([word] + rest).joined(separator: " ")
                rest = []
            }
        }
    }
}
