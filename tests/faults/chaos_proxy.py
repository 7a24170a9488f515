"""The harness's proxy, made to break what passes through it at random."""
import random
import socket
import threading
import time

from tern_programs import LIMIT
from tern_net import Proxy, Rule

# What intermediaries, and things that are no servers of ours, say instead of an answer.
GARBAGE = [
    b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 14\r\n\r\n<h1>Sorry</h1>",
    b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.1 500 Oh\r\nConnection: close\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
    b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nnot JSON!",
    b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"generation\":\"AAAAAAAAAAA\",",
    b"HTTP/1.1 302 Found\r\nLocation: /login\r\nContent-Length: 0\r\n\r\n",
    b"\x00\xff\x17\x03garbage\r\n\r\n",
    b"HTTP/1.",
    b"",
]


def refusal(status, code):
    body = b'{"error":{"code":"%s","text":"not now"}}' % code
    return b"HTTP/1.1 %s\r\nContent-Length: %d\r\n\r\n%s" % (status, len(body), body)


# Said before the request reached the server: nothing was done.
REFUSALS = [refusal(b"429 Too Many Requests", b"busy"),
            refusal(b"503 Service Unavailable", b"draining"),
            refusal(b"503 Service Unavailable", b"storage")]


class ChaosProxy(Proxy):
    """Draws a Rule for some of the requests. rough: the share of requests that get one."""

    def __init__(self, t, server, seed):
        self.random = random.Random(f"{seed} proxy")
        self.rough = 0.0
        self.faults = {}  # kind: how often
        super().__init__(t, server.port)

    def _take_rule(self, data):
        with self.lock:
            if self.random.random() >= self.rough:
                return None
            return self._draw(data)

    def _draw(self, request):
        r = self.random
        kind = r.choice(["cut request", "cut request", "cut answer", "cut answer", "lost answer",
                         "lost answer", "delay", "delay", "garbage", "refusal", "replaced",
                         "twice"])
        if kind == "twice" and b"/v1/events" in request:
            kind = "delay"  # a second poll sends its device to rest for half a minute
        self.faults[kind] = self.faults.get(kind, 0) + 1
        if kind == "cut request":
            return Rule(cut_request=r.randrange(len(request) + 200))
        if kind == "cut answer":
            return Rule(cut_answer=r.choice([r.randrange(1, 60), r.randrange(1, 2000)]))
        if kind == "lost answer":
            return Rule(cut_answer=0, delay=r.choice([0, r.random() * 0.5]))
        if kind == "garbage":
            return Rule(instead=r.choice(GARBAGE))
        if kind == "refusal":
            return Rule(instead=r.choice(REFUSALS))
        if kind == "replaced":
            return Rule(replace=r.choice(GARBAGE))
        if kind == "twice":
            threading.Thread(target=self._again, daemon=True,
                             args=(request, r.choice([0, r.random()]))).start()
            return None
        return Rule(delay=r.random() * 0.5)

    def _again(self, request, seconds):
        """Makes a request (its first part, if it is large) once more, perhaps much later."""
        time.sleep(seconds)
        try:
            with socket.create_connection(("127.0.0.1", self.upstream), LIMIT) as other:
                other.sendall(request)
                other.shutdown(socket.SHUT_WR)
                other.recv(65536)
        except OSError:
            pass
