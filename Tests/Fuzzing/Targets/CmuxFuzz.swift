import ReeveModel
import ReeveMultiplexers

extension FuzzTarget {
    /// What comes from cmux's socket: the same lines in whatever pieces the bytes come, and each of them is read without harm.
    static let cmux = FuzzTarget(name: "cmux", longest: 1024) { input in
        guard let seed = input.first else { return nil }
        let bytes = Array(input.dropFirst())
        var whole = CmuxLineBuffer()
        var pieces = CmuxLineBuffer()
        let expected: [[UInt8]]
        var lines: [[UInt8]] = []
        do {
            expected = try whole.feed(bytes)
            var generator = UInt32(seed)
            var at = 0
            while at < bytes.count {
                generator = generator &* 1_664_525 &+ 1_013_904_223
                let end = min(bytes.count, at + 1 + Int(generator >> 24) % 16)
                lines += try pieces.feed(bytes[at..<end])
                at = end
            }
        } catch {
            return "a line was called too long that is not"
        }
        guard lines == expected else { return "in pieces \(lines), whole \(expected)" }
        for line in lines {
            if line.contains(10) || line.isEmpty { return "a line with an end in it, or with nothing" }
            _ = CmuxFrame.reading(line)
            switch CmuxAnswer.reading(line) {
            case .result(_, let result):
                _ = CmuxReadings.methods(result)
                _ = CmuxReadings.workspaces(result, window: "") + CmuxReadings.workspaces(result, window: "x")
                guard CmuxReadings.windows(result).allSatisfy({ $0.id.utf8.count == 36 }) else {
                    return "a window without a UUID"
                }
                _ = CmuxReadings.surfaces(result)
                let screen = CmuxReadings.screen(result) ?? ""
                let tail = CmuxReadings.tail(screen, lines: 5)
                if tail.utf8.count > screen.utf8.count || tail.hasSuffix("\n") { return "'\(tail)' is no end of '\(screen)'" }
            case .failure(_, let failure):
                if failure.error.message.utf8.contains(10) { return "an error of two lines" }
            case .refusal, .stray: break
            }
        }
        return nil
    }
}
