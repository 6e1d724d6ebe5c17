import Foundation
import ReeveModel

/// A request's record as it is kept: JSON.
extension RequestRecord {
    private struct Stored: Codable {
        var stage: String
        var number: Int64?
        var url: String?
        var wanted: Int?
        var isAwaited: Bool
        var pushed: String?
        var mergedHead: String?
        var heard: String?
        var adviceReason: String?
        var adviceCommands: [String]?
    }

    var stored: String {
        let stored = Stored(
            stage: stage.rawValue, number: number, url: url, wanted: wanted, isAwaited: isAwaited, pushed: pushed,
            mergedHead: mergedHead, heard: heard, adviceReason: advice?.reason, adviceCommands: advice?.commands)
        return (try? JSONEncoder().encode(stored)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }

    /// Nil for what cannot be read: it is offered anew then, which finds the request that is there.
    init?(stored text: String) {
        guard let stored = try? JSONDecoder().decode(Stored.self, from: Data(text.utf8)),
            let stage = Stage(rawValue: stored.stage)
        else { return nil }
        self.init(
            stage: stage, number: stored.number, url: stored.url, wanted: stored.wanted, isAwaited: stored.isAwaited,
            pushed: stored.pushed, mergedHead: stored.mergedHead, heard: stored.heard,
            advice: stored.adviceReason.map { RequestAdvice($0, commands: stored.adviceCommands ?? []) })
    }
}
