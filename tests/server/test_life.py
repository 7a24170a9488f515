"""The server's own life: starting, accounts, draining, kill -9, memory."""
import os
import resource
import signal
import sqlite3
import subprocess
import threading
import time
import uuid

import tern_test
from tern_test import Api, Skip, TERND, check, check_equal, wait_for

from tern_helpers import held_polls, send_one


def ternd(t, *args, input="", limit=30):
    done = subprocess.run([TERND, *args], input=input.encode(), stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=limit, env=t.env)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def test_wrong_use(t):
    for args in (["--listen"], ["--listen", "nonsense", "--store", t.path("a.db")],
                 ["--listen", "http://127.0.0.1:70000", "--store", t.path("a.db")],
                 ["--nothing"], ["serve"], [], ["user"], ["user", "add"],
                 ["user", "add", "alice@example.org", "--store", t.path("a.db")],
                 ["user", "add", "not an address", "--password-stdin", "--store", t.path("a.db"),
                  "--domain", "example.org"],
                 ["--store", t.path("a.db"), "--domain", "Bad Domain"],
                 ["--store", t.path("a.db"), "--registration", "maybe"]):
        code, out, err = ternd(t, *args, input="longenough\n")
        check_equal((code, out), (64, ""), f"ternd {args} ({err})")
        check_equal(err.count("\n"), 1, f"one sentence for {args}: {err!r}")


def test_port_in_use(t):
    server = t.server()
    code, _, err = ternd(t, "--listen", server.url, "--store", t.path("other.db"))
    check(code in (69, 73, 74, 78), f"exit {code}: {err}")
    check(str(server.port) in err, f"it names the port: {err!r}")


def test_store_that_cannot_be(t):
    code, _, err = ternd(t, "--listen", "http://127.0.0.1:0", "--store", t.path("no", "dir", "x"))
    check(code in (73, 74), f"exit {code}: {err}")
    with open(t.path("garbage.db"), "w") as out:
        out.write("this is not a database " * 100)
    code, _, err = ternd(t, "--listen", "http://127.0.0.1:0", "--store", t.path("garbage.db"))
    check(code in (73, 74, 78), f"exit {code}: {err}")
    check("garbage.db" in err, f"it names the file: {err!r}")


def test_user_add(t):
    store = t.path("server.db")
    add = ["user", "add", "--password-stdin", "--store", store, "--domain", "example.org",
           "--weak-passwords"]
    code, _, err = ternd(t, *add, "alice@example.org", input="correct horse\n")
    check_equal(code, 0, f"user add ({err})")
    code, _, err = ternd(t, *add, "alice@example.org", input="other password\n")
    check(code in (73, 77), f"an address that is taken: {code} {err}")
    code, _, err = ternd(t, *add, "bob@example.org", input="short\n")
    check_equal(code, 64, f"a password that is too short ({err})")
    code, _, err = ternd(t, *add, "bob@elsewhere.org", input="correct horse\n")
    check_equal(code, 77, f"a domain that isn't the server's ({err})")
    server = t.server(store=store, registration="closed")
    Api(server).register("alice", "login")
    answer = Api(server).call("register", {
        "address": "bob@example.org", "password": "correct horse", "device": "d"}, expect=403)
    check_equal(answer["error"]["code"], "denied", "registration is closed")
    # Beside a running server, too.
    code, _, err = ternd(t, *add, "carol@example.org", input="correct horse\n")
    check_equal(code, 0, f"user add beside the server ({err})")
    Api(server).register("carol", "login")


def test_passwords(t):
    server = t.server()
    alice = Api(server).register("alice")
    again = Api(server).register("alice")
    check(alice.token != again.token, "a token each")
    for address, password, code in (
            ("alice@example.org", "wrong password", "exists"),):
        answer = Api(server).call("register", {
            "address": address, "password": password, "device": "d"}, expect=None)
        check_equal(answer["error"]["code"], code, "register with a wrong password")
    first = Api(server).call("login", {"address": "alice@example.org",
                                       "password": "wrong password", "device": "d"}, expect=403)
    second = Api(server).call("login", {"address": "nobody@example.org",
                                        "password": "wrong password", "device": "d"}, expect=403)
    check_equal(first, second, "wrong password and wrong address: one answer")
    for password in ("seven77", "x" * 1025):
        answer = Api(server).call("register", {
            "address": "dave@example.org", "password": password, "device": "d"}, expect=None)
        check(answer["error"]["code"] in ("bad-field", "too-large"), f"{answer}")


def test_drain(t):
    """SIGTERM: held polls are answered, what was begun is finished, and it ends with 0."""
    server = t.server(options=["--drain", "500"])
    polls = held_polls(server, 20)
    server.process.signal(signal.SIGTERM)
    for connection in polls:
        answer = connection.answer()
        check(answer is not None and answer[0] in (200, 503), f"a held poll at drain: {answer}")
    check_equal(server.process.wait(30), 0, "exit status")


