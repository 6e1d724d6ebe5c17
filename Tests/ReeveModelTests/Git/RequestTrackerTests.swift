import ReeveModel
import Testing

/// What comes of what a remote and a provider say, as tables. One row is a story: each event, and the effects that it has.
@Suite struct RequestTrackerTests {
    private static let url = "https://github.com/o/r/pull/7"
    private static let advice = RequestAdvice("gh is not signed in", commands: ["gh auth login"])
    private static let trouble = ReeveError.unavailable("no route to host")
    private static let review = RequestReview(id: "R1", by: ["ann"], text: "rename it")

    typealias Story = [(event: RequestTracker.Event, effects: [RequestTracker.Effect])]

    private static func requested(_ number: Int64 = 7, _ commit: String = "c1") -> RequestTracker.Event {
        .published(.requested(number: number, url: url, pushed: commit))
    }

    private static func reading(
        _ state: RequestReading.State, _ review: RequestReview? = nil, head: String? = "c1", number: Int64 = 7
    ) -> RequestTracker.Event {
        .looked(RequestReading(number: number, url: url, state: state, head: head, review: review))
    }

    /// Up to an open request that is looked at for the first time.
    private static let opening: Story = [
        (.offered(visit: 4), [.record, .publish]),
        (requested(), [.record, .tell(.opened(number: 7, url: url)), .wait(.seconds(60))]),
        (.due, [.look(number: 7)]),
    ]
    /// The same, until changes have been asked for and done.
    private static let reworked: Story =
        opening + [
            (
                reading(.open, review),
                [
                    .record, .tell(.changesRequested(by: ["ann"], url: url)), .sendBack(by: ["ann"], text: "rename it"),
                    .wait(.seconds(60)),
                ]
            ),
            (.offered(visit: 6), [.record, .publish]),
            (requested(7, "c2"), [.record, .tell(.updated(number: 7, url: url)), .wait(.seconds(60))]),
            (.due, [.look(number: 7)]),
        ]

