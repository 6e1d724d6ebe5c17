import Foundation
import Logging
import ReeveModel
import ReeveStore
import ReeveTestSupport
import Testing

#if canImport(Glibc)
/// The journal on a disk that is really full.
@Suite(.serialized) struct FullDiskTests {
    @Test(.enabled(if: SmallDisk.isPossible, "a tmpfs cannot be mounted here"))
    func `disk full in the middle of a commit: nothing is half there, and space back is enough`() async throws {
        let scratch = try Scratch()
        let disk = try SmallDisk(at: scratch.path, kilobytes: 768)
        defer {
            disk.remove()
            scratch.remove()
        }
        let time = ManualTime()
        func open() throws -> SQLiteJournal {
            try SQLiteJournal(
                path: "\(scratch.path)/db", time: time, logger: Logger(label: "test"), encode: { _ in "{}" }, onCommit: { _ in })
        }
        let journal = try open()
        var acknowledged: [String] = []
        var refusal: ReeveError?
        for number in 0..<2000 where refusal == nil {
            var ticket = Samples.ticket("T\(number)", sequence: Int64(number + 1))
            ticket.body = String(repeating: "x", count: 20_000)
            do {
                try await journal.enqueue([.addTicket(ticket), .event(.ticketCreated(ticket))]).value()
                acknowledged.append(ticket.id.text)
            } catch {
                refusal = error as? ReeveError
            }
        }
        #expect(refusal?.kind == .unavailable && refusal?.message.contains("full") == true, "\(String(describing: refusal))")
        #expect(!acknowledged.isEmpty)
        #expect(try await journal.tickets(TicketQuery(limit: 5000)).count == acknowledged.count)
        // Readers are not harmed, and space is all that is missing.
        #expect(disk.resize(kilobytes: 8192))
        let last = Samples.ticket("LAST", sequence: 9999)
        try await journal.enqueue([.addTicket(last), .event(.ticketCreated(last))]).value()
        try journal.close()
        let again = try open()
        #expect(try await Set(again.tickets(TicketQuery(limit: 5000)).map(\.id.text)) == Set(acknowledged + ["LAST"]))
        #expect(try await again.events(after: 0, limit: 5000).map(\.seq) == (1...Int64(acknowledged.count + 1)).map { $0 })
        try again.close()
    }
}
#endif
