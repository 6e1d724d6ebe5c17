import Foundation

#if canImport(Glibc)
import Glibc
#endif

/// What the kernel says of processes.
enum ProcessFacts {
    /// Pids of all processes, but this one, that have one of `words` in their arguments or environment.
    static func mentioning(_ words: [String], in files: [String] = ["cmdline", "environ"]) -> [Int] {
        let all = ((try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []).compactMap { Int($0) }
        return all.filter { pid in
            guard pid != Int(getpid()) else { return false }
            return files.contains { file in
                guard let text = text("/proc/\(pid)/\(file)") else { return false }
                return words.contains { text.contains($0) }
            }
        }
    }

    /// Whether the process with this pid is the agent of this launch, and not another one that got its pid later.
    static func isAgent(_ pid: Int, of launch: String) -> Bool {
        text("/proc/\(pid)/environ")?.split(separator: "\0").contains { $0 == "REEVE_LAUNCH=\(launch)" } ?? false
    }

    /// KiB by the name that `/proc/PID/smaps_rollup` has for them, e.g. `Rss`, `Anonymous`.
    static func memory(of pid: Int) -> [String: Int] {
        var result: [String: Int] = [:]
        for line in text("/proc/\(pid)/smaps_rollup")?.split(separator: "\n") ?? [] {
            let words = line.split(separator: " ")
            guard words.count == 3, let amount = Int(words[1]) else { continue }
            result[String(words[0].dropLast())] = amount
        }
        return result
    }

    /// What it has taken of the processors so far, by itself and in the kernel: fields 14 and 15 of `/proc/PID/stat`, in ticks
    /// (proc(5)). Nil when there is no such process.
    static func processorTime(of pid: Int) -> Duration? {
        // The name before them may have anything in it, brackets too.
        let fields = text("/proc/\(pid)/stat")?.split(separator: ")").last?.split(separator: " ").map(String.init) ?? []
        guard fields.count > 12, let own = Int(fields[11]), let kernel = Int(fields[12]) else { return nil }
        return .seconds(own + kernel) / sysconf(Int32(_SC_CLK_TCK))
    }

    /// The program's name, of which the kernel keeps 15 bytes.
    static func name(of pid: Int) -> String? { text("/proc/\(pid)/comm") }

    static func controlGroup(of pid: Int) -> String? {
        text("/proc/\(pid)/cgroup")?.split(separator: "\n").last.map(String.init)
    }

    static func descriptors(of pid: Int) -> Int { count("/proc/\(pid)/fd") }
    static func threads(of pid: Int) -> Int { count("/proc/\(pid)/task") }

    /// Entries of a directory; 0 when there is none.
    static func count(_ directory: String) -> Int {
        (try? FileManager.default.contentsOfDirectory(atPath: directory))?.count ?? 0
    }

    /// Bytes of a file; 0 when there is none.
    static func size(_ path: String) -> Int {
        ((try? FileManager.default.attributesOfItem(atPath: path))?[.size] as? NSNumber)?.intValue ?? 0
    }

    /// Read to its end by hand: the kernel's files say that their size is 0.
    static func text(_ path: String) -> String? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let n = read(file, &chunk, chunk.count)
            guard n > 0 else { break }
            bytes += chunk[..<n]
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