    private static let stories: [(String, Story)] = [
        (
            "opened, merged",
            opening + [(reading(.merged), [.record, .tell(.merged(url: url)), .finish(mergedHead: "c1")]), (.due, [])]
        ),
        ("open for long", opening + [(reading(.open), [.wait(.seconds(60))]), (.due, [.look(number: 7)])]),
        (
            "closed",
            opening + [
                (
                    reading(.closed),
                    [.record, .tell(.closed(url: url)), .sendBack(by: [], text: "\(url) was closed without being merged.")]
                ), (.due, []),
                // More work is a request of its own.
                (.offered(visit: 6), [.record, .publish]),
                (requested(8), [.record, .tell(.opened(number: 8, url: url)), .wait(.seconds(60))]),
            ]
        ),
        (
            "changes requested, done, merged",
            reworked + [
                (reading(.open, review), [.wait(.seconds(60))]),
                (.due, [.look(number: 7)]),
                (reading(.merged, head: "c2"), [.record, .tell(.merged(url: url)), .finish(mergedHead: "c2")]),
            ]
        ),
        (
            "the same review is passed on once",
            reworked + [(reading(.open, review), [.wait(.seconds(60))])]
        ),
        (
            "a second review is passed on too",
            reworked + [
                (
                    reading(.open, RequestReview(id: "R2", by: ["bob"], text: "and test it")),
                    [
                        .record, .tell(.changesRequested(by: ["bob"], url: url)), .sendBack(by: ["bob"], text: "and test it"),
                        .wait(.seconds(60)),
                    ]
                )
            ]
        ),
        (
            "a review that comes while the agent works waits until its work is offered",
            Array(reworked.prefix(4)) + [
                (.due, [.look(number: 7)]),
                (reading(.open, RequestReview(id: "R2", by: ["bob"], text: "and test it")), [.wait(.seconds(60))]),
                (.offered(visit: 6), [.record, .publish]),
                (requested(7, "c2"), [.record, .tell(.updated(number: 7, url: url)), .wait(.seconds(60))]),
                (.due, [.look(number: 7)]),
                (
                    reading(.open, RequestReview(id: "R2", by: ["bob"], text: "and test it")),
                    [
                        .record, .tell(.changesRequested(by: ["bob"], url: url)), .sendBack(by: ["bob"], text: "and test it"),
                        .wait(.seconds(60)),
                    ]
                ),
            ]
        ),
        (
            "merged while the agent works: what is new is offered, and if nothing is, it is done",
            Array(reworked.prefix(4)) + [
                (.due, [.look(number: 7)]),
                (reading(.merged), [.record, .tell(.merged(url: url))]),
                (.due, []),
                (.offered(visit: 6), [.record, .publish]),
                (.published(.nothingNew), [.record, .finish(mergedHead: "c1")]),
            ]
        ),
        (
            "work that is offered while a look is under way is pushed after it",
            opening + [
                (.offered(visit: 6), [.record]),
                (reading(.open), [.publish]),
                (requested(7, "c2"), [.record, .tell(.updated(number: 7, url: url)), .wait(.seconds(60))]),
            ]
        ),
        (
            "work that is offered while other work is pushed is pushed after it",
            [
                (.offered(visit: 4), [.record, .publish]), (.offered(visit: 5), [.record]),
                (requested(), [.record, .tell(.opened(number: 7, url: url)), .publish]),
                (requested(7, "c2"), [.record, .tell(.updated(number: 7, url: url)), .wait(.seconds(60))]),
            ]
        ),
        (
            "what a person has to do is told once, and tried again ever more rarely",
            [
                (.offered(visit: 4), [.record, .publish]),
                (.published(.told(advice, pushed: "c1")), [.record, .tell(.advised(advice)), .wait(.seconds(120))]),
                (.due, [.publish]),
                (.published(.told(advice, pushed: "c1")), [.record, .wait(.seconds(240))]),
                (.due, [.publish]),
                (requested(), [.record, .tell(.opened(number: 7, url: url)), .wait(.seconds(60))]),
            ]
        ),
        (
            "trouble is told once, and its end",
            opening + [
                (.failed(trouble), [.tell(.trouble(trouble)), .wait(.seconds(120))]), (.due, [.look(number: 7)]),
                (.failed(trouble), [.wait(.seconds(240))]), (.due, [.look(number: 7)]),
                (.failed(trouble), [.wait(.seconds(480))]), (.due, [.look(number: 7)]),
                (.failed(trouble), [.wait(.seconds(900))]), (.due, [.look(number: 7)]),
                (.failed(trouble), [.wait(.seconds(900))]), (.due, [.look(number: 7)]),
                (reading(.open), [.tell(.recovered), .wait(.seconds(60))]),
            ]
        ),
        (
            "nothing is done twice at once",
            [(.offered(visit: 4), [.record, .publish]), (.due, []), (.resumed, []), (.due, [])]
        ),
        (
            "a person decides",
            opening + [(.ended, [.record]), (reading(.merged), []), (.due, [])]
        ),
        ("nothing was ever offered", [(.resumed, []), (.due, [])]),
        ("a look at another request says nothing", opening + [(reading(.merged, number: 6), [.look(number: 7)])]),
    ]

    @Test(arguments: stories.indices)
    func `each event has its effects`(_ index: Int) {
        let (name, story) = Self.stories[index]
        var tracker = RequestTracker(interval: .seconds(60))
        for (step, (event, effects)) in story.enumerated() {
            #expect(tracker.handle(event) == effects, "\(name), step \(step)")
        }
    }

    /// A restart at any point: what was under way is done again, and nothing else is.
    @Test(arguments: stories.indices)
    func `after a restart it goes on from what is stored`(_ index: Int) {
        let (name, story) = Self.stories[index]
        for cut in story.indices {
            var tracker = RequestTracker(interval: .seconds(60))
            var stored = RequestRecord()
            var asked = false
            for (event, _) in story[...cut] {
                let effects = tracker.handle(event)
                if effects.contains(.record) { stored = tracker.record }
                asked = effects.contains(.publish) || effects.contains { if case .look = $0 { true } else { false } }
            }
            #expect(stored == tracker.record, "\(name): a change was not stored at step \(cut)")
            var next = RequestTracker(record: stored, interval: .seconds(60))
            let resumed = next.handle(.resumed)
            // What was asked and not answered is asked again.
            if asked { #expect(resumed.count == 1, "\(name), cut after step \(cut)") }
            #expect(!resumed.contains { if case .sendBack = $0 { true } else { false } })
            #expect(!resumed.contains { if case .tell = $0 { true } else { false } })
        }
    }
}
