"""The rows of the table, in the order in which they are measured."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from host.workbench import Workbench
from measures import agents, clients, creation, footprint, isolation, knowing, losses, panes, requests, sessions, terminals
from report.line import Line


@dataclass(frozen=True)
class Row:
    """A row before it is measured; it may become several lines, one for each bar."""

    name: str
    what: str
    bars: str
    measure: Callable[[Workbench], list[Line]]


ROWS = [
    Row("status-64", "`system.status`, 64 clients ÷ C line server", "≥ 0.25", requests.status_64),
    Row("status-pipelined", "`system.status`, 1 client × 16 pipelined ÷ C line server", "≥ 0.5", requests.status_pipelined),
    Row("status-p50", "`system.status` p50 on one core ÷ C line server", "≤ 3", requests.status_p50),
    Row("peers", "`system.status`, 64 clients ÷ redis GET; ÷ supervisord's version call", "≥ 0.6; ≥ 10", requests.peers),
    Row("create", "`ticket.create` ÷ SQLite commits; 64 clients ÷ 1", "≥ 0.5; ≥ 5", creation.create),
    Row("create-10k", "last hundred of 10 000 creates ÷ first hundred", "≤ 1.2", creation.create_10k),
    Row("forks", "tmux processes started by calls", "≤ 0", sessions.forks),
    Row("refresh-500", "`session.list` with 500 sessions ÷ raw `list-panes -a`", "≤ 2", sessions.refresh_500),
    Row("launches", "launches per second ÷ `tmux new-session -d`", "≥ 0.5", agents.launches),
    Row("exit-latency", "exit → event: p50; p99; p99 with 500 sessions ÷ with 10", "≤ 5 ms; ≤ 50 ms; ≤ 2", agents.exit_latency),
    Row("idle", "50 idle agents: memory; processor time; memory per connection", "≤ 32 MiB; ≤ 0.5 %; ≤ 16 KiB", footprint.idle),
    Row("start", "start to READY with a long history", "≤ 250 ms", footprint.start),
    Row("cli", "`reeve status` ÷ bare Swift process; ÷ `supervisorctl status`", "≤ 3; ≤ 0.1", footprint.cli),
    Row("isolation", "p99 with stalled clients; stopped tmux; 50 launches ÷ quiet", "≤ 2; ≤ 2; ≤ 3", isolation.isolation),
    Row("tmux-killed", "tmux server killed with 50 agents → every ticket `lost`", "≤ 1000 ms", losses.tmux_killed),
    Row("stopped-client", "p99 of `system.ping` with a stopped subscriber ÷ without; events it misses; events made",
        "≤ 2; ≤ 0; ≥ 950/s", clients.stopped_client),
    Row("connections-10k", "10 000 idle connections: memory of each; callers without an answer or cut off", "≤ 20 KiB; ≤ 0",
        clients.connections_10k),
    Row("hook-state", "hook event → `agent.state`", "≤ 20 ms", knowing.hook_state),
    Row("transcript-state", "transcript grows → `agent.state`", "≤ 50 ms", knowing.transcript_state),
    Row("transcripts-200", "200 transcripts of 100 MiB: first contact; processor time; memory", "≤ 1 s; ≤ 0.5 %; ≤ 60 MiB", knowing.transcripts),
    Row("hook-cold", "`reeve hook claude`, daemon up; down", "≤ 30 ms; ≤ 30 ms", knowing.hook_cold),
    Row("approve-prompt", "approve → next prompt in the agent's terminal", "≤ 300 ms", knowing.approve_prompt),
    Row("terminal-flood", "50 MB through `reeve-terminal` ÷ into a bare one: plain; coloured and wide", "≥ 0.5; ≥ 0.5",
        terminals.terminal_flood),
    Row("terminal-attach", "`reeve-terminal attach`; `reeve attach`: to the whole first picture", "≤ 50 ms; ≤ 50 ms",
        terminals.terminal_attach),
    Row("terminal-memory", "resident memory of a terminal at rest, 10 000 lines of scrollback", "≤ 8 MiB", terminals.terminal_memory),
    Row("pane-plans", "plans of panes in a second", "≥ 10 000/s", panes.pane_plans),
]
