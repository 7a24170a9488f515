"""Raw HTTP over sockets, and a proxy that breaks connections as a test tells it."""
import json
import socket
import threading
import time

from tern_programs import DOMAIN, LIMIT, PASSWORD, check, check_equal


class Connection:
    """One HTTP connection, byte by byte."""

    def __init__(self, port, limit=LIMIT):
        self.socket = socket.create_connection(("127.0.0.1", port), limit)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.pending = b""

    def send(self, data):
        self.socket.sendall(data)

    def request(self, path, body, token=None, verb="POST", headers=()):
        """Sends a whole request. body: bytes, or something for JSON."""
        if not isinstance(body, bytes):
            body = json.dumps(body).encode()
        lines = [f"{verb} {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(body)}"]
        if token:
            lines.append(f"Authorization: Bearer {token}")
        lines.extend(headers)
        self.send("\r\n".join(lines).encode() + b"\r\n\r\n" + body)

    def _more(self):
        data = self.socket.recv(65536)
        self.pending += data
        return bool(data)

    def first_line(self):
        """Reads up to the end of a head, leaves it for answer(), and gives its first line."""
        while b"\r\n\r\n" not in self.pending:
            check(self._more(), "the server closed before it answered")
        return self.pending.split(b"\r\n", 1)[0].decode("latin-1")

    def answer(self):
        """Reads one answer: (status, headers, body). None where the server closed instead."""
        while b"\r\n\r\n" not in self.pending:
            if not self._more():
                return None
        head, self.pending = self.pending.split(b"\r\n\r\n", 1)
        lines = head.decode("latin-1").split("\r\n")
        headers = {}
        for line in lines[1:]:
            name, value = line.split(":", 1)
            headers[name.strip().lower()] = value.strip()
        status = int(lines[0].split()[1])
        if status == 100:
            return self.answer()
        length = int(headers.get("content-length", "0"))
        while len(self.pending) < length:
            check(self._more(), "the server closed in the middle of an answer")
        body, self.pending = self.pending[:length], self.pending[length:]
        return status, headers, body

    def answer_json(self):
        answer = self.answer()
        check(answer is not None, "the server closed without an answer")
        return answer[0], json.loads(answer[2])

    def closed_by_peer(self):
        """Reads until the server closes; what came until then is dropped."""
        try:
            while self.socket.recv(65536):
                pass
        except ConnectionResetError:
            pass
        return True

    def close(self):
        self.socket.close()


class Api:
    """The protocol's methods, called directly, on one connection each time it is needed."""

    def __init__(self, server):
        self.server = server
        self.token = None
        self.cursor = None
        self.address = None
        self.connection = None

    def call(self, method, body=None, expect=200):
        """Calls a method; its answer as an object."""
        if self.connection is None:
            self.connection = Connection(self.server.port)
        self.connection.request(f"/v1/{method}", {} if body is None else body, self.token)
        status, answer = self.connection.answer_json()
        if expect is not None:
            check_equal((status, answer if status != expect else None), (expect, None),
                        f"answer to {method}")
        return answer

    def register(self, name, method="register", device="test", password=PASSWORD):
        self.address = f"{name}@{DOMAIN}"
        answer = self.call(method, {
            "address": self.address, "password": password, "device": device})
        self.token = answer["token"]
        return self

    def sync(self):
        """Takes the whole of login-sync; remembers the cursor."""
        while True:
            body = {"cursor": self.cursor} if self.cursor else {}
            answer = self.call("login-sync", body)
            check("reset" not in answer, "login-sync says reset")
            self.cursor = [answer["generation"], answer["to"]]
            if "until" not in answer:
                return answer

    def close(self):
        if self.connection is not None:
            self.connection.close()
            self.connection = None


