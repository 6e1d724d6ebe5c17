import ReeveCLI

@main
enum Main {
    static func main() { Reeve.runAndExit() }
}
