#!/usr/bin/env python3
"""A private PostgreSQL server for tests: a cluster in a folder of its own.

  postgres_server.py start FOLDER   makes the cluster if it is not there, starts it, prints its URI;
                                    with --while PID it stops by itself when that process is gone
  postgres_server.py stop FOLDER    stops it at once; the folder stays
  postgres_server.py kill FOLDER    kill -9 of all its processes, as a crash does

It listens on a free port of 127.0.0.1 and on a socket in FOLDER. PostgreSQL refuses to run as root: then it runs
as "postgres", or as "nobody", and the cluster's folder belongs to that user. Without fsync unless --durable is given:
such a cluster is for tests that do not pull the plug. Exit status 3: no server is installed.
"""
import argparse
import os
import pathlib
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import time

START_SECONDS_MAX = 60
STOP_SECONDS_MAX = 30
WATCH_SECONDS = 1
ATTEMPTS = 5  # Another program may take the port between our look and the server's start.


def installed():
    """Returns the folder of the newest server's programs, or None."""
    def version(path):
        return [int(part) for part in re.findall(r"\d+", path.parent.name)]
    folders = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), key=version, reverse=True)
    on_path = shutil.which("postgres")
    folders += [pathlib.Path(on_path).parent] if on_path else []
    complete = (folder for folder in folders if all((folder / name).exists() for name in ("initdb", "postgres")))
    return next(complete, None)


def owner():
    """Returns the user that the server runs as; None: whoever calls."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise SystemExit("postgres_server: PostgreSQL refuses root, and there is no user postgres or nobody")


def identity(user):
    """What subprocess needs to run as the user."""
    return {} if user is None else {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def initialise(programs, folder, user, durable):
    data = folder / "data"
    if (data / "PG_VERSION").exists():
        return
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    if user is not None:
        os.chown(folder, user.pw_uid, user.pw_gid)
        os.chown(data, user.pw_uid, user.pw_gid)
    subprocess.run([programs / "initdb", "--pgdata", data, "--username", "tendril", "--auth", "trust", "--encoding",
                    "UTF8", "--locale", "C.UTF-8", "--no-instructions"] + ([] if durable else ["--no-sync"]),
                   check=True, stdout=subprocess.DEVNULL, cwd=folder, **identity(user))


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def server_pid(folder):
    """Returns the pid of a server that runs on the folder, or None."""
    try:
        pid = int((folder / "data" / "postmaster.pid").read_text().split()[0])
        os.kill(pid, 0)
        return pid
    except (OSError, ValueError, IndexError):
        return None


def is_ready(folder, process):
    """Waits until the server takes connections; False when it ended instead."""
    deadline = time.monotonic() + START_SECONDS_MAX
    while time.monotonic() < deadline and process.poll() is None:
        try:
            lines = (folder / "data" / "postmaster.pid").read_text().splitlines()
        except OSError:
            lines = []
        if len(lines) >= 8 and lines[7].strip() == "ready" and int(lines[0]) == process.pid:
            return True
        time.sleep(0.02)
    return False


def stop_after(folder, pid):
    """Leaves a process behind that stops the server when `pid` has ended."""
    if os.fork() != 0:
        return
    os.setsid()
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)
    while server_pid(folder) is not None:
        try:
            os.kill(pid, 0)
        except OSError:
            end(folder, signal.SIGINT)
        time.sleep(WATCH_SECONDS)
    os._exit(0)


def uri(port):
    return f"postgres://tendril@127.0.0.1:{port}/postgres"


def start(folder, durable, owner_pid):
    programs = installed()
    if programs is None:
        print("postgres_server: no PostgreSQL server is installed", file=sys.stderr)
        return 3
    if server_pid(folder) is not None:
        print(uri((folder / "port").read_text().strip()))
        return 0
    user = owner()
    folder.mkdir(parents=True, exist_ok=True)
    initialise(programs, folder, user, durable)
    # A restart keeps its port if it can, so that whoever knows the URI finds the server again.
    kept = [int((folder / "port").read_text())] if (folder / "port").exists() else []
    settings = {"listen_addresses": "127.0.0.1", "unix_socket_directories": folder, "max_connections": 50}
    if not durable:
        # Not synchronous_commit: without it a commit is still in the server's own memory, which kill -9 takes away.
        settings |= {"fsync": "off", "full_page_writes": "off"}
    for port in (kept + [free_port() for _ in range(ATTEMPTS)]):
        options = [word for name, value in (settings | {"port": port}).items() for word in ("-c", f"{name}={value}")]
        with open(folder / "server.log", "ab") as log:
            process = subprocess.Popen([programs / "postgres", "-D", folder / "data"] + options, cwd=folder,
                                       stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                                       **identity(user))
        if is_ready(folder, process):
            (folder / "port").write_text(str(port))
            print(uri(port), flush=True)
            if owner_pid:
                stop_after(folder, owner_pid)
            return 0
        process.kill()
        process.wait()
    print(f"postgres_server: the server does not start, see {folder / 'server.log'}", file=sys.stderr)
    return 1


def wait_for_end(folder, pid):
    deadline = time.monotonic() + STOP_SECONDS_MAX
    while time.monotonic() < deadline:
        try:
            os.waitpid(pid, os.WNOHANG)
        except ChildProcessError:
            pass
        if server_pid(folder) is None:
            return 0
        time.sleep(0.02)
    print(f"postgres_server: the server does not end: {pid}", file=sys.stderr)
    return 1


def children(pid):
    found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False)
    return [int(word) for word in found.stdout.split()]


def end(folder, sign):
    pid = server_pid(folder)
    if pid is None:
        return 0
    for each in [pid] + (children(pid) if sign == signal.SIGKILL else []):
        try:
            os.kill(each, sign)
        except ProcessLookupError:
            pass
    return wait_for_end(folder, pid)


def main():
    parser = argparse.ArgumentParser(description="A private PostgreSQL server for tests.")
    parser.add_argument("command", choices=("start", "stop", "kill"))
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--durable", action="store_true", help="with fsync, as in production")
    parser.add_argument("--while", dest="owner_pid", type=int, metavar="PID", help="the process that needs it")
    arguments = parser.parse_args()
    folder = arguments.folder.resolve()
    if arguments.command == "start":
        return start(folder, arguments.durable, arguments.owner_pid)
    return end(folder, signal.SIGINT if arguments.command == "stop" else signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main())
