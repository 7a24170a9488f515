"""tern send: results, repeats, and what becomes of a message when the server or the line is gone."""
import subprocess

import tern_test
from tern_test import TERN, Rule, check, check_equal, wait_for

from tern_helpers import pair, texts_of

KEY = "018f0000-0000-7000-8000-00000000000a"


def outbox(user):
    return user.json("status")[0]["outbox"]


def test_words_and_standard_input(t):
    _, alice, bob = pair(t)
    sent = alice.json("send", "bob", "hello bob")[0]
    check_equal((sent["conversation"], sent["msg_id"], sent["state"]),
                ("bob@example.org", 1, "sent"), "the result")
    check_equal(len(sent["key"]), 36, "its key")
    alice.run("send", "bob@example.org", "-", input="one\nmessage\n")
    alice.run("send", "bob", "--lines", input="first\nsecond\nthird")
    alice.run("send", "bob", "--", "--not an option")
    got = [m["text"] for m in bob.json("recv")]
    check_equal(got[0], "hello bob", "from the words")
    check(got[1].rstrip("\n") == "one\nmessage", f"from all of standard input: {got[1]!r}")
    check_equal(got[2:], ["first", "second", "third", "--not an option"], "the lines")


def test_quiet_on_stderr(t):
    _, alice, bob = pair(t)
    check_equal(alice.run("send", "bob", "x").err, "", "stderr of a send that worked")
    check_equal(alice.run("-q", "send", "bob", "x").out, "", "stdout with -q")
    check_equal(bob.run("recv").err, "", "stderr of recv")


def test_key_repeats_safely(t):
    _, alice, bob = pair(t)
    first = alice.json("send", "--key", KEY, "bob", "once")[0]
    again = alice.json("send", "--key", KEY, "bob", "once")[0]
    check_equal((first["msg_id"], again["msg_id"], again["key"]), (1, 1, KEY), "the same message")
    other = alice.run("send", "--key", KEY, "bob", "other text", expect=None)
    check_equal((other.code, other.out), (73, ""), f"the key with other content: {other}")
    check_equal([m["text"] for m in bob.json("recv")], ["once"], "what bob has")


def test_refused_for_good(t):
    _, alice, bob = pair(t)
    gone = alice.run("send", "nobody", "hello?", expect=1)
    check("nobody@example.org" in gone.err, f"it names the address: {gone.err!r}")
    check_equal(gone.err.count("\n"), 1, "one sentence")
    for text in ("x" * 65537, ""):
        refused = alice.run("send", "bob", "-", input=text, expect=64)
        check_equal(refused.err.count("\n"), 1, f"one sentence: {refused.err!r}")
    not_utf8 = alice.run("send", "bob", "-", input=b"\xff\xfe", expect=64)
    check("UTF-8" in not_utf8.err, f"it says why: {not_utf8.err!r}")
    check_equal(outbox(alice), 0, "nothing is kept")
    alice.run("send", "bob", "x" * 65536)
    check_equal(len(bob.json("recv")[0]["text"]), 65536, "the longest text")


def test_one_refused_among_lines(t):
    """A line that is refused does not hold those after it."""
    _, alice, bob = pair(t)
    result = alice.run("send", "bob", "--lines", input="a\n" + "x" * 70000 + "\nb\n", expect=None)
    check_equal(result.code, 64, f"{result.err[:200]}")
    got = texts_of(bob)
    check(got in ([], ["a", "b"]), f"all or what was good, in order: {got}")
    check_equal(outbox(alice), 0, "nothing is kept")


def test_server_down(t):
    server, alice, bob = pair(t, fixed=True)
    server.stop()
    result = alice.run("send", "bob", "lost", "--timeout", "1", expect=69)
    check_equal(result.out, "", "stdout")
    check_equal(result.err.count("\n"), 1, f"one sentence: {result.err!r}")
    check_equal(outbox(alice), 0, "nothing is kept")
    server.start()
    alice.run("fetch")
    bob.run("recv", expect=1)
    alice.run("history", "bob", expect=1)


