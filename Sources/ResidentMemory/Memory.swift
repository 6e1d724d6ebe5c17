#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// How a program keeps its memory small that runs for months beside forty agents which need theirs: the daemon, and a terminal for each of
/// them. Does nothing where there is no glibc.
package enum Memory {
    /// Before the first thread: glibc gives each thread an arena of its own, of which most is never given back.
    package static func limitArenas() {
        // M_ARENA_MAX of <malloc.h>, which Swift's Glibc module leaves out; hence the look-up by name.
        _ = function("mallopt", as: (@convention(c) (Int32, Int32) -> Int32).self)?(-8, 2)
    }

    /// Gives the kernel back what a burst of work has left free.
    package static func giveBackFreed() { _ = function("malloc_trim", as: (@convention(c) (Int) -> Int32).self)?(0) }

    /// Unmaps the code, after the start or a burst of work: most of what that touched is not used again soon, and what is comes back from
    /// the page cache at its next touch. The kernel would do this itself, but only when memory is short already.
    ///
    /// Executable mappings only: read-only data may hold relocated pages, which exist nowhere else.
    package static func giveBackCode() {
        #if os(Linux)
        guard let file = fopen("/proc/self/maps", "re") else { return }
        defer { fclose(file) }
        var buffer = [CChar](repeating: 0, count: 4096)
        while fgets(&buffer, Int32(buffer.count), file) != nil {
            let words = String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
                .split(separator: " ")
            guard words.count >= 6, words[1] == "r-xp", words[5].hasPrefix("/") else { continue }
            let ends = words[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
            guard ends.count == 2, ends[1] > ends[0] else { continue }
            madvise(UnsafeMutableRawPointer(bitPattern: ends[0]), Int(ends[1] - ends[0]), MADV_DONTNEED)
        }
        #endif
    }

    private static func function<Function>(_ name: String, as type: Function.Type) -> Function? {
        // The default handle: every library of the process.
        dlsym(nil, name).map { unsafeBitCast($0, to: type) }
    }
}
