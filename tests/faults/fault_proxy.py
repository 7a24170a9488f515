"""A proxy between a real client and the real server that does what it was told, and nothing by chance.

Each device has one of its own, so that it is known whose a request is. A command has a plan, a list
of faults; each says which request it is for (the nth of one method, or of all), what becomes of it,
and at which byte. Nothing depends on time. Held polls pass as they are.

A fault is a dict:
  method, nth   "send" or None for any; 0 is the first
  kind          cut       closes both sides, hard where "hard" is set, when "at" bytes of "part"
                          (one of PARTS) have passed
                kill      the same place, but there the client is killed, and all goes on
                crash     the same place, but there the server is killed; it starts again unless
                          "down" is set
                instead   answers ANSWERS[answer] without asking the server
                replace   asks the server, and answers ANSWERS[answer]
                shorten   gives the first "at" bytes of the answer's body for the whole of it
                twice     makes the request again on another connection: "before" or "after" the
                          answer, or "later": the driver says when
                stale     answers what the same method was answered last
                slow      passes a few bytes at a time, both ways
                meanwhile runs another part of the schedule while the request ("where":
                          "request") or its answer ("answer") is held up
"""
import json
import select
import socket
import struct
import threading
import time

from tern_programs import LIMIT

PARTS = ("request-head", "request-body", "answer-head", "answer-body")


def plain(status, body=b""):
    return b"HTTP/1.1 %s\r\nContent-Length: %d\r\n\r\n%s" % (status, len(body), body)


def refusal(status, code):
    return plain(status, json.dumps({"error": {"code": code, "text": "not now"}}).encode())


# The first of them are said where nothing was done; the others by things that are no servers of ours.
REFUSALS = 3
ANSWERS = [
    refusal(b"429 Too Many Requests", "busy"),
    refusal(b"503 Service Unavailable", "draining"),
    refusal(b"503 Service Unavailable", "storage"),
    refusal(b"500 Internal Server Error", "internal"),
    plain(b"502 Bad Gateway", b"<h1>Bad Gateway</h1>"),
    plain(b"503 Service Unavailable"),
    plain(b"504 Gateway Timeout"),
    plain(b"500 Oh", b"{}"),
    plain(b"200 OK", b"{}"),
    plain(b"200 OK", b"not JSON!"),
    b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"generation\":\"AAAAAAAAAAA\",",
    b"\x00\xff\x17\x03garbage\r\n\r\n",
    b"",
]


class Gone(Exception):
    """One of the two sides has closed."""


