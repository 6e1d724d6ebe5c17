import ReeveMultiplexers

extension FuzzTarget {
    /// tmux's control mode, whose blocks hold what agents print: the same items in whatever pieces the bytes come.
    static let controlMode = FuzzTarget(name: "control-mode", longest: 1024) { input in
        guard let seed = input.first else { return nil }
        let bytes = Array(input.dropFirst())
        var whole = ControlModeParser()
        let expected = whole.feed(bytes)
        var pieces = ControlModeParser()
        var items: [ControlModeParser.Item] = []
        var generator = UInt32(seed)
        var at = 0
        while at < bytes.count {
            generator = generator &* 1_664_525 &+ 1_013_904_223
            let end = min(bytes.count, at + 1 + Int(generator >> 24) % 16)
            items += pieces.feed(bytes[at..<end])
            at = end
        }
        guard items == expected else { return "in pieces \(items), whole \(expected)" }
        for item in expected {
            switch item {
            case .block(let block):
                // A list of sessions is such a block, with names that a person may have given.
                _ = TmuxSessionList.parse(block.text, epoch: "1")
                guard block.lines.joined(separator: "\n").utf8.count + (block.lines.isEmpty ? 0 : 1) >= block.text.count else {
                    return "a block whose lines are fewer than its text: \(block)"
                }
            case .notification(let text): if text.contains("\n") { return "a notification of two lines" }
            case .line(let text): _ = TmuxVersion(text)
            }
        }
        return nil
    }
}
