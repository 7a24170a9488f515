"""A server of the future: it knows more fields, events and types than this client, which takes what it
understands, keeps the rest as it came, and goes on."""
import json
import socket
import threading

import tern_test
from tern_test import check, check_equal

from tern_helpers import pair
from tern_net import Connection
from tern_programs import LIMIT


class Future:
    """A proxy in front of a server that turns its answers into those of a later version."""

    def __init__(self, t, server):
        self.port = server.port
        self.strange = 0  # events of unknown kinds that were told
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        t.on_close(self.listener.close)
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            client.settimeout(LIMIT)
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        server = Connection(self.port, limit=120)
        try:
            pending = b""
            while True:
                while b"\r\n\r\n" not in pending:
                    data = client.recv(65536)
                    if not data:
                        return
                    pending += data
                head, pending = pending.split(b"\r\n\r\n", 1)
                # Answers are to be read here, so they must not come compressed.
                lines = [line for line in head.split(b"\r\n")
                         if not line.lower().startswith(b"accept-encoding:")]
                length = next(int(line.split(b":")[1]) for line in lines
                              if line.lower().startswith(b"content-length:"))
                while len(pending) < length:
                    pending += client.recv(65536)
                body, pending = pending[:length], pending[length:]
                server.send(b"\r\n".join(lines) + b"\r\n\r\n" + body)
                status, _, body = server.answer()
                answer = json.loads(body)
                body = json.dumps(self.change(answer)).encode()
                client.sendall(f"HTTP/1.1 {status} OK\r\nContent-Length: {len(body)}\r\n\r\n"
                               .encode() + body)
        except (OSError, TypeError):
            pass  # one of the two has gone
        finally:
            server.close()
            client.close()

    def change(self, value):
        if isinstance(value, list):
            return [self.change(item) for item in value]
        if not isinstance(value, dict):
            return value
        value = {name: self.change(item) for name, item in value.items()}
        if "events" in value:
            self.strange += len(value["events"])
            value["events"] = [event for known in value["events"] for event in (
                {"event": "of the future", "conversation": 7, "stamp": "late"}, known)]
        if value.get("type") == "text" and value.get("text", "").startswith("hologram"):
            value["type"] = "hologram"
            value["depth"] = [1, {"more": True}]
        value["from the future"] = {"deep": [None, 1.5, {}]}
        return value


def test_unknown_things_are_passed_over(t):
    server, alice, bob = pair(t)
    future = Future(t, server)
    bob.login(future.url)
    follow = bob.start("--format=json", "recv", "--follow", "--count", "3")
    alice.run("send", "bob", "one")
    check_equal(json.loads(follow.line())["text"], "one", "the first")
    alice.run("send", "bob", "hologram of a cat")
    strange = json.loads(follow.line())
    check_equal(strange["type"], "hologram", "a type not known is handed on as it came")
    alice.run("send", "bob", "two")
    check_equal(json.loads(follow.line())["text"], "two", "the cursor went on")
    follow.wait()
    check(future.strange > 0, "events of unknown kinds were told")
    check_equal([(m["msg_id"], m["type"]) for m in bob.run("--format=json", "history", "alice").json()],
                [(1, "text"), (2, "hologram"), (3, "text")], "history")


def test_unknown_things_offline(t):
    server, alice, bob = pair(t)
    future = Future(t, server)
    for text in ("one", "hologram", "two"):
        alice.run("send", "bob", text)
    bob.login(future.url)
    bob.run("fetch")
    got = bob.run("--format=json", "recv").json()
    check_equal([(m["msg_id"], m["type"]) for m in got],
                [(1, "text"), (2, "hologram"), (3, "text")], "pulled and handed on")
    shown = bob.run("history", "alice").out
    check("[hologram]" in shown or "hologram" in shown, f"shown somehow: {shown}")
    bob.run("send", "alice", "an answer gets through, too")
    check_equal(bob.run("fetch", "--ext-exit", expect=9).out, "", "nothing is left to do")


tern_test.main()