class Peer:
    """One side of a connection, read by whole HTTP messages."""

    def __init__(self, connection):
        self.socket = connection
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.pending = b""

    def message(self, other=None):
        """The head and the body of the next message. other: the side that waits for it."""
        while b"\r\n\r\n" not in self.pending:
            self._more(other)
        head, rest = self.pending.split(b"\r\n\r\n", 1)
        head += b"\r\n\r\n"
        length = 0
        for line in head.split(b"\r\n")[1:]:
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        while len(self.pending) < len(head) + length:
            self._more(other)
        body = self.pending[len(head):len(head) + length]
        self.pending = self.pending[len(head) + length:]
        return head, body

    def _more(self, other):
        while other is not None:
            ready = select.select([self.socket, other.socket], [], [])[0]
            if self.socket in ready:
                break
            if not other.socket.recv(1, socket.MSG_PEEK):
                raise Gone
            other = None  # it sends ahead: it is alive
        data = self.socket.recv(65536)
        if not data:
            raise Gone
        self.pending += data

    def send(self, data, pieces=1):
        size = max(1, -(-len(data) // pieces))
        for at in range(0, len(data), size):
            self.socket.sendall(data[at:at + size])

    def close(self, hard=False):
        if hard:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()


class Plan:
    """The faults of one command, and what becomes of its requests."""

    def __init__(self, faults):
        self.faults = list(faults)
        self.seen = {}   # method, or None for all: how many requests
        self.log = []    # a text for each request
        self.fired = []  # faults
        self.later = []  # (request, fault): to be made again

    def take(self, method):
        """The fault of the next request, of that method; None for none."""
        counts = {name: self.seen.get(name, 0) for name in (method, None)}
        for name, count in counts.items():
            self.seen[name] = count + 1
        for fault in self.faults:
            if fault["method"] in counts and fault["nth"] == counts[fault["method"]]:
                self.fired.append(fault)
                return fault
        return None


class Exchange:
    """One request and what becomes of it."""

    def __init__(self, method, request, plan, fault):
        self.method, self.request, self.plan, self.fault = method, request, plan, fault
        self.kind = fault["kind"] if fault else None
        self.noted = False

    def note(self, what):
        """The first that is said is what becomes of it."""
        if not self.noted:
            self.plan.log.append(f"{self.method} {what}")
        self.noted = True

    def place(self, side, message):
        """Where the fault is in this message, as a number of bytes; None where it is elsewhere."""
        part = self.fault.get("part") if self.fault else None
        if part is None or not part.startswith(side):
            return None
        head, body = message
        if part.endswith("head"):
            return self.fault["at"] % len(head)
        place = len(head) + self.fault["at"] % (len(body) + 1)
        # Whether a client that has got all of an answer saw it before it was hit is chance.
        race = side == "answer" and (self.kind == "kill" or self.fault.get("hard"))
        return min(place, len(head) + len(body) - 1) if race else place


class FaultProxy:
    """world: gives the server's port and waits until it is up, kills, restarts, and runs parts of
    the schedule (World of world.py). name: the device's."""

    def __init__(self, t, world, name):
        self.world, self.name = world, name
        self.lock = threading.Lock()
        self.plans = [Plan(())]  # of commands, one within the other: the last is in force
        self.answers = {}    # method: the last whole answer
        self.open = set()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        t.on_close(self.close)
        threading.Thread(target=self._accept, daemon=True).start()

    def arm(self, faults):
        """From now on this is the plan, until disarm()."""
        with self.lock:
            self.plans.append(Plan(faults))

    def disarm(self):
        """The plan before it is in force again. Returns the one that was."""
        with self.lock:
            return self.plans.pop()

    def close(self):
        try:
            self.listener.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.listener.close()
        with self.lock:
            for one in self.open:
                try:
                    one.socket.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass

    # ---- connections ----

    def _accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(Peer(connection),), daemon=True).start()

    def _serve(self, client):
        server = exchange = None
        with self.lock:
            self.open.add(client)
        try:
            while True:
                exchange = None
                exchange = self._begin(client.message())
                if server is None:
                    server = self._upstream()
                if server is None:
                    exchange.note("no server")
                    return
                if not self._exchange(exchange, client, server):
                    return
        except (Gone, OSError):
            if exchange is not None:
                exchange.note(exchange.kind or "no answer")
                self.world.wait_for_end()
        finally:
            hard = getattr(client, "hard", False)
            with self.lock:
                self.open.discard(client)
                client.close(hard)
            if server is not None:
                server.close(hard)

    def _upstream(self):
        """A connection to the server; waits where it is about to start again."""
        while self.world.wait_for_server():
            try:
                return Peer(socket.create_connection(("127.0.0.1", self.world.server.port), LIMIT))
            except OSError:
                time.sleep(0.005)
        return None

    def _begin(self, request):
        method = request[0].split(b" ")[1].rsplit(b"/", 1)[-1].decode("latin-1")
        with self.lock:
            plan = self.plans[-1]
            # A held poll is a follower's, which has no plan.
            fault = plan.take(method) if method != "events" else None
            return Exchange(method, request, plan if method != "events" else Plan(()), fault)

    # ---- one exchange: True where the connection stays ----

    def _exchange(self, exchange, client, server):
        fault, kind = exchange.fault, exchange.kind
        if kind == "instead":
            return self._say(exchange, client, ANSWERS[fault["answer"]])
        if kind == "stale" and exchange.method in self.answers:
            return self._say(exchange, client, self.answers[exchange.method])
        if kind == "twice" and fault["order"] == "before":
            self.again(exchange.request)
        if kind == "twice" and fault["order"] == "later":
            exchange.plan.later.append((exchange.request, fault))
        if kind == "meanwhile" and fault["where"] == "request":
            self.world.meanwhile(fault["steps"])
        if not self._pass(exchange, "request", exchange.request, server, client):
            return False
        answer = server.message(client)
        status = answer[0].split(b" ")[1].decode("latin-1")
        if kind == "twice" and fault["order"] == "after":
            self.again(exchange.request)
        if kind == "meanwhile" and fault["where"] == "answer":
            self.world.meanwhile(fault["steps"])
        if kind == "replace":
            return self._say(exchange, client, ANSWERS[fault["answer"]])
        if kind == "shorten":
            return self._say(exchange, client, plain(
                b"200 OK", answer[1][:fault["at"] % (len(answer[1]) or 1)]))
        self.answers[exchange.method] = answer[0] + answer[1]
        exchange.note(f"{kind} {status}" if kind else status)
        return self._pass(exchange, "answer", answer, client, server)

    def _say(self, exchange, client, data):
        exchange.note(exchange.kind)
        client.send(data)
        return False

    def _pass(self, exchange, side, message, to, other):
        """Sends a message on, with what the fault does at some byte of it."""
        data = message[0] + message[1]
        place = exchange.place(side, message)
        if place is None:
            to.send(data, 40 if exchange.kind == "slow" else 1)
            return True
        to.send(data[:place])
        exchange.note(exchange.kind)
        if exchange.kind == "cut":
            client = other if side == "request" else to
            client.hard = exchange.fault.get("hard", False)
            return False
        if exchange.kind == "kill":
            self.world.kill_client(self.name)
        elif exchange.kind == "crash":
            self.world.crash(exchange.fault.get("down", False))
        to.send(data[place:])
        return True

    def again(self, request):
        """Makes a request once more, and waits for its answer. True where one came."""
        if b"/v1/events " in request[0]:
            return False  # a second poll of a device sends the first one to rest
        try:
            with socket.create_connection(("127.0.0.1", self.world.server.port), LIMIT) as other:
                other.sendall(request[0] + request[1])
                Peer(other).message()
                return True
        except (Gone, OSError):
            return False
