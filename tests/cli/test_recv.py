"""tern recv: consumers, counts, following, and what is handed on once."""
import json
import signal
import subprocess
import time

import tern_test
from tern_test import TERN, Api, check, check_equal, wait_for

from tern_helpers import metric, pair, texts_of


def test_json_of_a_message(t):
    _, alice, bob = pair(t)
    alice.run("send", "bob", "hi")
    message = bob.json("recv")[0]
    check_equal({k: message[k] for k in ("conversation", "msg_id", "from", "type", "text")},
                {"conversation": "alice@example.org", "msg_id": 1, "from": "alice@example.org",
                 "type": "text", "text": "hi"}, "a message")
    check(message["time"].endswith("Z") and "T" in message["time"], f"time {message['time']}")
    check("key" not in message and "state" not in message, "of others: neither key nor state")
    own = bob.json("recv", "--consumer", "all", "--own")
    check_equal(len(own), 1, "with --own")


def test_own_messages(t):
    _, alice, bob = pair(t)
    alice.run("send", "bob", "mine")
    bob.run("send", "alice", "yours")
    check_equal(texts_of(alice), ["yours"], "of others only")
    got = alice.json("recv", "--own", "--consumer", "both", "--from", "start")
    check_equal([m["text"] for m in got], ["mine", "yours"], "with --own")
    check_equal(got[0]["state"], "sent", "own ones carry their state")


def test_nothing_there(t):
    _, _, bob = pair(t)
    result = bob.run("recv", expect=1)
    check_equal((result.out, result.err.count("\n") <= 1), ("", True), f"{result}")
    started = time.monotonic()
    bob.run("recv", "--count", "1", "--timeout", "0.3", expect=1)
    check(0.2 < time.monotonic() - started < 10, "--timeout")


def test_whether_anything_came_is_not_known(t):
    """Nothing came, or nobody could tell: a script must not have to guess."""
    server, _, bob = pair(t)
    server.stop()
    for args in (["--timeout", "0.5"], ["--count", "1", "--timeout", "0.5"]):
        result = bob.run("recv", *args, expect=69)
        check_equal((result.out, result.err.count("\n")), ("", 1), f"{args}: {result}")


def test_consumers_have_their_own_places(t):
    _, alice, bob = pair(t)
    alice.run("send", "bob", "--lines", input="1\n2\n3\n")
    check_equal([m["text"] for m in bob.json("recv", "--count", "2")], ["1", "2"], "default")
    check_equal([m["text"] for m in bob.json("recv", "--consumer", "other")],
                ["1", "2", "3"], "another, from the start")
    check_equal(texts_of(bob), ["3"], "default goes on")
    bob.run("recv", expect=1)
    bob.run("recv", "--consumer", "late", "--from", "now", expect=1)
    alice.run("send", "bob", "4")
    check_equal([m["text"] for m in bob.json("recv", "--consumer", "late")], ["4"], "--from now")


def test_one_conversation(t):
    server, alice, bob = pair(t)
    carol = t.user("carol", server)
    alice.run("send", "bob", "from alice")
    carol.run("send", "bob", "from carol")
    check_equal([m["text"] for m in bob.json("recv", "carol")], ["from carol"], "WHO")
    check_equal(texts_of(bob), ["from alice"], "the rest")


def test_count_waits(t):
    _, alice, bob = pair(t)
    waiting = bob.start("--format=json", "recv", "--count", "3", "--timeout", "60")
    for n in range(3):
        alice.run("send", "bob", f"{n}")
        check_equal(waiting.json_line()["text"], f"{n}", "as it arrives")
    check_equal(waiting.wait(), 0, "exit status")


def test_follow_and_interrupt(t):
    _, alice, bob = pair(t)
    alice.run("send", "bob", "before")
    follow = bob.start("--format=json", "recv", "--follow")
    check_equal(follow.json_line()["text"], "before", "what is there")
    for n in range(5):
        alice.run("send", "bob", f"{n}")
        check_equal(follow.json_line()["text"], f"{n}", "as it arrives")
    follow.signal(signal.SIGINT)
    code = follow.wait()
    check(code in (0, 130), f"interrupted: {code}; {follow.errors()}")
    bob.run("recv", expect=1)


def test_follow_survives_the_server(t):
    server, alice, bob = pair(t, fixed=True)
    follow = bob.start("--format=json", "recv", "--follow")
    alice.run("send", "bob", "one")
    check_equal(follow.json_line()["text"], "one", "before")
    server.kill()
    server.start()
    alice.run("send", "bob", "two")
    check_equal(follow.json_line()["text"], "two", "after a restart")
    server.stop()
    check(follow.alive(), "it waits while the server is away")
    server.start()
    alice.run("send", "bob", "three")
    check_equal(follow.json_line()["text"], "three", "after another")


def test_the_poll_is_held_again_after_a_restart(t):
    """Though nothing has changed meanwhile, that login-sync could tell of."""
    server, alice, bob = pair(t, fixed=True)
    follow = bob.start("--format=json", "recv", "--follow")
    alice.run("send", "bob", "one")
    check_equal(follow.json_line()["text"], "one", "before")
    server.kill()
    server.start()
    wait_for(lambda: metric(server, "ternd_polls_held") == 1, what="a held poll")


