"""tern recv --exec: a command for each message, and the place that advances behind it."""
import json
import os
import signal

import tern_test
from tern_test import check, check_equal, wait_for

from tern_helpers import pair, texts_of


def sends(alice, *texts):
    for text in texts:
        alice.run("send", "bob", "-", input=text)


def read(path):
    with open(path) as file:
        return file.read()


def test_each_message(t):
    _, alice, bob = pair(t)
    sends(alice, "one", "two\nlines", "$(touch /tmp/never) `x` '\"\x1b[31m")
    out = t.path("out")
    env = {"OUT": out, "TERN_FROM": "outer@example.org"}
    bob.run("recv", "--exec", 'cat >>"$OUT"; echo "$TERN_CONVERSATION $TERN_FROM $TERN_MSG_ID '
            '$TERN_TYPE $TERN_TIME" >>"$OUT"; env | grep -c ^TERN_FROM= >>"$OUT"', env=env)
    lines = read(out).splitlines()
    got = [json.loads(line) for line in lines[::3]]
    check_equal([m["text"] for m in got], ["one", "two\nlines", "$(touch /tmp/never) `x` '\"\x1b[31m"],
                "the texts")
    check_equal(lines[1::3], [f"alice@example.org alice@example.org {m['msg_id']} text {m['time']}"
                              for m in got], "the environment")
    check_equal(lines[2::3], ["1"] * 3, "each variable once")
    check("\x1b" not in read(out), "no raw control")
    bob.run("recv", expect=1)


def test_a_command_that_fails(t):
    _, alice, bob = pair(t)
    sends(alice, "1", "2", "3", "4")
    out = t.path("out")
    command = f'echo "$TERN_MSG_ID" >>{out}; test "$TERN_MSG_ID" != 3'
    failed = bob.run("recv", "--exec", command, expect=75)
    check("status 1" in failed.err and failed.err.count("\n") == 1, f"{failed.err!r}")
    check_equal(read(out).split(), ["1", "2", "3"], "up to the one that failed")
    again = bob.json("recv")
    check_equal([(m["text"], m.get("repeated")) for m in again],
                [("3", True), ("4", None)], "it comes again, marked; the next is new")


def test_a_command_that_is_killed(t):
    _, alice, bob = pair(t)
    sends(alice, "1")
    killed = bob.run("recv", "--exec", "kill -9 $$", expect=75)
    check("signal 9" in killed.err, f"{killed.err!r}")
    missing = bob.run("recv", "--exec", "/no/such/command", expect=75)
    check("127" in missing.err, f"{missing.err!r}")
    check_equal(texts_of(bob), ["1"], "it stays")


def test_a_command_that_does_not_read(t):
    _, alice, bob = pair(t)
    texts = ["\x01" * 65536, "x" * 65536, "small"]
    sends(alice, *texts)
    out = t.path("out")
    # One that leaves, and one that leaves a child behind with its input.
    bob.run("recv", "--count", "1", "--exec", "exit 0")
    bob.run("recv", "--count", "1", "--exec", "(exec 2>&1; sleep 0.3) >/dev/null & exit 0")
    bob.run("recv", "--exec", f"cat >{out}")
    check_equal(json.loads(read(out))["text"], "small", "the last one")


def test_signals_of_the_command(t):
    """It gets the signals that tern keeps for itself, and a broken pipe ends it as ever."""
    _, alice, bob = pair(t)
    sends(alice, "1")
    out = t.path("out")
    bob.run("recv", "--exec", f"grep -E '^Sig(Blk|Ign)' /proc/self/status >{out}")
    for line in read(out).splitlines():
        mask = int(line.split()[1], 16)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE):
            if number != signal.SIGPIPE or "SigBlk" in line:
                check(not mask >> (number - 1) & 1, f"{line}: {number}")


def test_files_of_the_command(t):
    """Neither the cache nor a socket is open in it."""
    _, alice, bob = pair(t)
    sends(alice, "1")
    out = t.path("out")
    bob.run("fetch")
    bob.run("recv", "--count", "1", "--exec", f"ls -l /proc/$$/fd >{out}")
    fds = [line.split(" ", 8)[-1] for line in read(out).splitlines() if "->" in line]
    check(all(".db" not in fd and "socket" not in fd for fd in fds), f"{fds}")


def test_a_signal_while_it_runs(t):
    """tern waits for it, so that its message is not handed on again, and hands no other on."""
    _, alice, bob = pair(t)
    sends(alice, "1", "2")
    fifo, started = t.path("fifo"), t.path("started")
    os.mkfifo(fifo)
    process = bob.start("recv", "--follow", "--exec", f"touch {started}; cat <{fifo} >/dev/null")
    wait_for(lambda: os.path.exists(started), what="the command to run")
    process.signal(signal.SIGTERM)
    with open(fifo, "w"):
        pass
    check_equal(process.wait(10), 0, process.errors())
    check_equal(texts_of(bob), ["2"], "the first one is through")


def test_no_zombies(t):
    _, alice, bob = pair(t)
    sends(alice, *map(str, range(5)))
    out = t.path("out")
    process = bob.start("recv", "--follow", "--exec", f"echo >>{out}")
    wait_for(lambda: os.path.exists(out) and read(out).count("\n") == 5, what="5 commands")
    wait_for(lambda: not read(f"/proc/{process.pid}/task/{process.pid}/children"),
             what="no child left")
    check(process.alive(), "it goes on")
    process.signal(signal.SIGTERM)
    check_equal(process.wait(10), 0, process.errors())


tern_test.main()
