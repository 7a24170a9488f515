"""Retention: what ternd prunes, what it keeps, when it stops, and what clients make of it."""
import sqlite3
import subprocess
import time
import uuid

import tern_test
from tern_test import Api, Server, User, check, check_equal, wait_for

from tern_helpers import metric

DAY = 86400
TEAM = "#team@example.org"
OFTEN = ["--prune-every", "20"]


def serve(t, *options, days=0, store=None):
    """A server whose clock is so many days off."""
    t.env["TERN_TEST_CLOCK_SHIFT"] = str(days * DAY)
    server = Server(t, options=[*OFTEN, *options], store=store, fixed=True)
    server.start()
    return server


def again(t, server, *options, days=0):
    """The same store, port and people, under other options."""
    server.stop()
    other = Server(t, options=[*OFTEN, *options], store=server.store, fixed=True)
    other.port = server.port
    t.env["TERN_TEST_CLOCK_SHIFT"] = str(days * DAY)
    return other.start()


def send(api, count, to="bob@example.org", first=0, kind="text", **more):
    """Sends texts; the results."""
    got = []
    for start in range(first, first + count, 500):
        batch = [{"to": to, "key": str(uuid.uuid4()), "type": kind, "text": f"m{n}", **more}
                 for n in range(start, min(start + 500, first + count))]
        got += api.call("send", {"messages": batch})["results"]
    check(all("error" not in result for result in got), f"sent: {got[:3]}")
    return got


def head(api, conversation="alice@example.org"):
    api.cursor = None
    rows = {row["conversation"]: row for row in api.sync().get("conversations", [])}
    return {"unread": 0, **rows[conversation]}


def acknowledge(api, first, last, conversation="alice@example.org"):
    """… and waits until it is saved."""
    api.call("ack", {"acks": [[conversation, first, last]]})
    wait_for(lambda: head(api, conversation)["ack"] >= last, what="the acknowledgement")


def runs(server, what="messages"):
    """How many were pruned so far."""
    return metric(server, f"ternd_pruned_{what}_total")


def pruned_to(server, api, first, conversation="alice@example.org"):
    """Waits until the conversation begins there."""
    wait_for(lambda: head(api, conversation)["first"] == first, limit=30,
             what=f"first to be {first}, not {head(api, conversation)}")


def settled(server):
    """Waits until a run that began after now has ended: by a conversation of its own, which is
    pruned in a run of which it is the last."""
    api = Api(server).register(f"settle-{uuid.uuid4().hex[:8]}")
    send(api, 30, to=api.address)
    pruned_to(server, api, 21, api.address)
    send(api, 30, to=api.address)
    pruned_to(server, api, 51, api.address)
    api.close()


def test_by_count(t):
    server = serve(t, "--keep-messages", "10")
    alice, bob = Api(server).register("alice"), Api(server).register("bob")
    send(alice, 50)
    acknowledge(bob, 1, 50)
    pruned_to(server, bob, 41)
    check_equal(runs(server), 40, "pruned")
    answer = bob.call("pull", {"want": [["alice@example.org", 1, 60]]})["pages"][0]
    check_equal((answer["from"], answer["to"], answer["first"], answer["last"]), (1, 50, 41, 50),
                "the page")
    check_equal([m["msg_id"] for m in answer["messages"]], list(range(41, 51)), "what is left")
    send(alice, 5, first=50)
    acknowledge(bob, 41, 55)
    pruned_to(server, bob, 46)
    check_equal([r["msg_id"] for r in send(alice, 1)], [56], "numbers go on")


def test_by_age_and_the_newest_stays(t):
    server = serve(t, "--keep-days", "7", days=-40)
    alice, bob = Api(server).register("alice"), Api(server).register("bob")
    carol = Api(server).register("carol")
    send(alice, 20)
    send(alice, 5, to="carol@example.org")
    acknowledge(bob, 1, 20)
    acknowledge(carol, 1, 5)
    ended = metric(server, "ternd_prune_runs_total")
    wait_for(lambda: metric(server, "ternd_prune_runs_total") >= ended + 2, what="a whole run")
    check_equal(runs(server), 0, "nothing is old yet")
    server = again(t, server, "--keep-days", "7")
    for api in (alice, bob, carol):
        api.close()
        api.server = server
    send(alice, 3, first=20)
    acknowledge(bob, 1, 23)
    pruned_to(server, bob, 21)
    pruned_to(server, carol, 5)
    check_equal((head(carol)["first"], head(carol)["last"]), (5, 5), "the newest stays")
    page = carol.call("pull", {"want": [["alice@example.org", 1, 5]]})["pages"][0]
    check_equal([m["msg_id"] for m in page["messages"]], [5], "and can be pulled")


