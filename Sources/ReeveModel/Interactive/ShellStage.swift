/// One command of a command line, with where its input and output are.
package struct ShellStage: Sendable, Hashable {
    package enum Place: Sendable, Hashable {
        /// Where the whole line's is: a terminal, if there is one.
        case terminal
        case pipe
        case file
        /// Text in the line itself: `<<` or `<<<`.
        case hereDocument

        var sentence: String {
            switch self {
            case .terminal: "the terminal"
            case .pipe: "a pipe"
            case .file: "a file"
            case .hereDocument: "the text behind it"
            }
        }
    }

    package var words: [String] = []
    package var input = Place.terminal
    package var output = Place.terminal
    /// It is behind an `&`.
    package var isInBackground = false
    /// `NAME=value`, from before the command.
    package var variables: [String] = []
}
