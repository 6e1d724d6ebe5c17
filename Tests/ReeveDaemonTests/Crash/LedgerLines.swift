import Foundation

/// What the agents themselves wrote down when they started: one line each, appended in one write.
struct LedgerLine: Sendable, Hashable {
    var ticket: String
    var pid: Int
    var launch: String
}

/// Reads a ledger as it grows, and knows which of its processes are alive.
struct LedgerReader {
    private let path: String
    private var rest: [UInt8] = []
    private var offset: UInt64 = 0
    private(set) var lines: [String: [LedgerLine]] = [:]
    private var perhapsAlive: [LedgerLine] = []

    init(path: String) { self.path = path }

    /// - Returns: the tickets that have new lines.
    mutating func read() -> Set<String> {
        guard let file = FileHandle(forReadingAtPath: path), (try? file.seek(toOffset: offset)) != nil,
            let fresh = try? file.readToEnd()
        else { return [] }
        offset += UInt64(fresh.count)
        rest += fresh
        var tickets: Set<String> = []
        while let end = rest.firstIndex(of: 10) {
            let words = String(decoding: rest[..<end], as: UTF8.self).split(separator: " ").map(String.init)
            rest.removeFirst(end + 1)
            guard words.count == 3, let pid = Int(words[1]) else { continue }
            let line = LedgerLine(ticket: words[0], pid: pid, launch: words[2])
            lines[line.ticket, default: []].append(line)
            perhapsAlive.append(line)
            tickets.insert(line.ticket)
        }
        return tickets
    }

    /// The lines whose processes live; one that is dead is never asked after again.
    mutating func alive() -> Set<LedgerLine> {
        perhapsAlive.removeAll { !ProcessFacts.isAgent($0.pid, of: $0.launch) }
        return Set(perhapsAlive)
    }
}
