#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A small program that behaves like an AI coding CLI in a terminal, for demonstrations and tests: banner, prompt, "thinking", a
/// permission question on request, `/exit`. Its switches make it misbehave in the ways real ones do.
@main
enum Main {
    static func main() {
        guard let options = DemoOptions(Array(CommandLine.arguments.dropFirst())) else {
            print(DemoOptions.usage)
            exit(2)
        }
        let agent = DemoAgent(options)
        exit(agent.run())
    }
}
