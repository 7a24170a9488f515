"""Several processes on one cache: one holds the line, the others follow it."""
import json
import resource
import threading
import time

import tern_test
from tern_test import check, check_equal, wait_for

from tern_helpers import metric, pair


def test_three_processes(t):
    server, alice, bob = pair(t)
    trouble = []
    stop = threading.Event()
    sent = []

    def sends(user, to, prefix):
        try:
            while not stop.is_set():
                text = f"{prefix}{len(sent)}"
                user.run("send", to, text)
                sent.append(text)
        except tern_test.Failure as failure:
            trouble.append(str(failure))

    first = bob.start("--format=json", "recv", "--follow", "--consumer", "one")
    wait_for(lambda: metric(server, "ternd_polls_held") == 1, what="the line to be held")
    second = bob.start("--format=json", "recv", "--follow", "--consumer", "two")
    alice.run("send", "bob", "start")
    check_equal((first.json_line()["text"], second.json_line()["text"]), ("start", "start"),
                "both hand the message on")
    # Between an answer and the next poll there is none for a moment; two would be superseded.
    wait_for(lambda: metric(server, "ternd_polls_held") == 1, what="one line for two processes")
    threads = [threading.Thread(target=sends, args=args, daemon=True)
               for args in ((alice, "bob", "a"), (bob, "alice", "b"))]
    for thread in threads:
        thread.start()
    wait_for(lambda: len(sent) > 40 or trouble, what="40 messages")
    # The holder goes; the other takes over.
    first.kill()
    killed = time.monotonic()
    wait_for(lambda: metric(server, "ternd_polls_held") == 1, what="another holder")
    print(f"# taken over after {time.monotonic() - killed:.2f} s")
    mark = len(sent)
    wait_for(lambda: len(sent) > mark + 20 or trouble, what="20 more")
    stop.set()
    for thread in threads:
        thread.join(60)
    check_equal(trouble, [], "the senders' failures")
    expected = ["start"] + [text for text in sent if text.startswith("a")]
    third = bob.json("recv", "--consumer", "one", expect=None)
    got = []
    while len(got) < len(expected) - 1:
        got.append(second.json_line()["text"])
    check_equal(["start"] + got, expected, "the one that followed and took over")
    one = ["start"] + [json.loads(line)["text"] for line in first.lines[1:]
                       if line.endswith("}")]
    again = [m for m in third if m["text"] in one]
    check(all(m.get("repeated") for m in again), f"repeats are marked: {again[:3]}")
    check_equal(one + [m["text"] for m in third if m["text"] not in one], expected,
                "the killed one's consumer, carried on")
    check_equal(metric(server, "ternd_polls_superseded_total") or 0, 0, "polls superseded")


def test_takes_over_within_two_seconds(t):
    server, alice, bob = pair(t)
    holder = bob.start("--format=json", "recv", "--follow", "--consumer", "one")
    wait_for(lambda: metric(server, "ternd_polls_held") == 1, what="the line to be held")
    other = bob.start("--format=json", "recv", "--follow", "--consumer", "two")
    alice.run("send", "bob", "both")
    check_equal(other.json_line()["text"], "both", "the follower")
    holder.kill()
    killed = time.monotonic()
    alice.run("send", "bob", "after")
    check_equal(other.json_line()["text"], "after", "who took over")
    taken = time.monotonic() - killed
    print(f"# {taken:.2f} s")
    check(taken < 2.0, f"taken over after {taken:.1f} s")


def test_send_beside_a_follower_is_seen(t):
    """What this account sends from another process comes to recv --own of the first."""
    server, alice, bob = pair(t)
    own = alice.start("--format=json", "recv", "--follow", "--own")
    wait_for(lambda: metric(server, "ternd_polls_held") == 1, what="the line to be held")
    for n in range(10):
        alice.run("send", "bob", f"{n}")
        check_equal(own.json_line()["text"], f"{n}", "own message")
    check_equal(len(bob.json("recv")), 10, "the other side")


def test_two_devices(t):
    """A second device gets what the first one sent, once."""
    server, alice, bob = pair(t)
    laptop = t.user("alice")
    laptop.login(server)
    alice.run("send", "bob", "from the desk")
    laptop.run("send", "bob", "from the laptop")
    for user in (alice, laptop):
        user.run("fetch")
        check_equal([m["text"] for m in user.json("history", "bob")],
                    ["from the desk", "from the laptop"], "history")
    check_equal([m["text"] for m in bob.json("recv")], ["from the desk", "from the laptop"],
                "what bob has")


def test_waiting_beside_another_costs_nothing(t):
    """One holds the line; another that waits for something leaves the processor alone."""
    _, alice, _ = pair(t)
    follower = alice.start("recv", "--follow", "--consumer", "a")
    wait_for(lambda: alice.json("status")[0]["line_held"], what="the line")
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    alice.run("recv", "--consumer", "b", "--count", "1", "--timeout", "3", expect=1)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    check(follower.alive(), "it still follows")
    check(used < 1, f"{used} s of 3")


tern_test.main()
