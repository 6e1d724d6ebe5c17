"""Runs a program in a pseudo-terminal of its own, since Node has none.

argv[1] is JSON: program, command (with the program's own name first), directory, environment, rows, columns. Standard input is
typed, standard output is what the terminal shows, descriptor 3 gets "pid N" and at the end "exit CODE SIGNAL". The end of
standard input hangs the terminal up.
"""
import fcntl
import json
import os
import pty
import select
import signal
import struct
import sys
import termios
import time

GRACE = 5.0


def write_all(descriptor, data):
    while data:
        data = data[os.write(descriptor, data):]


def reap(pid, seconds):
    """Waits for the end; None when it takes too long."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found, status = os.waitpid(pid, os.WNOHANG)
        if found:
            return status
        time.sleep(0.005)
    return None


def main():
    wanted = json.loads(sys.argv[1])
    # Closed by the start of the program: until then the pid is that of a copy of this one.
    started, starting = os.pipe()
    pid, master = pty.fork()
    if pid == 0:
        os.close(3)
        try:
            os.chdir(wanted["directory"])
            os.execve(wanted["program"],wanted["command"], wanted["environment"])
        finally:
            os._exit(127)
    fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", wanted["rows"], wanted["columns"], 0, 0))
    os.close(starting)
    os.read(started, 1)
    write_all(3, b"pid %d\n" % pid)
    while True:
        ready, _, _ = select.select([0, master], [], [])
        if master in ready:
            try:
                shown = os.read(master, 65536)
            except OSError:  # EIO: nobody has the terminal open any more
                shown = b""
            if not shown:
                break
            write_all(1, shown)
        if 0 in ready:
            typed = os.read(0, 65536)
            if not typed:
                break
            write_all(master, typed)
    os.close(master)
    status = reap(pid, GRACE)
    if status is None:
        os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
    code = os.WEXITSTATUS(status) if os.WIFEXITED(status) else 0
    killer = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
    write_all(3, b"exit %d %d\n" % (code, killer))


main()
