"""tern sync: history that a device lacks, page by page, resumed where it stood."""
import json
import os
import pty
import re
import signal
import sqlite3
import subprocess
import threading

import tern_test
from tern_test import Api, Proxy, Rule, User, check, check_equal, wait_for

from tern_helpers import pair, texts_of


def second_device(t, user, server):
    """The same person on a new device, which knows nothing."""
    other = User(t, user.name)
    other.login(server)
    return other


def acknowledged(user, server, msg_id):
    """Waits until the server has saved that the user holds everything up to that message."""
    api = Api(server).register(user.name, "login")

    def told():
        api.cursor = None
        return [row["ack"] for row in api.sync().get("conversations", [])] == [msg_id]
    wait_for(told, what="the acknowledgement")
    api.close()


def many(alice, count, to="bob", first=0):
    alice.run("send", to, "--lines",
              input="".join(f"m{n}\n" for n in range(first, first + count)))


def held(user, who="alice"):
    """The msg_ids in the cache and the holes, as history tells them."""
    told = user.json("history", who, "-n", "100000")
    return ([row["msg_id"] for row in told if "msg_id" in row],
            [(row["hole"]["first"], row["hole"]["last"]) for row in told if "hole" in row])


class Recorder(Proxy):
    """A proxy that keeps the bodies of requests whose method is `pull`."""

    def __init__(self, t, server):
        self.wants = []
        self.acks = []
        self.pending = b""
        self.cut_at = None  # the answer to that pull (from 0) is cut in its middle
        super().__init__(t, server.port)

    def _take_rule(self, data):
        if b"/v1/pull " not in data and b"/v1/ack " not in data:
            return None
        body = data.split(b"\r\n\r\n", 1)[1]
        check(b"content-encoding" not in data.lower(), "a small request is plain")
        request = json.loads(body)
        self.acks += request.get("acks", [])
        if b"/v1/pull " not in data:
            return None
        self.wants.append(request["want"])
        if self.cut_at == len(self.wants) - 1:
            return Rule(cut_answer=1000)
        return None


def test_all_of_a_new_device(t):
    server, alice, bob = pair(t)
    many(alice, 2500)
    bob.run("fetch")
    acknowledged(bob, server, 2500)
    other = second_device(t, bob, server)
    other.run("fetch")
    check_equal(held(other)[0], [], "what another device acknowledged does not wait")
    check_equal(other.json("status")[0]["missing"], 2500, "but is known to be there")
    other.run("sync")
    check_equal(held(other), (list(range(1, 2501)), []), "all of it")
    check_equal(other.json("search", "m1")[0]["text"], "m1", "and it is found")
    result = other.run("-v", "sync", "--all")
    check("0 new" in result.err, f"nothing is left: {result}")


def test_newest_first_and_newest_only(t):
    server, alice, bob = pair(t)
    carol = t.user("carol", server)
    many(alice, 30)
    many(carol, 30)
    bob.run("fetch")
    other = second_device(t, bob, server)
    other.run("sync", "--newest", "10")
    check_equal(held(other), (list(range(21, 31)), [(1, 20)]), "the newest of alice")
    check_equal(held(other, "carol")[0], list(range(21, 31)), "and of carol")
    other.run("sync", "alice", "--newest", "15")
    check_equal(held(other)[0], list(range(16, 31)), "more of one")
    check_equal(held(other, "carol")[0], list(range(21, 31)), "not of the other")
    other.run("sync", "carol", "alice")
    check_equal(held(other), (list(range(1, 31)), []), "both")


def test_since(t):
    """Messages of another day, by the server's clock: it is shifted for the older ones."""
    t.env["TERN_TEST_CLOCK_SHIFT"] = str(-10 * 86400)
    server, alice, bob = pair(t, fixed=True)
    many(alice, 30)
    server.stop()
    del t.env["TERN_TEST_CLOCK_SHIFT"]
    server.start()
    many(alice, 20, first=30)
    bob.run("fetch")
    other = second_device(t, bob, server)
    other.run("sync", "--since", "7d")
    ids, holes = held(other)
    check_equal(ids[-20:], list(range(31, 51)), "all that is new enough")
    # A page is filled with older ones; but none is asked for once one of them is there.
    missing = other.json("status")[0]["missing"]
    check_equal(sum(last - first + 1 for first, last in holes), missing, "holes are said")
    other.run("sync", "--since", "7d")
    check_equal(other.json("status")[0]["missing"], missing, "and again: nothing to do")
    check_equal([m["msg_id"] for m in other.json("history", "alice", "--since", "7d")],
                list(range(31, 51)), "history --since")
    check_equal([m["msg_id"] for m in other.json("history", "alice", "--since", "7d", "-n", "3")],
                [48, 49, 50], "the newest of them")
    check_equal(other.run("history", "alice", "--since", "2090").out, "", "nothing is so new")


def test_fetch_resumes_at_the_page_where_it_stood(t):
    server, alice, bob = pair(t)
    many(alice, 3500)
    proxy = Recorder(t, server)
    bob.login(proxy)
    proxy.cut_at = 2
    bob.run("fetch", expect=(69, 75))
    check_equal(proxy.wants, [[["alice@example.org", first, 3500]] for first in (1, 1001, 2001)],
                "asked for, page by page")
    check_equal(held(bob)[0], list(range(1, 2001)), "what came is kept")
    proxy.wants.clear()
    proxy.cut_at = None
    bob.run("fetch")
    check_equal(proxy.wants[0], [["alice@example.org", 2001, 3500]], "it goes on there")
    check_equal(held(bob), (list(range(1, 3501)), []), "all there")
    check_equal(len(texts_of(bob)), 3500, "and is handed on once")


