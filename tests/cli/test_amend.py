"""tern edit, recall, react, read, and send --reply: on the other side, and on the other device."""
import os

import tern_test
from tern_test import check, check_equal, wait_for

from tern_helpers import pair

ALICE, BOB = "alice@example.org", "bob@example.org"


def history(user, who, *args):
    return user.json("history", who, *args, expect=(0, 1))


def shown(user, who, *args):
    """What history shows, in short."""
    return [(m["msg_id"], "recalled" if m.get("recalled") else m["text"],
             "".join(r["reaction"] for r in m.get("reactions", [])))
            for m in history(user, who, *args) if "msg_id" in m]


def device(t, server, name):
    """Another device of an account, with a home of its own."""
    other = t.user(name)
    other.login(server)
    return other


def holds(path, text):
    """Whether a database, or its log, holds these bytes."""
    for end in ("", "-wal"):
        if os.path.exists(path + end):
            with open(path + end, "rb") as file:
                if text.encode() in file.read():
                    return True
    return False


def test_the_other_side_and_the_other_device_see_it(t):
    server, alice, bob = pair(t)
    desk = device(t, server, "bob")
    alice.run("send", "bob", "first")
    alice.run("send", "bob", "second")
    alice.run("send", "bob", "third")
    bob.run("fetch")
    alice.run("edit", "bob", "1", "first,", "edited")
    alice.run("recall", "bob", "2")
    bob.run("react", "alice", "3", "+1")
    bob.run("react", "alice", "3", "no")
    bob.run("react", "alice", "3", "no", "--remove")
    bob.run("send", "alice", "an answer", "--reply", "3")
    want = [(1, "first, edited", ""), (2, "recalled", ""), (3, "third", "+1"),
            (9, "an answer", "")]
    for user, who in ((alice, "bob"), (bob, "alice"), (desk, "alice")):
        user.run("fetch")
        if user is desk:  # what bob's other device has, waits for nobody: recv asks for all
            user.run("recv")
        check_equal(shown(user, who), want, f"to {user.home}")
    rows = history(desk, "alice")
    check_equal((rows[0]["edited"], rows[3]["reply_to"]), (4, 3), "what JSON says")
    check("text" not in rows[1], f"a recalled one has no text: {rows[1]}")
    check_equal(rows[2]["reactions"], [{"from": BOB, "reaction": "+1"}], "reactions")
    check_equal([m["type"] for m in history(desk, "alice", "--events")],
                ["text"] * 3 + ["edit", "recall", "react", "react", "unreact", "text"],
                "--events")
    check_equal([m[0] for m in shown(desk, "alice", "-n", "2")], [3, 9], "-n counts what is shown")
    text = desk.run("history", "alice").out.splitlines()
    check("[edited]" in text[0] and "[recalled]" in text[1], f"as text: {text}")
    check("(+1)" in text[2] and "[reply to 3]" in text[3], f"as text: {text}")
    text = [line[line.rindex("["):] for line in
            desk.run("history", "alice", "--events").out.splitlines()[3:8]]
    check_equal(text, ["[edits 1]: first, edited", "[recalls 2]", "[reacts to 3]: +1",
                       "[reacts to 3]: no", "[takes back a reaction to 3]: no"], "events as text")


def test_recv_hands_amendments_on(t):
    server, alice, bob = pair(t)
    follow = bob.start("--format=json", "recv", "--follow")
    alice.run("send", "bob", "hello")
    check_equal(follow.json_line()["text"], "hello", "live")
    alice.run("edit", "bob", "1", "hello!")
    alice.run("react", "bob", "1", "x")
    alice.run("recall", "bob", "1")
    got = [follow.json_line() for _ in range(3)]
    check_equal([(m["type"], m["target"]) for m in got],
                [("edit", 1), ("react", 1), ("recall", 1)], "each by its type")
    check_equal((got[0]["text"], "text" in got[2]), ("hello!", False), "their texts")
    late = bob.json("recv", "--consumer", "late")
    check_equal([(m["type"], m.get("text"), m.get("recalled")) for m in late],
                [("text", None, True), ("edit", None, None), ("react", "x", None),
                 ("recall", None, None)], "who comes later gets what is left")


