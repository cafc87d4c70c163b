"""A small load from a second process over loopback: kept-alive connections, bounded in count; only to the address given, which is this machine."""

from __future__ import annotations

import http.client
import socket
import threading
import time
from collections.abc import Callable
from statistics import median


class Asker:
    """One connection that asks and times."""

    def __init__(self, port: int, headers: dict[str, str]) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.headers = headers

    def ask(self, method: str, path: str, body: bytes | None = None) -> tuple[float, int, bytes]:
        """Milliseconds, status, body."""
        began = time.perf_counter()
        self.connection.request(method, path, body, self.headers | ({"Content-Type": "application/json"} if body else {}))
        answer = self.connection.getresponse()
        told = answer.read()
        return (time.perf_counter() - began) * 1000, answer.status, told


def timed(port: int, headers: dict[str, str], paths: list[str], *, warm: int = 5, expect: int = 200) -> list[float]:
    """The milliseconds of each path, one after the other, after some to warm up."""
    asker = Asker(port, headers)
    for path in paths[:warm]:
        asker.ask("GET", path)
    times = []
    for path in paths:
        took, status, told = asker.ask("GET", path)
        if status != expect:
            raise RuntimeError(f"{path} answered {status}: {told[:300]!r}")
        times.append(took)
    return times


class Light:
    """One kept-alive connection that costs the machine as little as can be: client and server share its two cores."""

    def __init__(self, port: int, path: str, headers: dict[str, str]) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        lines = [
            f"POST {path} HTTP/1.1",
            "Host: 127.0.0.1",
            "Content-Type: application/json",
            *(f"{name}: {value}" for name, value in headers.items()),
        ]
        self.head = "\r\n".join(lines).encode()

    def post(self, body: bytes) -> tuple[int, bytes]:
        """Status, and the answer's first bytes."""
        self.socket.sendall(self.head + f"\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
        told = self.socket.recv(65536)
        while b"\r\n\r\n" not in told:
            told += self.socket.recv(65536)
        head, _, rest = told.partition(b"\r\n\r\n")
        at = head.lower().index(b"content-length:") + 15
        missing = int(head[at:].split(b"\r\n", 1)[0]) - len(rest)
        while missing > 0:
            missing -= len(self.socket.recv(65536))
        return int(told[9:12]), rest


def together(
    port: int, headers: dict[str, str], path: str, body: Callable[[int], bytes], *, threads: int, each: int, expect: int
) -> tuple[float, list[float]]:
    """POST from several connections at once; returns requests a second and all times."""
    times: list[float] = []
    faults: list[str] = []

    def work(number: int) -> None:
        light = Light(port, path, headers)
        for n in range(each):
            began = time.perf_counter()
            status, told = light.post(body(number * each + n))
            times.append((time.perf_counter() - began) * 1000)
            if status != expect:
                faults.append(f"{status}: {told[:300]!r}")

    workers = [threading.Thread(target=work, args=(n,)) for n in range(threads)]
    began = time.perf_counter()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    took = time.perf_counter() - began
    if faults:
        raise RuntimeError(f"{len(faults)} of {threads * each} failed, the first with {faults[0]}")
    return threads * each / took, times


def polling(port: int, headers: dict[str, str], paths: list[str], *, every: float, seconds: float, write: Callable[[], None]) -> tuple[int, int]:
    """Ask each path every so many seconds with the tag of its last answer, as pages that stand open do, and write once every two seconds.

    Returns how many were asked and how many of those answered 304.
    """
    asker, tags = Asker(port, headers), dict.fromkeys(paths, "")
    began = time.perf_counter()
    asked = unchanged = 0
    next_write = began + 2
    while (due := began + asked * every / len(paths)) < began + seconds:
        time.sleep(max(due - time.perf_counter(), 0))
        if time.perf_counter() >= next_write:
            write()
            next_write += 2
        path = paths[asked % len(paths)]
        asker.connection.request("GET", path, headers=headers | ({"If-None-Match": tags[path]} if tags[path] else {}))
        answer = asker.connection.getresponse()
        answer.read()
        if answer.status not in (200, 304):
            raise RuntimeError(f"{path} answered {answer.status}")
        tags[path] = answer.headers["ETag"]
        asked += 1
        unchanged += answer.status == 304
    return asked, unchanged


def middle(times: list[float]) -> float:
    return median(times)