def test_not_what_somebody_still_comes_for(t):
    server = serve(t, "--keep-messages", "10", days=-40)
    Api(server).register("long-gone").close()
    server = again(t, server, "--keep-messages", "10")
    alice, bob = Api(server).register("alice"), Api(server).register("bob")
    send(alice, 40)
    send(alice, 40, to="long-gone@example.org")
    # Somebody who was not heard of for 30 days is not waited for.
    wait_for(lambda: runs(server) == 30, what="the other one")
    settled(server)
    check_equal(head(bob)["first"], 1, "what bob has not acknowledged is kept")
    acknowledge(bob, 1, 25)
    pruned_to(server, bob, 26)
    acknowledge(bob, 26, 40)
    pruned_to(server, bob, 31)
    # Own messages need no acknowledgement of their sender.
    check_equal(head(alice, "bob@example.org")["ack"], 0, "what alice acknowledged")


def test_what_expired_is_not_unread(t):
    server = serve(t, "--keep-messages", "10")
    alice, bob = Api(server).register("alice"), Api(server).register("bob")
    send(alice, 20)
    send(bob, 5, to="alice@example.org")
    send(alice, 20)
    acknowledge(bob, 1, 45)
    acknowledge(alice, 1, 45, "bob@example.org")
    pruned_to(server, bob, 36)
    check_equal(head(bob)["unread"], 10, "of those that are left")
    check_equal(head(alice, "bob@example.org")["unread"], 0, "alice's, who has own ones there")
    check_equal(head(bob)["read"], 0, "the marker, which others see, stays")
    bob.call("read", {"markers": [["alice@example.org", 10]]})
    check_equal(head(bob)["unread"], 10, "a marker among the expired")
    bob.call("read", {"markers": [["alice@example.org", 38]]})
    check_equal(head(bob)["unread"], 7, "a marker above them")
    send(bob, 15, to="alice@example.org")
    acknowledge(alice, 36, 60, "bob@example.org")
    acknowledge(bob, 1, 60)
    pruned_to(server, bob, 51)
    check_equal((head(bob)["unread"], head(alice, "bob@example.org")["unread"]), (0, 10),
                "after more has expired")


def test_groups(t):
    server = serve(t, "--keep-messages", "10")
    alice, bob, carol = [Api(server).register(name) for name in ("alice", "bob", "carol")]
    alice.call("group-create", {"key": str(uuid.uuid4()), "address": TEAM, "name": "Team",
                                "history": True, "members": [bob.address, carol.address]})
    send(alice, 30, to=TEAM)
    last = head(alice, TEAM)["last"]
    acknowledge(bob, 1, last, TEAM)
    settled(server)
    check_equal(head(bob, TEAM)["first"], 3, "the message that added carol, and what came since")
    alice.call("group-change", {"group": TEAM, "action": "remove", "members": [carol.address]})
    last += 1
    acknowledge(bob, 1, last, TEAM)
    pruned_to(server, bob, last - 9, TEAM)
    check_equal(head(bob, TEAM)["unread"], 9, "of those that are left, the last is no text")
    told = head(carol, TEAM)
    check(told["first"] <= told["last"] + 1 and told["unread"] >= 0, f"who was removed: {told}")
    send(alice, 30, to=TEAM)
    acknowledge(bob, 1, last + 30, TEAM)
    pruned_to(server, bob, last + 21, TEAM)
    told = head(carol, TEAM)
    check((told["first"], told["unread"]) == (told["last"] + 1, 0), f"nothing is left: {told}")
    page = carol.call("pull", {"want": [[TEAM, 1, 100]]})["pages"][0]
    check_equal(page["messages"], [], "for who was removed")
    alice.call("group-change", {"group": TEAM, "action": "add", "members": [carol.address]})
    check_equal(head(carol, TEAM)["first"], last + 21, "who comes again sees what there is")


def test_amendments_of_what_is_gone(t):
    server = serve(t, "--keep-messages", "10")
    alice, bob = Api(server).register("alice"), Api(server).register("bob")
    send(alice, 20)
    send(alice, 1, kind="edit", target=1)
    acknowledge(bob, 1, 21)
    pruned_to(server, bob, 12)
    result = alice.call("send", {"messages": [{
        "to": "bob@example.org", "key": str(uuid.uuid4()), "type": "recall", "text": "",
        "target": 1}]})["results"][0]
    check_equal(result["error"]["code"], "bad-target", "what is gone can't be recalled")
    device = User(t, "bob")
    device.login(server)
    device.run("sync")
    rows = device.json("history", "alice")
    check_equal([row["msg_id"] for row in rows], list(range(12, 21)), "the rest, as before")
    check_equal(device.json("status")[0]["missing"], 0, "nothing is missing")