def test_queue(t):
    server, alice, bob = pair(t, fixed=True)
    server.stop()
    for n in range(3):
        queued = alice.json("send", "--queue", "bob", f"later {n}")[0]
        check_equal(queued["state"], "queued", "its state")
    check_equal(outbox(alice), 3, "kept")
    shown = alice.json("history", "bob")
    check_equal([(m["text"], m["state"]) for m in shown],
                [(f"later {n}", "queued") for n in range(3)], "history shows them")
    server.start()
    alice.run("contacts")  # any command that reaches the server
    alice.run("fetch")
    check_equal(outbox(alice), 0, "settled")
    check_equal(texts_of(bob), [f"later {n}" for n in range(3)], "once, in order")
    check_equal([m["state"] for m in alice.json("history", "bob")], ["sent"] * 3, "history")


def test_queued_is_not_taken_back(t):
    """What was queued stays, though it is sent again under its key and the server is away."""
    server, alice, bob = pair(t, fixed=True)
    server.stop()
    alice.run("send", "--queue", "--key", KEY, "bob", "promised")
    result = alice.run("send", "--key", KEY, "--timeout", "0.2", "bob", "promised", expect=75)
    check("kept" in result.err, f"it says so: {result.err!r}")
    server.start()
    alice.run("fetch")
    check_equal(texts_of(bob), ["promised"], "what bob has")


def test_queued_while_another_gives_up(t):
    """The other way round, and at the same time."""
    server, alice, bob = pair(t, fixed=True)
    server.stop()
    other = alice.start("send", "--key", KEY, "--timeout", "3", "bob", "promised")
    wait_for(lambda: outbox(alice) == 1, what="the outbox")
    alice.run("send", "--queue", "--key", KEY, "bob", "promised")
    check_equal(other.wait(), 75, "the other one's status")
    server.start()
    alice.run("fetch")
    check_equal(texts_of(bob), ["promised"], "what bob has")


def test_refused_is_tried_again(t):
    """Under the key of a message that was refused it is sent anew."""
    server, alice, _ = pair(t)
    send = ["send", "--key", KEY, "carol", "are you there?"]
    for _ in range(2):
        alice.run(*send, "--queue")
        check_equal(outbox(alice), 1, "it waits")
        alice.run("fetch", expect=77)
    carol = t.user("carol", server)
    alice.run(*send)
    check_equal(texts_of(carol), ["are you there?"], "what carol has")


def test_queued_and_refused(t):
    """Who queued it is gone: fetch says so once, status says which."""
    _, alice, _ = pair(t)
    key = alice.json("send", "--queue", "nobody", "hello?")[0]["key"]
    told = alice.run("fetch", expect=77)
    check_equal((told.out, told.err.count("\n")), ("", 1), f"{told}")
    alice.run("fetch")
    status, refused = alice.json("status")
    check_equal((status["outbox"], status["failed"]), (0, 1), f"{status}")
    check_equal((refused["conversation"], refused["text"], refused["key"], refused["state"]),
                ("nobody@example.org", "hello?", key, "failed"), f"{refused}")
    check(" " in refused["error"], f"a sentence: {refused}")
    check("hello?" in alice.run("status").out, "in text as well")


def test_notices(t):
    server, alice, _ = pair(t)
    server.stop()
    send = ["send", "bob", "x", "--timeout", "0.5"]
    check_equal(alice.run(*send, expect=69).err.count("\n"), 1, "the failure alone")
    check(alice.run("-v", *send, expect=69).err.count("\n") > 1, "-v: tries, too")
    check_equal(alice.run("-qv", *send, expect=69).err.count("\n"), 1, "-q is stronger")


def cut(t, **rule):
    """Sends through a line that is cut as the rule says; then a line that holds."""
    server, alice, bob = pair(t)
    proxy = t.proxy(server)
    alice.login(proxy.url)
    alice.run("send", "bob", "before")
    proxy.rule = Rule(b"POST /v1/send", **rule)
    result = alice.run("send", "bob", "in doubt", "--timeout", "1", expect=None)
    proxy.rule = None
    return server, alice, bob, proxy, result


