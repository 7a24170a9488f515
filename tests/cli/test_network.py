"""Servers that aren't there, or aren't what they say: one sentence and the right code."""
import socket
import threading

import tern_test
from tern_test import PASSWORD, check, check_equal

from tern_helpers import pair


def fails(user, code, *args, **options):
    result = user.run(*args, expect=code, **options)
    check_equal((result.out, result.err.count("\n")), ("", 1), f"{result}")
    return result.err


def register(user, url, code):
    return fails(user, code, "register", user.address, "--server", url, "--password-stdin",
                 input=PASSWORD + "\n")


class Fake:
    """Says the same bytes to whoever connects, whatever is asked."""

    def __init__(self, t, answer):
        self.answer = answer
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self.serve, daemon=True).start()
        t.on_close(self.listener.close)

    def serve(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            try:
                client.recv(65536)
                client.sendall(self.answer)
                client.close()
            except OSError:
                pass


def http(body, status="200 OK", length=None):
    return (f"HTTP/1.1 {status}\r\nContent-Length: {len(body) if length is None else length}\r\n"
            f"Content-Type: application/json\r\n\r\n").encode() + body


def test_unknown_host(t):
    # A label that is too long for the DNS: no query leaves the machine to find that out.
    host = "a" * 64 + ".example"
    said = register(t.user("alice"), f"http://{host}:7480", 69)
    check(host in said, f"it names the host: {said!r}")


def test_refused(t):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    said = register(t.user("alice"), f"http://127.0.0.1:{port}", 69)
    check(str(port) in said, f"it names the port: {said!r}")


def test_wrong_password(t):
    server, alice, _ = pair(t)
    other = t.user("alice")
    said = fails(other, 77, "login", other.address, "--server", server.url, "--password-stdin",
                 input="wrong password\n")
    check("password" in said, f"{said!r}")
    fails(other, 77, "register", other.address, "--server", server.url, "--password-stdin",
          input="wrong password\n")
    fails(other, 64, "login", other.address, "--server", server.url, "--password-stdin",
          input="short\n")
    nobody = t.user("nobody")
    fails(nobody, 77, "login", nobody.address, "--server", server.url, "--password-stdin",
          input="correct horse\n")
    other.run("status", expect=78)


def test_closed_registration(t):
    server = t.server(registration="closed")
    register(t.user("alice"), server.url, 77)


def test_not_our_server(t):
    for answer in (b"SSH-2.0-OpenSSH_9.2\r\n", b"\x00" * 100, http(b"<html>hello</html>"),
                   http(b"[]"), http(b"{}"), http(b"null"), http(b""), http(b'{"generation":7}'),
                   http(b'{"generation":"AAAAAAAAAAA","token":"x"}'),
                   http(b"<html>", "404 Not Found"), http(b"{}", "302 Found"),
                   http(b'{"generation":"AAAAAAAAAAA","address":"eve@example.org",'
                        b'"device_id":1,"token":"' + b"A" * 43 + b'"}')):
        alice = t.user("alice")
        result = alice.run("register", alice.address, "--server", Fake(t, answer).url,
                           "--password-stdin", input=PASSWORD + "\n", expect=None, limit=100)
        check_equal((result.code, result.out, result.err.count("\n")), (76, "", 1),
                    f"{answer[:60]!r}: {result.err!r}")


def test_broken_answers_keep_the_cache(t):
    server, alice, bob = pair(t)
    alice.run("send", "bob", "one")
    bob.run("fetch")
    proxy = t.proxy(server)
    bob.login(proxy.url)
    bob.run("fetch")
    for answer in (http(b"<html>"), http(b'{"generation":"AAAAAAAAAAA","from":"x"}'),
                   http(b"{" + b'"a":{' * 2000), http(b"x" * 100, length=5000000)):
        fake = Fake(t, answer)
        proxy.upstream = int(fake.url.rsplit(":", 1)[1])
        proxy.cut_all()
        result = bob.run("fetch", expect=None, limit=100)
        check(result.code in (69, 75, 76), f"{answer[:40]!r}: {result}")
        check_equal(result.err.count("\n"), 1, f"one sentence: {result.err!r}")
        check_equal([m["text"] for m in bob.json("history", "alice")], ["one"], "the cache")
    proxy.upstream = server.port
    proxy.cut_all()
    alice.run("send", "bob", "two")
    check_equal([m["text"] for m in bob.json("recv")], ["one", "two"], "and it goes on")


def test_device_was_logged_out(t):
    server, alice, bob = pair(t)
    alice.run("logout")
    result = alice.run("send", "bob", "x", expect=None)
    check(result.code in (77, 78), f"after logout: {result}")
    check("tern login" in result.err, f"it says what to do: {result.err!r}")
    alice.login(server)
    alice.run("send", "bob", "again")
    check_equal([m["text"] for m in bob.json("recv")], ["again"], "after a new login")


def test_password_of_standard_input(t):
    server = t.server()
    alice = t.user("alice")
    fails(alice, 64, "register", alice.address, "--server", server.url, "--password-stdin",
          input="")
    alice.run("register", alice.address, "--server", server.url, "--password-stdin",
              input="correct horse")  # without a line's end
    alice.run("login", alice.address, "--password-stdin", input="correct horse\n")


tern_test.main()
