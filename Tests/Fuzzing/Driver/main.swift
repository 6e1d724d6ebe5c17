import ReeveFuzzTargets

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// libFuzzer's own entry: it is linked as a library, since SwiftPM wants a `main` of ours.
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<Int32>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
    _ check: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32

/// `reeve-fuzz TARGET [libFuzzer's options] [files or a corpus]`. `reeve-fuzz --list` prints the targets with the length of their inputs.
private let target = CommandLine.arguments.dropFirst().first.flatMap(FuzzTarget.named)
if CommandLine.arguments.dropFirst().first == "--list" {
    for target in FuzzTarget.all { print(target.name, target.longest) }
    exit(0)
}
guard let target else {
    print("usage: reeve-fuzz TARGET [options]; --list names the targets")
    exit(2)
}
// A C callback captures nothing; set before the first call.
nonisolated(unsafe) private let check = target.check
// libFuzzer sees what follows the target's name.
private var count = CommandLine.argc - 1
private var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv + 1
exit(
    runDriver(&count, &arguments) { bytes, length in
        if let finding = check(Array(UnsafeBufferPointer(start: bytes, count: length))) {
            fputs("finding: \(finding)\n", stderr)
            abort()
        }
        return 0
    })
