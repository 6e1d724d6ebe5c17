import ReeveKeeper

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

@main
enum Main {
    static func main() { exit(KeeperMain.run(Array(CommandLine.arguments.dropFirst()))) }
}
