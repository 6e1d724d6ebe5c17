#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// One line on the terminal that is written again and again, and is gone in the end. Nothing where standard error is no terminal.
final class Progress {
    private let text: () -> String
    private let isShown = isatty(2) == 1
    private var isDirty = false

    init(_ text: @escaping () -> String) { self.text = text }

    func show() {
        guard isShown else { return }
        isDirty = true
        put("\r\u{1B}[K" + Terminal.fit(Terminal.clean(text()), Terminal.errorWidth - 1))
    }

    func clear() {
        if isDirty { put("\r\u{1B}[K") }
        isDirty = false
    }

    /// What is lost of it is no loss.
    private func put(_ text: String) {
        let bytes = Array(text.utf8)
        _ = bytes.withUnsafeBytes { write(2, $0.baseAddress, $0.count) }
    }
}
