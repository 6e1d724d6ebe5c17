/// One tmux command of a plan. A plan's steps are carried out in order, best as one call of tmux with `;` between them: then nobody sees a
/// window in between, and no program is told of a size that does not last.
///
/// | Step | Command |
/// |---|---|
/// | `split` | `split-window -d [-b] [-Z] (-h or -v) -P -F #{pane_id} -t %TARGET COMMAND`, which prints the new pane's id |
/// | `kill` | `kill-pane -t %PANE`, after whatever gentler means; left out if the pane has gone by itself |
/// | `swap` | `swap-pane -d [-Z] -s %PANE -t %OTHER` |
/// | `setLayout` | `select-layout -t %HOST TEXT` |
/// | `focus` | `select-pane -t %PANE` |
/// | `zoom` | `resize-pane -Z -t %PANE` |
///
/// So a spawn is `split`, `swap`s if a person had put the main pane among its agents, and `setLayout`; a close `kill` and `setLayout`; a
/// replace `split`, `kill` and `setLayout`; an arrange `setLayout` alone. After a `swap` the pane that was active gets the focus back with `focus`, which
/// `-d` does not do for the swapped panes themselves. `select-layout` has no `-Z` and ends the zoom, and `kill-pane` does so too;
/// therefore in a zoomed window the last step is `zoom`. The tag of a new pane is set with `set-option -p -t` right after its `split`.
/// (All measured with tmux 3.3a.)
package enum PaneStep: Sendable, Hashable {
    case split(target: String, direction: PaneDirection, before: Bool, keepsZoom: Bool)
    case kill(pane: String)
    case swap(pane: String, with: String, keepsZoom: Bool)
    case setLayout(target: String, text: String)
    case focus(pane: String)
    case zoom(pane: String)

    /// The arguments for tmux. Behind those of `split` comes the command that the pane is to run.
    package var arguments: [String] {
        switch self {
        case .split(let target, let direction, let before, let keepsZoom):
            ["split-window", "-d"] + (before ? ["-b"] : []) + (keepsZoom ? ["-Z"] : [])
                + [direction == .sideBySide ? "-h" : "-v", "-P", "-F", "#{pane_id}", "-t", target]
        case .kill(let pane): ["kill-pane", "-t", pane]
        case .swap(let pane, let other, let keepsZoom):
            ["swap-pane", "-d"] + (keepsZoom ? ["-Z"] : []) + ["-s", pane, "-t", other]
        case .setLayout(let target, let text): ["select-layout", "-t", target, text]
        case .focus(let pane): ["select-pane", "-t", pane]
        case .zoom(let pane): ["resize-pane", "-Z", "-t", pane]
        }
    }
}