def test_recalled_text_is_gone(t):
    """Nothing of it is left in the server's file nor in a cache, be it in a hole."""
    server, alice, bob = pair(t)
    desk = device(t, server, "bob")
    follow = bob.start("--format=json", "recv", "--follow")
    alice.run("send", "bob", "an unforgettable quetzal")
    alice.run("edit", "bob", "1", "a quetzal, edited")
    alice.run("send", "bob", "y" * 30000 + " a quetzal in the midst")
    for _ in range(3):
        follow.json_line()
    desk.run("recv")
    desk.run("search", "quetzal")
    places = [alice.cache, bob.cache, desk.cache, server.store]
    for path in places:
        check(holds(path, "quetzal"), f"it was in {path}")
    alice.run("recall", "bob", "1")
    alice.run("recall", "bob", "3")
    for user in (desk, alice):
        user.run("fetch")
        check(not holds(user.cache, "quetzal"), f"in {user.cache}")
    desk.run("search", "quetzal", expect=1)
    wait_for(lambda: not holds(bob.cache, "quetzal"), what="the follower's cache to be clean")
    wait_for(lambda: not holds(server.store, "quetzal"), what="the server's file and log, too")
    server.stop()
    check(not holds(server.store, "quetzal"), "in the server's file")


def test_a_recall_in_a_hole_erases(t):
    server, alice, bob = pair(t)
    desk = device(t, server, "bob")
    alice.run("send", "bob", "--lines", input="".join(f"line {n}\n" for n in range(20)))
    desk.run("recv", "--count", "5")
    alice.run("recall", "bob", "3")
    alice.run("send", "bob", "behind it")
    alice.run("recall", "bob", "15")
    # The lists alone tell of recalls.
    desk.run("contact", "add", "alice")
    desk.run("read", "alice")
    desk.run("fetch")
    check_equal([n for n, text, _ in shown(desk, "alice", "-n", "100") if text == "recalled"],
                [3, 15], "both")
    check(not holds(desk.cache, "line 2\""), "and the text is gone")


def test_offline_and_later(t):
    server, alice, bob = pair(t, fixed=True)
    alice.run("send", "bob", "hello")
    bob.run("fetch")
    server.stop()
    queued = alice.json("edit", "bob", "1", "queued", "--queue")[0]
    check_equal((queued["state"], queued["type"], queued["target"]), ("queued", "edit", 1), "JSON")
    alice.run("react", "bob", "1", "x", "--timeout", "0.3", expect=69)
    waiting = [m for m in history(alice, "bob") if m.get("state") == "queued"]
    check_equal([(m["type"], m["target"]) for m in waiting], [("edit", 1)], "the outbox is shown")
    server.start()
    alice.run("fetch")
    bob.run("fetch")
    check_equal(shown(bob, "alice"), [(1, "queued", "")], "it went")
    key = "0198b2f0-0000-7000-8000-000000000001"
    for _ in range(2):
        alice.run("react", "bob", "1", "once", "--key", key)
    alice.run("react", "bob", "1", "other", "--key", key, expect=None)
    bob.run("fetch")
    check_equal(shown(bob, "alice"), [(1, "queued", "once")], "a key does it once")
    for _ in range(2):
        alice.run("recall", "bob", "1", "--key", "0198b2f0-0000-7000-8000-000000000002")
    alice.run("react", "bob", "1", "once", "--key", key)
    alice.run("react", "bob", "1", "late", "--key", "0198b2f0-0000-7000-8000-000000000003",
              expect=1)


def test_wrong_targets(t):
    server, alice, bob = pair(t)
    alice.run("send", "bob", "one")
    bob.run("fetch")
    for args in (["edit", "alice", "1", "x"], ["recall", "alice", "1"],
                 ["react", "alice", "9", "x"], ["send", "alice", "x", "--reply", "9"]):
        result = bob.run(*args, expect=1)
        check_equal((result.out, result.err.count("\n")), ("", 1), f"{args}: {result}")
    alice.run("recall", "bob", "1")
    check("recalled" in alice.run("edit", "bob", "1", "x", expect=1).err, "it was recalled")
    alice.run("react", "bob", "1", "x", expect=1)
    for args in (["edit", "bob", "one", "x"], ["edit", "bob", "0", "x"], ["recall", "bob", "-1"],
                 ["react", "bob", "1"], ["react", "bob", "1", ""], ["edit", "bob", "1", ""],
                 ["recall", "bob"], ["read", "bob", "x"]):
        alice.run(*args, expect=64)
    result = alice.run("react", "bob", "1", "x" * 65, expect=None)
    check("the most is 64" in result.err, f"a long reaction: {result}")
    check_equal(history(alice, "bob")[-1]["msg_id"], 1, "nothing is left in the outbox")


