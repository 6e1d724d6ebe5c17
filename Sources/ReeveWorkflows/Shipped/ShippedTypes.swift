package import ReeveModel

/// The types that ship. They are files like a user's, and are read in the same way.
package enum ShippedTypes {
    /// By name, as a user would write them.
    package static let texts: [(name: String, text: String)] = [
        ("FEAT", feature), ("FIX", fix), ("TASK", task), ("SPIKE", spike), ("INV", investigation),
    ]

    package static let all: [TicketType] = texts.map { name, text in
        let reading = TypeFile.read(text, file: "shipped", form: .toml)
        guard let type = reading.type else {
            // A constant of ours, and a test reads it: without it there is nothing to work by.
            preconditionFailure("the shipped type \(name) is wrong: \(reading.faults.first?.spoken ?? "")")
        }
        return type
    }
}
