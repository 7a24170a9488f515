"""kill -9 of the server, and of the client, in the middle of sending."""
import sqlite3
import threading

import tern_test
from tern_test import check, check_equal, wait_for

from tern_helpers import pair

COUNT = 10000
BATCH = 500


def everything(alice, bob, count):
    """After a fetch of the sender: all there, once, dense, in order."""
    alice.run("fetch", limit=120)
    check_equal(alice.json("status")[0]["outbox"], 0, "the sender's outbox")
    got = bob.json("recv", "--count", str(count), "--timeout", "100", limit=150)
    check_equal([m["msg_id"] for m in got], list(range(1, count + 1)), "msg_ids")
    check_equal([m["text"] for m in got], [f"m{n}" for n in range(count)], "texts, in order")
    bob.run("recv", expect=1)
    check_equal([m["text"] for m in alice.json("history", "bob", "-n", str(count))],
                [f"m{n}" for n in range(count)], "the sender's cache")


def test_server_killed_twice(t):
    server, alice, bob = pair(t, fixed=True)
    done = []
    trouble = []

    def sender():
        try:
            for start in range(0, COUNT, BATCH):
                lines = "".join(f"m{n}\n" for n in range(start, start + BATCH))
                alice.run("send", "bob", "--lines", "--queue", input=lines, limit=120)
                done.append(start)
                alice.run("fetch", "--timeout", "20", expect=(0, 69, 75))
        except tern_test.Failure as failure:
            trouble.append(str(failure))

    thread = threading.Thread(target=sender, daemon=True)
    thread.start()
    for batches in (5, 12):
        wait_for(lambda: len(done) >= batches or trouble, limit=150, what=f"{batches} batches")
        server.kill()
        server.start()
    thread.join(200)
    check(not thread.is_alive(), "the sender ended")
    check_equal(trouble, [], "the sender's failures")
    everything(alice, bob, COUNT)
    server.stop()
    check_equal(sqlite3.connect(server.store).execute("PRAGMA integrity_check").fetchone()[0],
                "ok", "the store")


def test_acknowledged_is_never_lost(t):
    """Sending in the open while the server is killed: what it acknowledged is there, once."""
    server, alice, bob = pair(t, fixed=True)
    sent = []
    trouble = []
    stop = threading.Event()

    def sender():
        number = 0
        try:
            while not stop.is_set():
                lines = "".join(f"m{n}\n" for n in range(number, number + 100))
                results = alice.json("send", "bob", "--lines", "--timeout", "20", input=lines,
                                     expect=(0, 69, 75), limit=120)
                sent.extend((r["msg_id"], f"m{number + n}") for n, r in enumerate(results)
                            if r["state"] == "sent")
                number += 100
        except tern_test.Failure as failure:
            trouble.append(str(failure))

    thread = threading.Thread(target=sender, daemon=True)
    thread.start()
    for count in (500, 2000):
        wait_for(lambda: len(sent) >= count or trouble, limit=150, what=f"{count} sent")
        server.kill()
        server.start()
    mark = len(sent)
    wait_for(lambda: len(sent) >= mark + 500 or trouble, limit=150, what="500 more")
    stop.set()
    thread.join(200)
    check_equal(trouble, [], "the sender's failures")
    alice.run("fetch")
    got = bob.json("recv", limit=120)
    check_equal([m["msg_id"] for m in got], list(range(1, len(got) + 1)), "dense, once")
    there = {m["msg_id"]: m["text"] for m in got}
    wrong = [(msg_id, text) for msg_id, text in sent if there.get(msg_id) != text]
    check_equal(wrong, [], "acknowledged, and not there as such")
    check_equal(len(set(there.values())), len(there), "texts, each once")


def test_client_killed(t):
    """The sender is killed again and again; what it said was queued arrives once."""
    server, alice, bob = pair(t)
    acknowledged = []
    for round in range(6):
        lines = "".join(f"m{round}-{n}\n" for n in range(300))
        with open(t.path("lines"), "w") as out:
            out.write(lines)
        process = alice.start("--format=json", "send", "bob", "--lines",
                              stdin=open(t.path("lines")))
        if round % 2:
            process.line()
        process.kill()
        process.wait()
        acknowledged += [line for line in process.lines if line.endswith("}")]
    alice.run("fetch")
    check_equal(alice.json("status")[0]["outbox"], 0, "the outbox")
    got = bob.json("recv", expect=None)
    texts = [m["text"] for m in got]
    check_equal(len(texts), len(set(texts)), "none twice")
    check_equal([m["msg_id"] for m in got], list(range(1, len(got) + 1)), "dense")
    check(len(got) >= len(acknowledged), f"{len(acknowledged)} acknowledged, {len(got)} there")
    for round in range(6):
        mine = [int(text.split("-")[1]) for text in texts if text.startswith(f"m{round}-")]
        check_equal(mine, sorted(mine), f"order of round {round}")
    check_equal(sqlite3.connect(alice.cache).execute("PRAGMA integrity_check").fetchone()[0],
                "ok", "the cache")


tern_test.main()
