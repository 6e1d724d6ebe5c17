package enum TicketImport: WireMethod {
    package static let name = "ticket.import"
    package static let summary = "Takes the tickets of an Operator folder; what is there already is taken once."
    package static let isMutating = true
    package struct Params: WireObject {
        package var directory = ""
        package var dryRun = false
        package init() {}
        package static let fields: [Field<Params>] = [
            .required("directory", \.directory, "the `.tickets` directory, or the one it is in; absolute", .directory),
            .defaulted("dryRun", \.dryRun, "say what would be done, and do nothing"),
        ]
    }
    package struct Result: WireObject {
        package var dryRun = false
        package var imported = 0
        package var newIds = 0
        package var duplicates = 0
        package var wrong = 0
        package var skipped = 0
        package var files: [ImportedFileShape] = []
        package var more: Int?
        package init() {}
        package static let fields: [Field<Result>] = [
            .required("dryRun", \.dryRun, "whether nothing was done"),
            .required("imported", \.imported, "tickets made"),
            .required("newIds", \.newIds, "of these, with an id that was made anew"),
            .required("duplicates", \.duplicates, "files of tickets that are there already"),
            .required("wrong", \.wrong, "files that cannot be taken"),
            .required("skipped", \.skipped, "files that are no tickets"),
            .required("files", \.files, "one by one: the wrong ones first, at most 2000"),
            .optional("more", \.more, "files that are not in the list"),
        ]
    }
}

/// What became of one file of an import.
package struct ImportedFileShape: WireObject, Equatable {
    package enum Verdict: String, WireWord, CaseIterable { case imported, duplicate, wrong, skipped }

    package var file = ""
    package var verdict = Verdict.imported
    package var ticket: String?
    package var line: Int?
    package var note = ""
    package init() {}
    package static let fields: [Field<ImportedFileShape>] = [
        .required("file", \.file, "below the directory"),
        .required("verdict", \.verdict, "what becomes of it"),
        .optional("ticket", \.ticket, "the ticket that it is, or is a duplicate of"),
        .optional("line", \.line, "where it is wrong"),
        .required("note", \.note, "one line for people"),
    ]
}

package enum TicketFolderStatus: WireMethod {
    package static let name = "ticket.folder"
    package static let summary = "The folder that tickets are written in, and what is wrong in it."
    package typealias Params = Empty
    package struct Result: WireObject {
        package var directory: String?
        package var reports: [FolderReportShape] = []
        package init() {}
        package static let fields: [Field<Result>] = [
            .optional("directory", \.directory, "absent when none is configured"),
            .required("reports", \.reports, "what holds now and a person should know, at most 1000"),
        ]
    }
}

package struct FolderReportShape: WireObject, Equatable {
    package var file = ""
    package var line: Int?
    package var what = ""
    package var ticket: String?
    package var message = ""
    package var hint: String?
    package init() {}
    package static let fields: [Field<FolderReportShape>] = [
        .required("file", \.file, "below the folder"),
        .optional("line", \.line, "where in it"),
        .required("what", \.what, "the word for it, as in docs/tickets.md"),
        .optional("ticket", \.ticket, "the ticket that it is about"),
        .required("message", \.message, "what is, and what was done about it"),
        .optional("hint", \.hint, "what can be done"),
    ]
}
