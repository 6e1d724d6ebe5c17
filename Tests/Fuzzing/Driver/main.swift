import Foundation
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

/// `REEVE_FUZZ_TARGET=NAME reeve-fuzz [libFuzzer's options] [files or a corpus]`; `reeve-fuzz --list` prints the targets with the length of
/// their inputs. The name is no argument, since libFuzzer starts the program again with its own when it merges.
private let target = ProcessInfo.processInfo.environment["REEVE_FUZZ_TARGET"].flatMap(FuzzTarget.named)
if CommandLine.arguments.dropFirst().first == "--list" {
    for target in FuzzTarget.all { print(target.name, target.longest) }
    exit(0)
}
guard let target else {
    print("usage: REEVE_FUZZ_TARGET=NAME reeve-fuzz [options]; --list names the targets")
    exit(2)
}
// A C callback captures nothing; set before the first call.
private let check = target.check
private var count = CommandLine.argc
private var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
exit(
    runDriver(&count, &arguments) { bytes, length in
        if let finding = check(Array(UnsafeBufferPointer(start: bytes, count: length))) {
            FileHandle.standardError.write(Data("finding: \(finding)\n".utf8))
            abort()
        }
        return 0
    })