def test_answer_lost(t):
    """The request arrived, its answer never came: in doubt, kept, settled once."""
    _, alice, bob, _, result = cut(t, cut_answer=0)
    check_equal(result.code, 75, f"{result}")
    check_equal(result.err.count("\n"), 1, f"one sentence: {result.err!r}")
    check_equal(outbox(alice), 1, "kept")
    alice.run("send", "bob", "after")
    check_equal(outbox(alice), 0, "settled by the next command")
    check_equal(texts_of(bob), ["before", "in doubt", "after"], "each once, in order")
    check_equal([m["msg_id"] for m in alice.json("history", "bob")], [1, 2, 3], "history")


def test_answer_cut_in_its_middle(t):
    for length in (1, 20, 120):
        _, alice, bob, _, result = cut(t, cut_answer=length)
        check_equal(result.code, 75, f"cut after {length}: {result}")
        alice.run("fetch")
        check_equal(outbox(alice), 0, "settled by fetch")
        check_equal(texts_of(bob), ["before", "in doubt"], "once")


def test_request_cut_in_its_middle(t):
    """The server can't have it, the client can't know: in doubt, and sent once."""
    _, alice, bob, _, result = cut(t, cut_request=200)
    check(result.code in (69, 75), f"{result}")
    alice.run("fetch")
    check_equal(outbox(alice), 0, "settled")
    expected = ["before", "in doubt"] if result.code == 75 else ["before"]
    check_equal(texts_of(bob), expected, "what bob has")


def test_one_cut_is_retried_by_itself(t):
    """Within its timeout, send asks again with the same key."""
    server, alice, bob = pair(t)
    proxy = t.proxy(server)
    alice.login(proxy.url)
    proxy.rule = Rule(b"POST /v1/send", cut_answer=0, times=2)
    check_equal(alice.json("send", "bob", "once")[0]["state"], "sent", "the result")
    check_equal(texts_of(bob), ["once"], "once")
    check_equal(proxy.rule.used, 2, "it was cut twice")


def test_slow_answer(t):
    _, alice, bob, proxy, result = cut(t, delay=3.0)
    check_equal(result.code, 75, f"the answer came after the timeout: {result}")
    check(result.seconds < 2.9, f"--timeout 1 took {result.seconds:.1f} s")
    alice.run("fetch")
    check_equal(texts_of(bob), ["before", "in doubt"], "once")


def test_two_at_once_keep_their_order(t):
    """Two processes with one outbox: each line once, each process's lines in order."""
    _, alice, bob = pair(t)
    first = alice.start("send", "bob", "--lines", stdin=open(lines(t, "a", 200)))
    second = alice.start("send", "bob", "--lines", stdin=open(lines(t, "b", 200)))
    check_equal((first.wait(), second.wait()), (0, 0), f"{first.errors()}{second.errors()}")
    got = bob.json("recv", "--count", "400", "--timeout", "30")
    check_equal([m["msg_id"] for m in got], list(range(1, 401)), "msg_ids")
    for letter in "ab":
        check_equal([m["text"] for m in got if m["text"][0] == letter],
                    [f"{letter}{n}" for n in range(200)], f"the lines of {letter}")


def lines(t, letter, count):
    path = t.path(f"lines-{letter}")
    with open(path, "w") as out:
        out.writelines(f"{letter}{n}\n" for n in range(count))
    return path


def test_output_that_fails(t):
    """Results that can't be written: 74, and the messages are sent once all the same."""
    _, alice, bob = pair(t)
    command = f"exec '{TERN}' --format=json send bob text >/dev/full"
    done = subprocess.run(["sh", "-c", command], env=alice.env, stderr=subprocess.PIPE)
    check_equal(done.returncode, 74, f"{done.stderr!r}")
    check_equal(texts_of(bob), ["text"], "sent")


tern_test.main()
