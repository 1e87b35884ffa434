"""Where the time of a run goes: measured at the edges of what Python itself does, without a change to the connector.

A wait that is inside another one counts once. What libraries written in C do by themselves, a database driver's network
among them, can not be told from the connector's own code.
"""
import functools
import selectors
import select
import socket
import ssl
import threading
import time

from ._link import native as _native

_SOCKET = ("connect", "connect_ex", "accept", "recv", "recv_into", "recvfrom", "recvfrom_into", "recvmsg", "send", "sendall",
           "sendto", "sendmsg", "sendfile")
_TLS = ("read", "write", "recv", "recv_into", "send", "sendall", "do_handshake", "connect", "unwrap")


class _Spent(threading.local):
    inside = False


class Profile:
    """Measures from its making on. Moments are by the clock that the program has, too: time.monotonic_ns()."""

    def __init__(self, started):
        self._moments = {"started": started}
        self._cpu = {}
        self._cpu_before = time.thread_time_ns()
        self._inside = _Spent()
        self._main = threading.get_ident()
        self._lock = threading.Lock()
        self._spent = {}
        self._before_update = {}
        self._wrap_all()
        _native.measure()

    def reach(self, moment, cpu_of=None):
        """Notes that something is done; `cpu_of` is what its CPU time is told as."""
        self._moments[moment] = time.monotonic_ns()
        now = time.thread_time_ns()
        if cpu_of is not None:
            self._cpu[cpu_of] = now - self._cpu_before
        self._cpu_before = now
        if moment == "go":
            self._before_update = self._shares()

    def told(self):
        """What the program makes its table of: the shares are those since update() began."""
        shares = {}
        for (place, share), spent in self._shares().items():
            before = self._before_update.get((place, share), (0, 0))
            shares.setdefault(place, {})[share] = {"wall": spent[0] - before[0], "cpu": spent[1] - before[1]}
        return {**self._moments, "cpu": self._cpu, **shares}

    def _shares(self):
        with self._lock:
            shares = {key: tuple(spent) for key, spent in self._spent.items()}
        for place, encode, send in zip(("main", "others"), *_native.measured()):
            shares[place, "encode"] = encode
            shares[place, "send"] = send
        return shares

    def _wrap_all(self):
        for owner, names, share in ((socket.socket, _SOCKET, "network"), (ssl.SSLSocket, _TLS, "network"),
                                    (socket, ("getaddrinfo", "create_connection", "gethostbyname"), "network"),
                                    (select, ("select",), "network"), (time, ("sleep",), "sleep"),
                                    (threading.Condition, ("wait",), "threads"), (threading.Thread, ("join",), "threads")):
            for name in names:
                self._wrap(owner, name, share)
        for kind in ("SelectSelector", "PollSelector", "EpollSelector"):
            if hasattr(selectors, kind):
                self._wrap(getattr(selectors, kind), "select", "network")

    def _wrap(self, owner, name, share):
        original = getattr(owner, name)
        inside = self._inside

        @functools.wraps(original)
        def measured(*arguments, **keywords):
            if inside.inside:
                return original(*arguments, **keywords)
            inside.inside = True
            wall, cpu = time.monotonic_ns(), time.thread_time_ns()
            try:
                return original(*arguments, **keywords)
            finally:
                self._add(share, time.monotonic_ns() - wall, time.thread_time_ns() - cpu)
                inside.inside = False

        setattr(owner, name, measured)

    def _add(self, share, wall, cpu):
        place = "main" if threading.get_ident() == self._main else "others"
        with self._lock:
            spent = self._spent.setdefault((place, share), [0, 0])
            spent[0] += wall
            spent[1] += cpu
