/// Something that reads bytes of strangers, with what must hold of it whatever they are.
///
/// `scripts/fuzz` drives a target with libFuzzer, which looks for new paths through it; the tests replay the corpus and every crash
/// that was ever found. To add one: a file beside this one, its name in `all`, a first file in `Tests/Fuzzing/Corpus/NAME`.
package struct FuzzTarget: Sendable {
    /// Its folder in the corpus and its name for `make fuzz TARGET=`.
    package var name: String
    /// Bytes; longer inputs find nothing that shorter ones do not, only slower.
    package var longest: Int
    /// What does not hold, nil when all does. A trap is a finding too.
    package var check: @Sendable ([UInt8]) -> String?

    package static let all: [FuzzTarget] = [
        .line, .request, .ticket, .ticketFile, .controlMode, .configuration, .type, .template, .thread, .cmux,
        .terminal, .panes,
    ]

    package static func named(_ name: String) -> FuzzTarget? { all.first { $0.name == name } }
}
