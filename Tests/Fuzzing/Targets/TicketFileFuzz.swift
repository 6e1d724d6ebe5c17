import ReeveModel
import ReeveTickets

extension FuzzTarget {
    /// A ticket's file: a fault that can be shown, or a ticket; and an edit changes its key and nothing else, or is refused.
    static let ticketFile = FuzzTarget(name: "ticket-file", longest: 1024) { input in
        let before: TicketFile
        do throws(TicketFault) { before = try TicketFile.parse(input, name: "a.md") } catch {
            let shown = error.error.message + (error.error.hint ?? "")
            return shown.unicodeScalars.contains(where: InertText.isActive) ? "a fault that does something: \(error)" : nil
        }
        guard !before.title.isEmpty, before.title.utf8.count <= 500,
            !before.title.unicodeScalars.contains(where: InertText.isActive)
        else {
            return "a title that is none: \(before.title)"
        }
        return editFault(input, before)
    }

    private static func editFault(_ input: [UInt8], _ before: TicketFile) -> String? {
        let edited: [UInt8]
        do throws(TicketFault) {
            edited = try FrontMatterEdit.apply([.set("status", "two words: #1"), .setSession(step: "plan", id: "s")], to: input)
        } catch {
            return nil
        }
        let after: TicketFile
        do throws(TicketFault) { after = try TicketFile.parse(edited, name: "a.md") } catch {
            return "cannot be read any more: \(error)"
        }
        guard after.status == "two words: #1", after.sessions["plan"] == "s" else { return "edited, and not changed: \(after)" }
        guard after.sense == before.sense, after.id == before.id,
            after.unknownKeys == before.unknownKeys || before.header != .frontMatter
        else { return "another ticket: \(after) instead of \(before)" }
        do throws(TicketFault) {
            let again = try FrontMatterEdit.apply(
                [.set("status", "two words: #1"), .setSession(step: "plan", id: "s")], to: edited)
            return again == edited ? nil : "the same edit changes it again"
        } catch {
            return "edited once and refused the second time: \(error)"
        }
    }
}
