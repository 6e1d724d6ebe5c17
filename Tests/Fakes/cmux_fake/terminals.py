"""Windows, workspaces and surfaces; a surface is a session of a private tmux server."""
import os, subprocess, threading, time, uuid

from . import events, state

CONFIG = "set -g remain-on-exit on\nset -g exit-empty off\nset -g history-limit 20000\nset -g mouse off\nset -g escape-time 0\n"
PROTECTED = ("CMUX_", "TERM", "COLORTERM")


def prepare():
    with open(f"{state.options.directory}/tmux.conf", "w") as file:
        file.write(CONFIG)


def tmux(*arguments, data=None, quiet=False):
    command = ["tmux", "-u", "-S", f"{state.options.directory}/tmux", "-f", f"{state.options.directory}/tmux.conf", *arguments]
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("TMUX", "CMUX_"))}
    for _ in range(40):
        done = subprocess.run(command, input=data, capture_output=True, env=environment)
        # A server that is just ending refuses; the next call meets none, and starts another.
        if not done.returncode or not any(word in done.stderr for word in (b"server exited", b"lost server")):
            break
        time.sleep(0.05)
    if done.returncode and not quiet:
        raise state.Refused("internal_error", done.stderr.decode(errors="replace").strip())
    return done.stdout.decode(errors="replace")


def parent(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return int(file.read().rpartition(")")[2].split()[1])
    except (OSError, ValueError):
        return 0


class Surface:
    numbers = 0

    def __init__(self, workspace, command=None):
        Surface.numbers += 1
        self.id, self.number = str(uuid.uuid4()).upper(), Surface.numbers
        self.name, self.workspace, self.touched, self.exited = f"s{self.number}", workspace, False, False
        self.output = f"{state.options.directory}/output-{os.getpid()}-{self.number}"
        open(self.output, "w").close()
        variables = {key: value for key, value in workspace.environment.items() if not key.startswith(PROTECTED)}
        variables |= {"CMUX_WORKSPACE_ID": workspace.id, "CMUX_SURFACE_ID": self.id, "CMUX_SOCKET_PATH": state.options.socket}
        settings = [word for pair in variables.items() for word in ("-e", "=".join(pair))]
        line = f"unset TMUX TMUX_PANE; exec {command or '/bin/sh'}"
        # In one invocation: nothing that the program shows is missed.
        tmux("new-session", "-d", "-s", self.name, "-x", "200", "-y", "50", *settings, "-c", "/", "--", "/bin/sh", "-c", line, ";",
             "pipe-pane", "-O", "-t", f"={self.name}:", f"exec cat >> '{self.output}'")
        self.target = f"={self.name}:"
        self.pid, self.tty = tmux("display-message", "-p", "-t", self.target, "#{pane_pid} #{pane_tty}").split()
        events.emit("surface.created", workspace=workspace, surface=self)

    def ended(self):
        try:
            with open(f"/proc/{self.pid}/stat") as file:
                return file.read().rpartition(")")[2].split()[0] in "ZX"
        except OSError:
            return True

    def shown(self):
        with open(self.output, "rb") as file:
            return file.read()

    def foreground(self):
        try:
            with open(f"/proc/{self.pid}/stat") as file:
                return int(file.read().rpartition(")")[2].split()[5])
        except (OSError, ValueError):
            return 0

    def write(self, data, *flags):
        self.touched = True
        name = f"b{threading.get_ident()}"
        if data:
            tmux("load-buffer", "-b", name, "-", data=data)
            tmux("paste-buffer", *flags, "-d", "-b", name, "-t", self.target)

    def kill(self):
        tmux("kill-session", "-t", f"={self.name}", quiet=True)


class Workspace:
    def __init__(self, window, title=None, description=None, environment=None, command=None, notify=True):
        self.id, self.window = str(uuid.uuid4()).upper(), window
        self.title, self.environment, self.pinned = title or "~", environment or {}, False
        self.description = None if "description" in state.options.without else description
        self.status, self.progress, self.log, self.surfaces = {}, None, [], []
        window.workspaces.append(self)
        if window.selected is None:
            window.selected = self
        self.surfaces = [Surface(self, command)]
        events.emit("workspace.created", workspace=self)


class Window:
    def __init__(self):
        self.id, self.workspaces, self.selected, self.visible = str(uuid.uuid4()).upper(), [], None, True
        state.windows.append(self)
