package import ReeveModel

package enum PanesFollow: WireMethod {
    package static let name = "panes.follow"
    package static let summary =
        "From now on each agent that starts gets a pane beside this one, or waits for room there, without being asked for."
    package static let isMutating = true
    package struct Params: WireObject {
        package var host = PaneHostShape()
        package var layout: PaneLayout?
        package var isolation: PaneIsolation?
        package var enabled = true
        package init() {}
        package static let fields: [Field<Params>] = [
            .required("host", \.host, "the pane that new agents come beside; one on each server, so it takes another's place"),
            .optional("layout", \.layout, "`[panes] layout` when absent"),
            .optional("isolation", \.isolation, "`[panes] isolation` when absent"),
            .defaulted(
                "enabled", \.enabled,
                "false: no pane of this server follows any more; agents keep their panes, and who waits because of it waits no more"
            ),
        ]
    }
    package struct Result: WireObject {
        package var following: [PaneFollowingShape] = []
        package var before: PaneHostShape?
        package init() {}
        package static let fields: [Field<Result>] = [
            .required("following", \.following, "the panes that new agents come beside now; with several the last one gets them"),
            .optional("before", \.before, "the pane of this server that followed until now"),
        ]
    }
}

/// A pane that new agents come beside.
package struct PaneFollowingShape: WireObject {
    package var host = PaneHostShape()
    package var layout: PaneLayout?
    package var isolation: PaneIsolation?
    package var since = ""
    package init() {}

    package init(_ following: PaneFollowing.Host) {
        host = PaneHostShape(following.host)
        layout = following.layout
        isolation = following.isolation
        since = following.since.rfc3339
    }

    package static let fields: [Field<PaneFollowingShape>] = [
        .required("host", \.host, "the pane"),
        .optional("layout", \.layout, "`[panes] layout` when absent"),
        .optional("isolation", \.isolation, "`[panes] isolation` when absent"),
        .required("since", \.since, "RFC 3339; when it began"),
    ]
}