def test_drain_loses_nothing(t):
    """What was acknowledged while the server drained is there afterwards."""
    server = t.server(fixed=True, options=["--drain", "300"])
    alice, bob = Api(server).register("alice"), Api(server).register("bob")
    acknowledged = []
    running = threading.Event()

    def sender():
        try:
            while True:
                acknowledged.append(send_one(alice)["msg_id"])
                running.set()
        except Exception:  # the server went away: that ends the loop
            running.set()

    thread = threading.Thread(target=sender, daemon=True)
    thread.start()
    check(running.wait(30), "the sender runs")
    wait_for(lambda: len(acknowledged) > 20, what="20 messages")
    server.stop()
    thread.join(30)
    check(not thread.is_alive(), "the sender ended")
    server.start()
    bob.close()
    last = bob.sync()["conversations"][0]["last"]
    check(last in (len(acknowledged), len(acknowledged) + 1),
          f"{len(acknowledged)} acknowledged, last_msg_id {last}")
    check_equal(acknowledged, list(range(1, len(acknowledged) + 1)), "dense, in order")


def test_kill_9_loses_nothing(t):
    server = t.server(fixed=True)
    alice, bob = Api(server).register("alice"), Api(server).register("bob")
    total = 0
    for _ in range(3):
        acknowledged = []

        def sender():
            try:
                while True:
                    acknowledged.append(send_one(alice)["msg_id"])
            except Exception:
                pass

        thread = threading.Thread(target=sender, daemon=True)
        thread.start()
        wait_for(lambda: len(acknowledged) > 30, what="30 messages")
        server.kill()
        thread.join(30)
        server.start()
        alice.close(), bob.close()
        last = bob.sync()["conversations"][0]["last"]
        expected = list(range(total + 1, total + len(acknowledged) + 1))
        check_equal(acknowledged, expected, "acknowledged, dense")
        check(last in (expected[-1], expected[-1] + 1), f"{expected[-1]} against {last}")
        total = last
    server.stop()
    check_equal(sqlite3.connect(server.store).execute("PRAGMA integrity_check").fetchone()[0],
                "ok", "the store")


def test_a_second_server_on_one_store(t):
    server = t.server()
    code, _, err = ternd(t, "--listen", "http://127.0.0.1:0", "--store", server.store)
    check_equal(code, 75, f"exit status: {err}")
    check(server.store in err, f"it names the store: {err!r}")
    Api(server).register("alice")


def test_full_disk(t):
    """A store that can't grow: storage errors, nothing lost, and the server goes on."""
    limit = 700 * 1024

    def small_files():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    server = t.server(fixed=True, preexec=small_files)
    alice, bob = Api(server).register("alice"), Api(server).register("bob")
    stored = 0
    for _ in range(200):
        answer = alice.call("send", {"messages": [{
            "to": "bob@example.org", "key": str(uuid.uuid4()), "type": "text",
            "text": "x" * 20000}]}, expect=None)
        failed = answer.get("error") or answer["results"][0].get("error")
        if failed:
            check_equal(failed["code"], "storage", "a full disk")
            break
        stored += 1
    else:
        raise tern_test.Failure("the disk never filled")
    check(server.process.alive(), "the server lives")
    check_equal(bob.call("login-sync", {})["conversations"][0]["last"], stored, "what is stored")
    server.kill()
    server.preexec = None
    server.start()
    alice.close(), bob.close()
    check_equal(bob.call("login-sync", {})["conversations"][0]["last"], stored, "after a restart")
    check_equal(send_one(alice)["msg_id"], stored + 1, "and it goes on")


def test_memory_of_5000_held_polls(t):
    count = 5000
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < count + 200:
        raise Skip(f"needs {count + 200} open files, the limit is {hard}")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, count + 200), hard))
    server = t.server()
    api = Api(server).register("a0")
    api.sync()
    before = server.memory()
    polls = held_polls(server, count)
    used = server.memory() - before
    # A sanitizer's own memory says nothing about ours.
    with open(TERND, "rb") as program:
        sanitized = b"__asan_init" in program.read()
    print(f"# {used / count:.0f} bytes a held poll")
    check(sanitized or used < 40e6, f"{used / 1e6:.1f} MB for {count} held polls")
    started = time.monotonic()
    for connection in polls:
        connection.close()
    wait_for(lambda: api.call("login-sync", {})["generation"], what="an answer")
    check(time.monotonic() - started < 30, "closing them takes no time")


def test_file_modes(t):
    server = t.server()
    Api(server).register("alice")
    for name in os.listdir(t.dir):
        if name.startswith("server.db"):
            check_equal(os.stat(t.path(name)).st_mode & 0o077, 0, f"others' rights on {name}")


tern_test.main()