class Rule:
    """What a Proxy does with an exchange whose request holds `match`.

    cut_request: after so many bytes of the request, both sides are closed.
    cut_answer: after so many bytes of the answer, the client's side is closed (0: the request
    arrived and was answered, and the client never learns of it).
    instead: these bytes are the answer, and the request goes nowhere. replace: these bytes are the
    answer, and the server's own is dropped. Both end the connection.
    delay: seconds before each answer's first byte. times: how many exchanges; None is all.
    """

    def __init__(self, match=b"", cut_request=None, cut_answer=None, instead=None, replace=None,
                 delay=0.0, times=None):
        self.match = match
        self.cut_request = cut_request
        self.cut_answer = cut_answer
        self.instead = instead
        self.replace = replace
        self.delay = delay
        self.times = times
        self.used = 0


class Proxy:
    """A TCP proxy on loopback in front of a server."""

    def __init__(self, t, upstream):
        self.upstream = upstream
        self.rule = None
        self.refusing = False  # accepts, and closes at once
        self.requests = []     # first lines of requests, as they came
        self.bytes_up = 0      # that came from clients, in all
        self.bytes_down = 0    # and from the server
        self.lock = threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.sockets = set()
        t.on_close(self.close)
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        try:
            self.listener.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.listener.close()
        self.cut_all()

    def cut_all(self):
        """Closes every connection there is."""
        with self.lock:
            for one in self.sockets:
                self._end(one)

    @staticmethod
    def _end(one):
        """Ends a connection. Its pumps close it: closed under them, the next connection would get
        its number, and they would meddle with that one."""
        try:
            one.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            if self.refusing:
                client.close()
                continue
            try:
                server = socket.create_connection(("127.0.0.1", self.upstream), LIMIT)
            except OSError:
                client.close()
                continue
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self.lock:
                self.sockets |= {client, server}
            exchange = {"rule": None, "answered": 0, "pumps": 2}
            for pump in (self._requests, self._answers):
                threading.Thread(target=self._pump, args=(pump, client, server, exchange),
                                 daemon=True).start()

    def _pump(self, pump, client, server, exchange):
        try:
            pump(client, server, exchange)
        except OSError:
            pass
        finally:
            with self.lock:
                self._end(client)
                self._end(server)
                exchange["pumps"] -= 1
                if exchange["pumps"] == 0:
                    self.sockets -= {client, server}
                    client.close()
                    server.close()

    def _take_rule(self, data):
        with self.lock:
            rule = self.rule
            if rule is None or rule.match not in data:
                return None
            if rule.times is not None and rule.used >= rule.times:
                return None
            rule.used += 1
            return rule

    def _requests(self, client, server, exchange):
        sent = 0
        while True:
            data = client.recv(65536)
            if not data:
                return
            self.bytes_up += len(data)
            if data.startswith((b"POST ", b"GET ")):
                # A request follows the answer before it, so this is a new exchange.
                self.requests.append(data.split(b"\r\n", 1)[0].decode("latin-1"))
                exchange["rule"] = self._take_rule(data)
                exchange["answered"] = sent = 0
            rule = exchange["rule"]
            if rule is not None and rule.instead is not None:
                client.sendall(rule.instead)
                return
            if rule is not None and rule.cut_request is not None:
                left = rule.cut_request - sent
                if len(data) >= left:
                    server.sendall(data[:left])
                    return
            sent += len(data)
            server.sendall(data)

    def _answers(self, client, server, exchange):
        while True:
            data = server.recv(65536)
            if not data:
                return
            self.bytes_down += len(data)
            rule = exchange["rule"]
            if rule is not None:
                if rule.delay and exchange["answered"] == 0:
                    time.sleep(rule.delay)
                if rule.replace is not None:
                    client.sendall(rule.replace)
                    return
                if rule.cut_answer is not None:
                    left = rule.cut_answer - exchange["answered"]
                    if len(data) >= left:
                        client.sendall(data[:left])
                        return
            exchange["answered"] += len(data)
            client.sendall(data)
