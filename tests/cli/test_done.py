"""recv --manual and tern done: a consumer's place advances when a script says so."""
import signal

import tern_test
from tern_test import check, check_equal

from tern_helpers import pair


def manual(user, *args, expect=0):
    """What recv --manual hands on: texts, * where it may have come before."""
    return [m["text"] + ("*" if m.get("repeated") else "")
            for m in user.json("recv", "--manual", *args, expect=expect)]


def test_what_is_not_done_comes_again(t):
    _, alice, bob = pair(t)
    alice.run("send", "bob", "--lines", input="1\n2\n3\n")
    check_equal(manual(bob), ["1", "2", "3"], "the first time")
    check_equal(manual(bob), ["1*", "2*", "3*"], "nothing was done")
    bob.run("done", "default", "alice", "2")
    check_equal(manual(bob), ["3*"], "what is not done")
    alice.run("send", "bob", "4")
    check_equal(manual(bob), ["3*", "4"], "and what is new")
    bob.run("done", "default", "alice", "4")
    check_equal(manual(bob, expect=1), [], "all done")
    bob.run("done", "default", "alice", "1")
    check_equal(manual(bob, expect=1), [], "never back")


def test_each_conversation_has_its_place(t):
    server, alice, bob = pair(t)
    carol = t.user("carol", server)
    alice.run("send", "bob", "of alice")
    carol.run("send", "bob", "of carol")
    check_equal(sorted(manual(bob, "--consumer", "robot")), ["of alice", "of carol"], "both")
    bob.run("done", "robot", "carol", "1")
    check_equal(manual(bob, "--consumer", "robot"), ["of alice*"], "the other one's")
    check_equal(manual(bob, "--consumer", "other", "carol"), ["of carol"], "another consumer")


def test_following(t):
    """Within one run nothing comes twice, though nothing is done yet."""
    _, alice, bob = pair(t)
    alice.run("send", "bob", "1")
    follower = bob.start("--format=json", "recv", "--manual", "--follow")
    check_equal(follower.json_line()["text"], "1", "what there was")
    for n in range(2, 6):
        alice.run("send", "bob", str(n))
        check_equal(follower.json_line()["text"], str(n), "what comes")
    bob.run("done", "default", "alice", "3")
    alice.run("send", "bob", "6")
    check_equal(follower.json_line()["text"], "6", "after some are done")
    follower.signal(signal.SIGKILL)
    follower.wait()
    check_equal(manual(bob), ["4*", "5*", "6*"], "after kill -9")


def test_without_manual_it_goes_on_there(t):
    _, alice, bob = pair(t)
    alice.run("send", "bob", "--lines", input="1\n2\n3\n")
    manual(bob)
    bob.run("done", "default", "alice", "1")
    rows = bob.json("recv")
    check_equal([(m["text"], m.get("repeated")) for m in rows], [("2", True), ("3", True)],
                "what is not done, once more")
    check_equal(manual(bob, expect=1), [], "and then it is")


def test_exec(t):
    _, alice, bob = pair(t)
    alice.run("send", "bob", "--lines", input="1\n2\n")
    result = bob.run("recv", "--manual", "--exec",
                     f"{tern_test.TERN} done default alice $TERN_MSG_ID; echo $TERN_MSG_ID")
    check_equal(result.out, "1\n2\n", "both")
    check_equal(manual(bob, expect=1), [], "the command said that it is done")


def test_more_than_a_batch(t):
    _, alice, bob = pair(t)
    alice.run("send", "bob", "--lines", input="".join(f"{n}\n" for n in range(1, 701)))
    check_equal(len(manual(bob)), 700, "all of them")
    bob.run("done", "default", "alice", "400")
    check_equal(len(manual(bob, "--count", "300")), 300, "the rest")


def test_not_handed_on(t):
    _, alice, bob = pair(t)
    alice.run("send", "bob", "--lines", input="1\n2\n")
    manual(bob, "--count", "1")
    for args in (["default", "alice", "2"], ["default", "alice", "99"], ["default", "carol", "1"],
                 ["nobody", "alice", "1"]):
        result = bob.run("done", *args, expect=1)
        check_equal(result.err.count("\n"), 1, f"one sentence: {result}")
    check_equal(manual(bob), ["1*", "2"], "nothing was skipped")
    for args in ([], ["default", "alice"], ["default", "alice", "x"], ["default", "alice", "0"],
                 ["default", "alice", "-1"], ["bad name", "alice", "1"], ["default", "a@b@c", "1"],
                 ["default", "alice", "99999999999999999999"]):
        bob.run("done", *args, expect=64)
    check(bob.run("done", "--help").out, "help")


tern_test.main()
