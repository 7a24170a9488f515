"""A server put back to yesterday's copy: nothing vanishes, doubles or merges in its clients."""
import os

import tern_test
from tern_test import check, check_equal

from tern_helpers import texts_of
from world import SUFFIXES, copy_database


def copy(server, to):
    server.kill()
    copy_database(server.store, to)
    server.start()


def put_back(server, copied):
    server.kill()
    copy_database(copied, server.store)
    server.start()


def two_devices(t, server, name):
    one, two = t.user(name, server), t.user(name)
    two.login(server)
    return one, two


def told(user, who):
    """What history shows of a conversation: [(msg_id, text)], what is queued without a number."""
    return [(m.get("msg_id"), m["text"]) for m in user.json("history", who, expect=(0, 1))
            if "text" in m and not m.get("aside")]


def live_and_lose(t, order):
    server = t.server(fixed=True)
    alice, alice2 = two_devices(t, server, "alice")
    bob, bob2 = two_devices(t, server, "bob")
    devices = {"alice": alice, "alice2": alice2, "bob": bob, "bob2": bob2}
    alice.run("send", "bob", "one")
    bob.run("send", "alice", "two")
    for user in devices.values():
        user.run("fetch")
    texts_of(bob, "--consumer", "c")
    copy(server, t.path("copy.db"))
    alice.run("send", "bob", "three")
    bob.run("send", "alice", "four")
    alice2.run("send", "bob", "five")
    check_equal(texts_of(bob, "--consumer", "c"), ["three", "five"], "before the fork")
    for user in (alice, alice2, bob2):
        user.run("fetch")
    bob.run("send", "alice", "six, which nobody has but bob")
    put_back(server, t.path("copy.db"))
    for name in order:
        devices[name].run("fetch")
    for name in order:
        devices[name].run("fetch")
    return server, devices


def check_all(devices, texts):
    """All devices have the same of it, each message once."""
    for user in devices.values():
        user.run("sync", "--all")
    shown = {name: told(user, "bob" if name.startswith("alice") else "alice")
             for name, user in devices.items()}
    for name, rows in shown.items():
        check_equal(rows, shown["alice"], f"what {name} shows")
        check_equal(sorted(text for _, text in rows), sorted(texts), f"the texts that {name} has")
        check_equal([number for number, _ in rows], list(range(1, len(texts) + 1)), "numbers")
    for user in devices.values():
        check_equal(user.run("verify").out, "", "as the server has it")


ALL = ["one", "two", "three", "four", "five", "six, which nobody has but bob"]


def run_order(t, order):
    server, devices = live_and_lose(t, order)
    check_all(devices, ALL)
    check_equal(texts_of(devices["bob"], "--consumer", "c"), [], "nothing is handed on twice")
    check_equal(sorted(texts_of(devices["bob"], "--consumer", "new")),
                ["five", "one", "three"], "a new consumer gets all, once")
    devices["alice"].run("send", "bob", "seven")
    check_equal(texts_of(devices["bob"], "--consumer", "c"), ["seven"], "and it goes on")


def test_what_nobody_sends_again_is_shown(t):
    """bob's device is gone: what he said stays with alice, marked, and is told of once."""
    server = t.server(fixed=True)
    alice, bob = t.user("alice", server), t.user("bob", server)
    bob.run("send", "alice", "kept")
    alice.run("fetch")
    copy(server, t.path("copy.db"))
    bob.run("send", "alice", "lost")
    alice.run("fetch")
    put_back(server, t.path("copy.db"))
    said = alice.run("fetch").err
    check("lost messages" in said and "set aside: 1" in said, f"said {said!r}")
    rows = alice.json("history", "bob")
    check_equal([(m["text"], m["msg_id"], m.get("aside", False)) for m in rows],
                [("kept", 1, False), ("lost", 2, True)], "history")
    check("[lost by the server]: lost" in alice.run("history", "bob").out, "the mark")
    check_equal(alice.json("status")[0]["aside"], 1, "counted")
    check("1, which the server has lost" in alice.run("status").out, "counted, for people")
    check_equal(alice.run("fetch").err, "", "told once")
    alice.run("send", "bob", "new")
    check_equal([m["text"] for m in alice.json("history", "bob")], ["kept", "lost", "new"],
                "where it stood")
    check_equal([m["text"] for m in alice.json("history", "bob", "-n", "1")], ["new"],
                "the newest")
    check_equal([m["text"] for m in alice.json("history", "bob", "--before", "2")], ["kept", "lost"],
                "below the new one")


def test_what_is_new_goes_behind_what_was_lost(t):
    """The command that meets the loss is a send: what was written before it stands before it."""
    server = t.server(fixed=True)
    alice, bob = t.user("alice", server), t.user("bob", server)
    alice.run("send", "bob", "one")
    copy(server, t.path("copy.db"))
    alice.run("send", "bob", "two")
    alice.run("send", "bob", "three")
    put_back(server, t.path("copy.db"))
    alice.run("send", "bob", "four")
    check_equal(texts_of(bob), ["one", "two", "three", "four"], "in the order of writing")


def test_senders_come_first(t):
    run_order(t, ["alice", "alice2", "bob", "bob2"])


def test_receivers_come_first(t):
    run_order(t, ["bob2", "bob", "alice2", "alice"])


def test_two_forks_in_a_row(t):
    server, devices = live_and_lose(t, ["alice", "bob", "alice2", "bob2"])
    devices["alice"].run("send", "bob", "seven")
    check_equal(texts_of(devices["bob"], "--consumer", "c"), ["seven"], "in the second history")
    put_back(server, t.path("copy.db"))
    for _ in range(2):
        for user in reversed(list(devices.values())):
            user.run("fetch")
    check_all(devices, ALL + ["seven"])
    check_equal(texts_of(devices["bob"], "--consumer", "c"), [], "nothing is handed on twice")


def test_a_wiped_server(t):
    server = t.server(fixed=True)
    alice, bob = t.user("alice", server), t.user("bob", server)
    alice.run("send", "bob", "one")
    bob.run("send", "alice", "two")
    check_equal(texts_of(bob), ["one"], "before")
    alice.run("fetch")
    server.kill()
    for suffix in SUFFIXES:
        if os.path.exists(server.store + suffix):
            os.unlink(server.store + suffix)
    server.start()
    alice.register(server), bob.register(server)
    for _ in range(2):
        alice.run("fetch"), bob.run("fetch")
    check_equal(sorted(text for _, text in told(alice, "bob")), ["one", "two"], "alice's")
    check_equal(told(alice, "bob"), told(bob, "alice"), "bob's are alice's")
    check_equal(texts_of(bob), [], "nothing is handed on twice")


tern_test.main()