def test_clients(t):
    """Holes below what is left close, are not asked for again, and consumers pass them."""
    server = serve(t)
    alice, bob = t.user("alice", server), t.user("bob", server)
    alice.run("send", "bob", "--lines", input="".join(f"{n}\n" for n in range(1, 61)))
    bob.run("fetch")
    api = Api(server).register("bob", "login")
    wait_for(lambda: head(api)["ack"] == 60, what="the acknowledgement")
    api.close()
    device = User(t, "bob")
    device.login(server)
    device.run("sync", "--newest", "5")
    check_equal(device.json("status")[0]["missing"], 55, "before it is pruned")
    server = again(t, server, "--keep-messages", "20")
    api = Api(server).register("bob", "login")
    pruned_to(server, api, 41)
    api.close()
    got = device.json("recv", "--from", "start")
    check_equal([m["msg_id"] for m in got], list(range(41, 61)), "a consumer passes over the hole")
    rows = device.json("history", "alice", "-n", "100")
    check_equal([row.get("msg_id") for row in rows], list(range(41, 61)), "nothing is missing")
    check_equal(device.json("status")[0]["missing"], 0, "nor for status")
    syncs, pulls = requests(server, "login-sync"), requests(server, "pull")
    device.run("sync")
    check_equal(requests(server, "pull"), pulls, "the next sync asks for nothing")
    check(requests(server, "login-sync") > syncs, "but it asked the server")
    check_equal(len(bob.json("history", "alice", "-n", "100")), 60, "what a cache has it keeps")


def requests(server, method):
    return metric(server, f'ternd_requests_total{{method="{method}"}}') or 0


def test_stops_where_the_clock_is_doubtful(t):
    server = serve(t)
    alice, bob = Api(server).register("alice"), Api(server).register("bob")
    send(alice, 50)
    acknowledge(bob, 1, 50)
    for days in (400, -400):
        server = again(t, server, "--keep-days", "1", "--keep-messages", "10", days=days)
        wait_for(lambda: metric(server, "ternd_prune_stopped") == 1, what="it to stop")
        check_equal(runs(server), 0, "nothing went")
        check('why="the clock is so many days from the newest time in the store"'
              in server.process.errors(), "it says so")
    server = again(t, server, "--keep-days", "1", "--prune-anyway", days=400)
    wait_for(lambda: runs(server) == 49, what="what is old to go, for the operator says so")
    check_equal(metric(server, "ternd_prune_stopped"), 0, "it did not stop")


def test_stops_where_a_tenth_would_go(t):
    server = serve(t)
    alice, bob = Api(server).register("alice"), Api(server).register("bob")
    send(alice, 300)
    acknowledge(bob, 1, 300)
    server = again(t, server, "--keep-messages", "100")
    wait_for(lambda: metric(server, "ternd_prune_stopped") == 1, what="it to stop")
    check("over a tenth of all" in server.process.errors(), "it says so")
    check_equal(runs(server), 0, "nothing went")
    server = again(t, server, "--keep-messages", "100", "--prune-anyway")
    wait_for(lambda: runs(server) == 200, what="all of it to go")
    bob.close()
    bob.server = server
    check_equal(head(bob)["first"], 201, "what is left")


def test_keys_are_kept_for_ninety_days(t):
    server = serve(t, "--keep-days", "7", days=-100)
    alice = t.user("alice", server)
    t.user("bob", server)
    old = uuid7(-100)
    alice.run("send", "bob", "--key", old, "old", env={"TERN_TEST_CLOCK_SHIFT": str(-100 * DAY)})
    server = again(t, server, "--keep-days", "7", days=-20)
    young = uuid7(-20)
    alice.run("send", "bob", "--key", young, "young",
              env={"TERN_TEST_CLOCK_SHIFT": str(-20 * DAY)})
    # A device whose clock was wrong: what counts is when the server stored it.
    alice.run("send", "bob", "--key", uuid7(-5000), "odd",
              env={"TERN_TEST_CLOCK_SHIFT": str(-20 * DAY)})
    server = again(t, server, "--keep-days", "7")
    alice.run("send", "bob", "now")
    wait_for(lambda: runs(server, "keys") == 1, what="the old key to go")
    db = sqlite3.connect(server.store)
    check_equal(db.execute("SELECT count(*) FROM message_key").fetchone()[0], 3, "the others stay")
    api = Api(server).register("alice", "login")
    item = {"to": "bob@example.org", "key": young, "type": "text", "text": "young"}
    check_equal(api.call("send", {"messages": [item]})["results"][0].get("repeated"), True,
                "a young key is known though its message may be gone")


def uuid7(days):
    """A key made so many days from now."""
    ms = int((time.time() + days * DAY) * 1000)
    raw = bytearray(ms.to_bytes(6, "big") + uuid.uuid4().bytes[6:])
    raw[6] = 0x70 | raw[6] & 0x0F
    return str(uuid.UUID(bytes=bytes(raw)))


def test_without_retention_all_is_kept(t):
    server = serve(t, days=-1000)
    alice, bob = Api(server).register("alice"), Api(server).register("bob")
    send(alice, 20)
    acknowledge(bob, 1, 20)
    server = again(t, server)
    bob.close()
    bob.server = server
    check_equal(head(bob)["first"], 1, "all is there")


def test_options(t):
    for args in (["--keep-days", "0"], ["--keep-days", "x"], ["--keep-messages", "-1"],
                 ["--keep-messages", ""], ["--prune-every", "0"], ["--keep-days", "99999999999"],
                 ["--prune-anyway=yes"]):
        done = subprocess.run([tern_test.TERND, "--store", ":memory:", *args],
                              capture_output=True, timeout=60, check=False)
        check_equal(done.returncode, 64, f"{args}: {done.stderr}")


tern_test.main()
