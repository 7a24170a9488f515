"""devices, passwd, and what becomes of a device whose login was ended elsewhere."""
import time

import tern_test
from tern_test import PASSWORD, check, check_equal, wait_for

from tern_helpers import metric, texts_of

NEW = "battery staple"


def another(t, server, user, name, password=PASSWORD):
    """A device more of the user's account, of that name."""
    device = t.user(user.name)
    device.run("login", user.address, "--server", server.url, "--device", name,
               "--password-stdin", input=password + "\n")
    return device


def devices(user):
    return {d["name"]: d for d in user.json("devices")}


def is_logged_in(user):
    return user.json("status")[0]["logged_in"]


def check_told(result):
    """Denied, in one clear sentence."""
    check_equal((result.code, result.out), (77, ""), f"{result}")
    check(result.err.count("\n") == 1 and "run 'tern login" in result.err, f"{result}")


def test_list_and_revoke(t):
    server = t.server()
    alice = t.user("alice")
    alice.run("register", alice.address, "--server", server.url, "--device", "phone",
              "--password-stdin", input=PASSWORD + "\n")
    laptop = another(t, server, alice, "laptop")
    listed = devices(alice)
    check_equal({n: d["current"] for n, d in listed.items()}, {"phone": True, "laptop": False},
                "the devices")
    check(all(d["seen"].startswith("20") for d in listed.values()), f"{listed}")
    check("laptop" in alice.run("devices").out, "as text")
    check_equal(alice.run("devices", "revoke", "laptop").out, "", "revoke by name")
    check_equal(list(devices(alice)), ["phone"], "one less")
    check_told(laptop.run("devices", expect=77))
    check_equal(is_logged_in(laptop), False, "its token is gone")
    first, second = another(t, server, alice, "same"), another(t, server, alice, "same")
    result = alice.run("devices", "revoke", "same", expect=64)
    check("number" in result.err, f"two of that name: {result.err!r}")
    number = [d["device_id"] for d in second.json("devices") if d["current"]][0]
    alice.run("devices", "revoke", str(number))
    check_told(second.run("contacts", expect=77))
    first.run("contacts")
    alice.run("devices", "revoke", "nobody", expect=1)
    alice.run("devices", "revoke", "9999999", expect=1)
    alice.run("devices", "revoke", "phone")
    check_equal(is_logged_in(alice), False, "one's own is a logout")
    first.run("contacts")


def test_every_command_tells(t):
    """Whatever a device says first after its login was ended: it is told so, and forgets it."""
    server = t.server()
    alice, bob = t.user("alice", server), t.user("bob", server)
    bob.run("send", "alice", "hello")
    laptop = another(t, server, alice, "laptop")
    check_equal(texts_of(laptop), ["hello"], "handed on already")
    for args in (["fetch"], ["contacts"], ["groups"], ["send", "bob", "x"], ["recv"],
                 ["recv", "--count", "9"], ["sync"], ["contact", "add", "x"],
                 ["contact", "show", "bob"], ["profile"], ["profile", "set", "name=x"],
                 ["group", "create", "+g"], ["group", "show", "+g"], ["group", "members", "+g"],
                 ["devices"], ["devices", "revoke", "laptop"], ["passwd", "--password-stdin"]):
        laptop.login(server)
        current = [d["device_id"] for d in laptop.json("devices") if d["current"]][0]
        alice.run("devices", "revoke", str(current))
        check_equal(is_logged_in(laptop), True, f"{args}: not told yet")
        check_told(laptop.run(*args, input=f"{PASSWORD}\n{NEW}\n", expect=None))
        check_equal(is_logged_in(laptop), False, f"{args}: the token is gone")
        check_told(laptop.run(*args, input=f"{PASSWORD}\n{NEW}\n", expect=None))
    check_equal([m["text"] for m in laptop.json("history", "bob")], ["hello"], "the cache stays")
    laptop.login(server)
    laptop.run("send", "bob", "back")
    check_equal(texts_of(bob), ["back"], "a new login; what was refused before was not sent")
    current = [d["device_id"] for d in laptop.json("devices") if d["current"]][0]
    alice.run("devices", "revoke", str(current))
    laptop.run("logout")


def test_the_poll_ends_at_once(t):
    server = t.server()
    alice = t.user("alice", server)
    laptop = another(t, server, alice, "laptop")
    follow = laptop.start("recv", "--follow")
    wait_for(lambda: metric(server, "ternd_polls_held") == 1, what="the held poll")
    started = time.monotonic()
    alice.run("devices", "revoke", "laptop")
    check_equal(follow.wait(), 77, "recv --follow")
    spent = time.monotonic() - started
    check(spent < 20, f"{spent:.1f} s: at once, not when the poll would have ended")
    check("run 'tern login'" in follow.errors(), f"{follow.errors()!r}")
    check_equal(is_logged_in(laptop), False, "the token is gone")


def test_queued_messages_stay(t):
    """What waited in the outbox is sent after the next login."""
    server = t.server()
    alice, bob = t.user("alice", server), t.user("bob", server)
    laptop = another(t, server, alice, "laptop")
    laptop.run("send", "--queue", "bob", "kept")
    alice.run("devices", "revoke", "laptop")
    check_told(laptop.run("fetch", expect=77))
    laptop.login(server)
    laptop.run("fetch")
    check_equal(texts_of(bob), ["kept"], "the queued one")


def test_passwd(t):
    server = t.server()
    alice = t.user("alice", server)
    laptop = another(t, server, alice, "laptop")
    follow = laptop.start("recv", "--follow")
    wait_for(lambda: metric(server, "ternd_polls_held") == 1, what="the held poll")
    for lines, code in ((f"wrong password\n{NEW}\n", 77), (f"{PASSWORD}\nshort\n", 64),
                        (f"{PASSWORD}\n", 64), (f"{PASSWORD}\n{'x' * 1025}\n", 64)):
        result = alice.run("passwd", "--password-stdin", input=lines, expect=code)
        check_equal((result.out, result.err.count("\n")), ("", 1), f"{lines[:40]!r}: {result}")
    check(follow.alive(), "nothing happened yet")
    check_equal(alice.run("passwd", "--password-stdin", input=f"{PASSWORD}\n{NEW}\n").out, "", "passwd")
    check_equal(follow.wait(), 77, "the other login's poll")
    check_told(laptop.run("contacts", expect=77))
    alice.run("contacts")
    laptop.login(server, expect=77)
    another(t, server, alice, "tablet", NEW).run("contacts")
    check_equal(is_logged_in(alice), True, "this login stays")
    alice.run("logout")
    result = alice.run("passwd", input="", expect=77)
    check("tern login" in result.err, f"not logged in: told before it asks: {result.err!r}")


tern_test.main()