def test_acknowledgements_that_a_killed_server_lost_are_made_good(t):
    server, alice, bob = pair(t, fixed=True)
    alice.run("send", "bob", "one")
    check_equal(texts_of(bob), ["one"], "before")
    server.kill()
    server.start()
    alice.run("send", "bob", "two")
    check_equal(texts_of(bob), ["two"], "after")
    server.stop()
    server.start()
    head = Api(server).register("bob", "login").call("login-sync", {})["conversations"][0]
    check_equal(head["ack"], 2, "last_ack_msg_id")


def test_consumer_in_use(t):
    _, alice, bob = pair(t)
    follow = bob.start("--format=json", "recv", "--follow")
    alice.run("send", "bob", "x")
    follow.json_line()
    taken = bob.run("recv", expect=75)
    check_equal(taken.err.count("\n"), 1, f"one sentence: {taken.err!r}")
    follow.kill()
    bob.run("recv", expect=1)


def test_output_that_fails_hands_nothing_on(t):
    _, alice, bob = pair(t)
    alice.run("send", "bob", "--lines", input="1\n2\n3\n")
    done = subprocess.run(["sh", "-c", f"exec '{TERN}' recv >/dev/full"], env=bob.env,
                          stderr=subprocess.PIPE)
    check_equal(done.returncode, 74, f"stdout is full: {done.stderr!r}")
    check_equal(texts_of(bob), ["1", "2", "3"], "they come again")


def test_a_reader_that_goes_away(t):
    _, alice, bob = pair(t)
    alice.run("send", "bob", "--lines", input="".join(f"{n}\n" for n in range(2000)))
    subprocess.run(["sh", "-c", f"'{TERN}' --format=json recv | head -n 5"], env=bob.env,
                   stdout=subprocess.DEVNULL, timeout=60)
    rest = [int(text) for text in texts_of(bob)]
    check_equal(rest, list(range(rest[0], 2000)), "without gaps to the end")


def test_killed_reader_repeats_at_most_its_last(t):
    _, alice, bob = pair(t)
    count = 3000
    alice.run("send", "bob", "--lines", input="".join(f"{n}\n" for n in range(count)))
    reader = bob.start("--format=json", "recv", "--follow")
    for _ in range(10):
        reader.line()
    reader.kill()
    reader.wait()
    seen = []
    for line in reader.lines:
        try:
            seen.append(json.loads(line)["msg_id"])
        except ValueError:
            pass  # cut by the kill
    check_equal(seen, list(range(1, len(seen) + 1)), "before the kill")
    rest = bob.json("recv", "--count", "1", "--timeout", "20") + (
        bob.json("recv", expect=None))
    ids = [m["msg_id"] for m in rest]
    check_equal(ids, list(range(ids[0], count + 1)), "after it, without gaps")
    check(ids[0] <= len(seen) + 1, f"{len(seen)} before, then from {ids[0]}")
    again = [m for m in rest if m["msg_id"] <= len(seen)]
    check(all(m.get("repeated") for m in again), f"what repeats is marked: {again[:3]}")


def test_from_now_asks_the_server_once(t):
    """Where the consumer stands already, it goes on from there, server or not."""
    server, alice, bob = pair(t)
    alice.run("send", "bob", "before")
    late = ["--consumer", "late", "--from", "now"]
    bob.run("recv", *late, expect=1)
    alice.run("send", "bob", "after")
    bob.run("fetch")
    server.stop()
    result = bob.run("recv", "--consumer", "newer", "--from", "now", expect=69)
    check_equal((result.out, result.err.count("\n")), ("", 1), f"{result}")
    follow = bob.start("--format=json", "recv", "--follow", *late)
    check_equal(follow.json_line()["text"], "after", "what came since")


def test_fewer_than_asked_for(t):
    _, alice, bob = pair(t)
    bob.run("recv", "--timeout", "0", expect=1)
    bob.run("recv", "--follow", "--timeout", "3", expect=1)
    alice.run("send", "bob", "--lines", input="1\n2\n")
    bob.run("fetch")
    few = bob.run("recv", "--follow", "--count", "3", "--timeout", "3", expect=1)
    check_equal(few.out.count("\n"), 2, f"{few}")
    alice.run("send", "bob", "--lines", input="3\n4\n")
    both = bob.run("recv", "--follow", "--count", "2", "--timeout", "30")
    check_equal(both.out.count("\n"), 2, f"{both}")
    alice.run("send", "bob", "5")
    bob.run("fetch")
    bob.run("recv", "--timeout", "0")


def test_timeout_zero_and_bad_values(t):
    _, _, bob = pair(t)
    for args in (["--count", "x"], ["--count", "-1"], ["--timeout", "x"], ["--from", "middle"],
                 ["--consumer", ""], ["--consumer"]):
        result = bob.run("recv", *args, expect=64)
        check_equal(result.err.count("\n"), 1, f"{args}: {result.err!r}")


tern_test.main()
