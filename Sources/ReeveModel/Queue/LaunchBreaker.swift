/// Stops launching when launches fail one after another: an agent that is logged out would otherwise burn a whole night's queue in
/// minutes. Pure; part of `QueuePolicy`.
///
/// There is one track for each agent kind and one for all together. A track counts failures in a row; at `Settings.failures` it opens and
/// nothing of its scope is launched. After the cooldown one launch is let through: if that works the track closes, if not the next
/// cooldown is twice as long. A person who resumes the queue closes all.
package struct LaunchBreaker: Sendable, Hashable {
    package struct Settings: Sendable, Hashable {
        /// Failed launches in a row; 0 never stops anything.
        package var failures: Int
        /// Until one launch is tried; doubles with each that fails, up to `longestCooldown`.
        package var cooldown: Duration
        package static let longestCooldown: Duration = .seconds(3600)

        package init(failures: Int = 5, cooldown: Duration = .seconds(300)) {
            self.failures = failures
            self.cooldown = cooldown
        }
    }

    /// What an open track stops.
    package enum Scope: Sendable, Hashable {
        case all
        case kind(String)
    }

    /// An open track, as it is shown.
    package struct Brake: Sendable, Hashable {
        package var scope: Scope
        package var failures: Int
        /// Of the last failure.
        package var reason: String
        package var since: Timestamp
        /// When the next launch is let through; nil while one is being tried.
        package var nextTry: Timestamp?

        package init(scope: Scope, failures: Int, reason: String, since: Timestamp, nextTry: Timestamp?) {
            self.scope = scope
            self.failures = failures
            self.reason = reason
            self.since = since
            self.nextTry = nextTry
        }
    }

    private struct Track: Sendable, Hashable {
        var failures = 0
        var reason = ""
        var opened: Opening?
    }

    private struct Opening: Sendable, Hashable {
        var since: Timestamp
        var until: Timestamp
        var cooldown: Duration
        var probe: TicketID?
    }

    package var settings: Settings
    private var tracks: [Scope: Track] = [:]

    package init(_ settings: Settings = Settings()) { self.settings = settings }

    // MARK: What happens

    /// A ticket is about to be launched by the queue: where a track is open, this is its trial.
    package mutating func launched(_ ticket: TicketID, kind: String) {
        for scope in [Scope.all, .kind(kind)] where tracks[scope]?.opened != nil { tracks[scope]?.opened?.probe = ticket }
    }

    package mutating func failed(_ ticket: TicketID, kind: String, reason: String, now: Timestamp) {
        for scope in [Scope.all, .kind(kind)] {
            var track = tracks[scope] ?? Track()
            track.failures += 1
            track.reason = reason
            if var opening = track.opened {
                // What was launched before the track opened says nothing new.
                if opening.probe == ticket {
                    opening.probe = nil
                    opening.cooldown = min(opening.cooldown * 2, Settings.longestCooldown)
                    opening.until = now.advanced(by: opening.cooldown)
                    track.opened = opening
                }
            } else if settings.failures > 0, track.failures >= settings.failures {
                track.opened = Opening(since: now, until: now.advanced(by: settings.cooldown), cooldown: settings.cooldown)
            }
            tracks[scope] = track
        }
    }

    package mutating func worked(_ ticket: TicketID, kind: String) {
        for scope in [Scope.all, .kind(kind)] {
            guard let opening = tracks[scope]?.opened, opening.probe != ticket else {
                tracks[scope] = nil
                continue
            }
        }
    }

    /// The launch of this ticket came to nothing that says anything about launches: the next one is the trial.
    package mutating func unjudged(_ ticket: TicketID) {
        for (scope, track) in tracks where track.opened?.probe == ticket { tracks[scope]?.opened?.probe = nil }
    }

    /// A person says that all is well.
    package mutating func reset() { tracks = [:] }

    // MARK: What follows

    /// Why `kind` is not launched now; nil when it may be.
    package func refusal(kind: String, now: Timestamp) -> ReeveError? {
        refusal(of: [.all, .kind(kind)]) { admits($0, now) }
    }

    /// Why nothing at all is launched now; nil when something may be.
    package func refusal(now: Timestamp) -> ReeveError? { refusal(of: [.all]) { admits($0, now) } }

    /// Why this ticket's launch, which was decided on a moment ago, is not made now: a brake has come meanwhile, and this is not its trial.
    package func refusal(launching ticket: TicketID, kind: String) -> ReeveError? {
        refusal(of: [.all, .kind(kind)]) { $0.probe == ticket }
    }

    private func refusal(of scopes: [Scope], unless letsThrough: (Opening) -> Bool) -> ReeveError? {
        guard !tracks.isEmpty else { return nil }
        for scope in scopes {
            guard let track = tracks[scope], let opening = track.opened, !letsThrough(opening) else { continue }
            return .conflict(Self.spoken(brake(scope, track, opening)), hint: "mend what is wrong, then reeve queue resume")
        }
        return nil
    }

    /// When a launch is let through that is not now; nil when there is no such moment.
    package func nextTry(after now: Timestamp) -> Timestamp? {
        tracks.values.compactMap(\.opened).filter { $0.probe == nil && !admits($0, now) }.map(\.until).min()
    }

    /// The open tracks: the one for all alone when it is open, because the others say the same again.
    package var brakes: [Brake] {
        let open = tracks.compactMap { scope, track in track.opened.map { brake(scope, track, $0) } }
        let all = open.filter { $0.scope == .all }
        return all.isEmpty ? open.sorted { $0.scope.word < $1.scope.word } : all
    }

    package static func spoken(_ brake: Brake) -> String {
        let what = if case .kind(let kind) = brake.scope { " of \(kind)" } else { "" }
        return "launching\(what) is stopped: \(brake.failures) in a row failed, the last because \(brake.reason)"
    }

    private func brake(_ scope: Scope, _ track: Track, _ opening: Opening) -> Brake {
        Brake(
            scope: scope, failures: track.failures, reason: track.reason, since: opening.since,
            nextTry: opening.probe == nil ? opening.until : nil)
    }

    private func admits(_ opening: Opening, _ now: Timestamp) -> Bool {
        // Further away than it was ever set: the clock was put back.
        opening.probe == nil
            && (opening.until <= now || opening.until.milliseconds - now.milliseconds > opening.cooldown.milliseconds)
    }

    // MARK: Over a restart

    /// One line a track: what counts of it after a restart. A trial under way is none then; the next launch is.
    package var stored: String {
        tracks.sorted { $0.key.word < $1.key.word }.map { scope, track in
            let opened = track.opened.map { [$0.since.milliseconds, $0.until.milliseconds, $0.cooldown.milliseconds] } ?? []
            let reason = track.reason.split(whereSeparator: \.isNewline).joined(separator: " ")
            return "\(scope.word) \(track.failures) \(opened.map(String.init).joined(separator: ",")) \(reason)"
        }.joined(separator: "\n")
    }

    /// What cannot be read is left out: then launching is not stopped.
    package mutating func restore(_ text: String) {
        tracks = [:]
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false)
            guard words.count == 4, let scope = Scope(word: String(words[0])), let failures = Int(words[1]) else { continue }
            var track = Track(failures: failures, reason: String(words[3]))
            let times = words[2].split(separator: ",").compactMap { Int64($0) }
            if times.count == 3 {
                track.opened = Opening(
                    since: Timestamp(milliseconds: times[0]), until: Timestamp(milliseconds: times[1]),
                    cooldown: .milliseconds(times[2]))
            }
            tracks[scope] = track
        }
    }
}

extension LaunchBreaker.Scope {
    /// `*` cannot be an agent kind.
    package var word: String { if case .kind(let kind) = self { kind } else { "*" } }

    package init?(word: String) {
        guard !word.isEmpty else { return nil }
        self = word == "*" ? .all : .kind(word)
    }
}

/// What a launch has shown about launches of its kind.
package enum LaunchOutcome: Sendable, Hashable {
    /// It ran long enough, or came to a good end.
    case worked
    /// It could not be started, or ended with an error right away.
    case failed(String)
    /// Cancelled, put off, lost with its terminal, or already told.
    case unjudged
}