def test_acknowledged_once(t):
    """Nothing is acknowledged before it came, and what was is not told again."""
    server, alice, bob = pair(t)
    many(alice, 2500)
    proxy = Recorder(t, server)
    bob.login(proxy)
    proxy.cut_at = 1
    bob.run("fetch", expect=(69, 75))
    # The next page is asked for before the last one is stored: its request can't acknowledge that one.
    check(all(last <= 1000 for _, _, last in proxy.acks), f"only what came: {proxy.acks}")
    proxy.cut_at = None
    bob.run("fetch")
    known = 0
    for _, first, last in proxy.acks:
        check(first <= known + 1, f"no gap: {proxy.acks}")
        known = max(known, last)
    check_equal(known, 2500, "acknowledged")
    proxy.acks.clear()
    bob.run("fetch")
    check_equal(proxy.acks, [], "nothing is left to be acknowledged")


def test_sync_goes_on_over_cuts(t):
    server, alice, bob = pair(t)
    many(alice, 3500)
    bob.run("fetch")
    other = second_device(t, bob, server)
    proxy = Recorder(t, server)
    other.login(proxy)
    proxy.cut_at = 1
    other.run("sync")
    firsts = [want[0][1:] for want in proxy.wants]
    check_equal(firsts, [[2501, 3500], [1501, 2500], [1501, 2500], [501, 1500], [1, 500]],
                "downwards; the page that was cut is asked for again")
    check_equal(held(other), (list(range(1, 3501)), []), "all there")


def test_sync_gives_up_in_the_end(t):
    server, alice, bob = pair(t)
    many(alice, 100)
    bob.run("fetch")
    other = second_device(t, bob, server)
    proxy = t.proxy(server)
    other.login(proxy.url)
    proxy.rule = Rule(match=b"/v1/pull ", cut_answer=0)
    result = other.run("sync", expect=(69, 75))
    check_equal(result.err.count("\n"), 1, f"one sentence: {result}")
    result = other.run("sync", "--timeout", "0.2", expect=(69, 75))


def test_interrupted(t):
    server, alice, bob = pair(t)
    many(alice, 3000)
    bob.run("fetch")
    other = second_device(t, bob, server)
    proxy = t.proxy(server)
    other.login(proxy.url)
    proxy.rule = Rule(match=b"/v1/pull ", delay=0.3)
    process = other.start("sync")
    db = sqlite3.connect(other.cache)
    wait_for(lambda: db.execute("SELECT count(*) FROM message").fetchone()[0] >= 1000,
             what="a page")
    process.signal(signal.SIGINT)
    check_equal(process.wait(), 75, "its exit status")
    check_equal(process.errors(), "tern: sync: interrupted\n", "and what it says")
    proxy.rule = None
    count = db.execute("SELECT count(*) FROM message").fetchone()[0]
    check(count < 3000 and held(other)[1], f"a part of it: {count}, and what is missing is said")
    other.run("sync")
    check_equal(held(other), (list(range(1, 3001)), []), "the rest")


def test_progress_on_a_terminal(t):
    """A bar where standard error is a terminal, and it is wiped; nothing elsewhere."""
    server, alice, bob = pair(t)
    many(alice, 3000)
    bob.run("fetch")
    other = second_device(t, bob, server)
    proxy = t.proxy(server)
    other.login(proxy.url)
    proxy.rule = Rule(match=b"/v1/pull ", delay=0.5)
    master, slave = pty.openpty()
    child = subprocess.Popen([tern_test.TERN, "sync"], env=other.env, stderr=slave,
                             stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)
    os.close(slave)
    seen = b""
    while True:
        try:
            data = os.read(master, 4096)
        except OSError:
            break
        if not data:
            break
        seen += data
    check_equal((child.wait(), child.stdout.read()), (0, b""), "it ends well, and says nothing")
    os.close(master)
    text = seen.decode()
    check(re.search(r"fetching \[#*\.*\] \d+/3000", text), f"a bar: {text!r}")
    check(text.endswith("\r\x1b[K"), f"it is wiped: {text!r}")
    third = second_device(t, bob, server)
    check_equal(third.run("sync").err, "", "no bar without a terminal")


def test_beside_a_follower(t):
    """Two processes fill the same holes: nothing comes twice."""
    server, alice, bob = pair(t)
    many(alice, 2000)
    bob.run("fetch")
    other = second_device(t, bob, server)
    follower = other.start("--format=json", "recv", "--follow")
    results = []
    threads = [threading.Thread(target=lambda: results.append(other.run("sync")))
               for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    check_equal(held(other), (list(range(1, 2001)), []), "all there")
    got = [follower.json_line()["msg_id"] for _ in range(2000)]
    check_equal(got, list(range(1, 2001)), "the follower: in order, once")
    follower.kill()


def test_wrong_use(t):
    _, _, bob = pair(t)
    for args in (["--all", "alice"], ["--since", "soon"], ["--newest", "0"], ["a@b@c"],
                 ["--timeout", "x"]):
        result = bob.run("sync", *args, expect=64)
        check_equal((result.out, result.err.count("\n")), ("", 1), f"{result}")
    bob.run("sync", "nobody", expect=1)


tern_test.main()
