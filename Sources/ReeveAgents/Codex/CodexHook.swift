package import ReeveModel

/// Codex has taken over the shape of Claude's hooks and added `Interrupt`. A failed call may tell no end; the rollout does then.
package enum CodexHook {
    package static func read(_ event: HookEvent) -> ThreadReport? { ClaudeHook.read(event, kind: "codex") }
}
