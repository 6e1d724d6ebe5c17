"""Tickets, agents and sessions in numbers."""

from __future__ import annotations

import time
from dataclasses import dataclass

from daemon.client import Client
from daemon.process import Daemon

LAUNCH_LIMIT_SECONDS = 120
AT_WORK = {"running", "tool", "waiting"}
GONE = {"error", "exited", "lost"}


class LaunchFailed(Exception):
    """An agent that should run did not."""


@dataclass(frozen=True)
class Launch:
    """A batch of agents that all run now, and the seconds it took from `queue.resume`."""

    tickets: list[str]
    seconds: float


def create(client: Client, count: int, agent: str | None = None) -> list[str]:
    """Queues tickets; their ids."""
    params = {"title": "x"} if agent is None else {"title": "x", "agent": agent}
    return [result["ticket"]["id"] for result in client.call_all("ticket.create", [params] * count)]


def launch(daemon: Daemon, count: int, agent: str | None = None) -> Launch:
    """Queues tickets while paused, resumes, waits until every agent runs, pauses again."""
    with daemon.client() as client, daemon.client() as subscriber:
        client.call("queue.pause")
        subscriber.subscribe("agent.state", "agent.exited")
        tickets = create(client, count, agent)
        started = time.monotonic()
        client.call("queue.resume")
        wait_until_at_work(subscriber, tickets)
        seconds = time.monotonic() - started
        client.call("queue.pause")
        return Launch(tickets, seconds)


def wait_until_at_work(subscriber: Client, tickets: list[str]) -> None:
    """Reads `agent.state` events until each ticket's agent was seen at work."""
    missing = set(tickets)
    deadline = time.monotonic() + LAUNCH_LIMIT_SECONDS
    while missing:
        event = subscriber.next_event(deadline)
        if event is None:
            raise LaunchFailed(f"{len(missing)} of {len(tickets)} agents not running within {LAUNCH_LIMIT_SECONDS} s")
        state = event.data["agent"]["state"]
        if event.ticket in missing and state in GONE:
            raise LaunchFailed(f"an agent that should run is {state}: {event.data['agent'].get('reason', 'no reason given')}")
        if state in AT_WORK:
            missing.discard(event.ticket)


def spawn_sessions(client: Client, count: int, prefix: str) -> None:
    """Plain sessions that sleep."""
    sessions = [{"name": f"{prefix}{number}", "command": ["sleep", "100000"]} for number in range(count)]
    client.call_all("session.spawn", sessions, in_flight=8)


def at_work(client: Client) -> int:
    """How many agents run now."""
    return sum(agent["state"] in AT_WORK for agent in client.call("agent.list")["agents"])
