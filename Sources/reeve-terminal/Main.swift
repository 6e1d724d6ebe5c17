import ReeveTerminal

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

@main
enum Main {
    static func main() {
        // By its own path: it starts itself a second time.
        let program = CommandLine.arguments.first ?? "reeve-terminal"
        exit(TerminalMain.run(Array(CommandLine.arguments.dropFirst()), program: program))
    }
}