def test_read_markers_roam(t):
    server, alice, bob = pair(t)
    desk = device(t, server, "bob")
    alice.run("send", "bob", "--lines", input="1\n2\n3\n")
    bob.run("fetch")
    desk.run("recv")
    unread = lambda user: user.json("status")[0]["unread"]  # noqa: E731
    check_equal((unread(bob), unread(desk)), (3, 3), "unread at first")
    check_equal(bob.json("read", "alice", "2"), [{"conversation": ALICE, "read": 2}], "JSON")
    check_equal(unread(bob), 1, "here at once")
    desk.run("fetch")
    check_equal(unread(desk), 1, "on the other device")
    check_equal(bob.json("read"), [{"conversation": ALICE, "read": 2, "last": 3, "unread": 1}],
                "the list")
    check_equal(bob.run("read").out, f"{ALICE}  1\n", "for people")
    bob.run("read", "alice", "1")
    check_equal(unread(bob), 1, "never back")
    bob.run("read", "alice", "7", expect=1)
    bob.run("read", "carol", expect=1)
    # Live, and all of it.
    follow = desk.start("recv", "--follow", "--consumer", "f", "--from", "now")
    wait_for(lambda: desk.json("status")[0]["line_held"], what="the line")
    bob.run("read", "alice")
    wait_for(lambda: unread(desk) == 0, what="the marker on the device that follows")
    check(follow.alive(), "it goes on")


def test_a_marker_set_offline_is_told_later(t):
    server, alice, bob = pair(t, fixed=True)
    desk = device(t, server, "bob")
    alice.run("send", "bob", "--lines", input="1\n2\n")
    bob.run("fetch")
    desk.run("fetch")
    server.stop()
    bob.run("read", "alice", "--timeout", "0.2")
    check_equal(bob.json("status")[0]["unread"], 0, "here at once")
    server.start()
    bob.run("fetch")
    desk.run("fetch")
    check_equal(desk.json("status")[0]["unread"], 0, "and there, later")
    check_equal(history(bob, "alice")[0]["msg_id"], 1, "history is as it was")


def test_receipts(t):
    server, alice, bob = pair(t)
    state = lambda: [m["state"] for m in history(alice, "bob")]  # noqa: E731
    alice.run("send", "bob", "--lines", input="1\n2\n")
    check_equal(state(), ["sent", "sent"], "at first")
    follow = alice.start("recv", "--follow", "--consumer", "f", "--from", "now")
    wait_for(lambda: alice.json("status")[0]["line_held"], what="the line")
    bob.run("fetch")
    wait_for(lambda: state() == ["delivered", "delivered"], what="delivered, live")
    bob.run("read", "alice", "1")
    wait_for(lambda: state() == ["read", "delivered"], what="read, live")
    follow.kill()
    bob.run("read", "alice")
    alice.run("fetch")
    check_equal(state(), ["read", "read"], "read, offline")


def test_receipts_of_a_group(t):
    """A count, asked for; the messages themselves are sent, and no more."""
    server, alice, bob = pair(t, fixed=True)
    carol, dan = t.user("carol", server), t.user("dan", server)
    alice.run("group", "create", "+team", "bob", "carol")
    alice.run("send", "+team", "hello")
    asked = lambda user, who, number: tuple(  # noqa: E731
        user.json("receipts", who, number)[0][name] for name in ("others", "delivered", "read"))
    check_equal(asked(alice, "+team", "4"), (2, 0, 0), "at first")
    bob.run("fetch")
    bob.run("read", "+team")
    check(asked(alice, "+team", "4") in ((2, 1, 1), (2, 2, 1)), "who has read it has it")
    carol.run("fetch")
    wait_for(lambda: asked(alice, "+team", "4") == (2, 2, 1), what="the receipts of both")
    check_equal(alice.run("receipts", "+team", "4").out,
                "2 others, delivered to 2, read by 1\n", "for people")
    alice.run("fetch")
    wait_for(lambda: asked(bob, "+team", "3") == (2, 2, 0), what="those of another's message")
    check_equal(history(alice, "+team")[-1]["state"], "sent", "history shows no counts")
    alice.run("send", "bob", "one")
    check_equal(asked(alice, "bob", "1"), (1, 0, 0), "in a conversation of two")
    for code, args in ((1, ("alice", "+team", "9")), (1, ("alice", "carol", "1")),
                       (77, ("dan", "+team", "1")), (1, ("bob", "+team", "1"))):
        user = {"alice": alice, "bob": bob, "dan": dan}[args[0]]
        result = user.run("receipts", *args[1:], expect=code)
        check_equal((result.out, result.err.count("\n")), ("", 1), f"{args}: {result}")
    server.stop()
    alice.run("receipts", "+team", "4", "--timeout", "0.2", expect=69)


if __name__ == "__main__":
    tern_test.main()
