import ReeveAgents
package import ReeveModel
import ReeveWire

/// `reeve explain --file`: what a transcript alone says, without a daemon.
package enum OfflineTranscript {
    /// The JSON of `ExplainedFile`.
    package static func explain(_ file: String, kind: String) throws(ReeveError) -> String {
        let threads = try OfflineExplanation.explain(file: file, kind: kind, now: SystemTime().wall())
        var result = ExplainedFile()
        result.skipped = threads.first?.skipped ?? 0
        result.threads = threads.map { thread in
            var shape = ExplainedThread()
            shape.thread = ThreadShape(thread.explanation)
            shape.evidence = thread.explanation.lines.map { EvidenceShape($0) }
            return shape
        }
        return String(decoding: result.json, as: UTF8.self)
    }
}
