/// What `reeved --restore-database` and `--salvage-database` print. No method: no daemon may run then.
package struct DatabaseRescued: WireObject {
    package var file = ""
    package var aside: String?
    package var tickets: Int?
    package var events: Int?
    package var places: Int?
    package init() {}
    package static let fields: [Field<DatabaseRescued>] = [
        .required("file", \.file, "the database"),
        .optional("aside", \.aside, "the folder with what was there before"),
        .optional("tickets", \.tickets, "of the damaged database, taken over"),
        .optional("events", \.events, "of the damaged database, taken over"),
        .optional("places", \.places, "where something could not be read"),
    ]
}
