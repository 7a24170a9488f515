"""Standard streams that are closed, full or silent, and signals while tern reads or writes them."""
import os
import signal
import subprocess

import tern_test
from tern_test import TERN, check, check_equal, wait_for

from tern_helpers import pair, texts_of


def shell(user, command, expect, input=None):
    """Runs a shell's command with tern as $TERN; its stderr, of one sentence unless 0."""
    done = subprocess.run(["sh", "-c", command], env={**user.env, "TERN": TERN}, input=input,
                          stderr=subprocess.PIPE, stdout=subprocess.PIPE, timeout=60)
    said = done.stderr.decode()
    check_equal((done.returncode, said.count("\n")), (expect, 1 if expect else 0),
                f"{command}: {said!r}")
    return said


def catches(pid, number):
    """True once the process has blocked the signal, to learn of it in its own time."""
    with open(f"/proc/{pid}/status") as status:
        for line in status:
            if line.startswith("SigBlk:"):
                return int(line.split()[1], 16) >> (number - 1) & 1
    return 0


def test_closed_output(t):
    _, alice, bob = pair(t)
    alice.run("send", "bob", "--lines", input="1\n2\n")
    for command in ('"$TERN" recv >&-', '"$TERN" --format=json recv >&-', '"$TERN" recv >/dev/full',
                    '"$TERN" history alice >&-', '"$TERN" status >&-', '"$TERN" status >/dev/full',
                    '"$TERN" contacts --offline >/dev/null; "$TERN" help >&-',
                    '"$TERN" version >&-', '"$TERN" send --help >/dev/full'):
        shell(bob, command, 74)
    check_equal(texts_of(bob), ["1", "2"], "they come all the same")
    for base, _, files in os.walk(bob.home):
        for name in files:
            with open(os.path.join(base, name), "rb") as file:
                check(".db" in name and (file.read(6) in (b"", b"SQLite") or "-" in name),
                      f"{name} was written to")


def test_closed_output_of_send(t):
    _, alice, bob = pair(t)
    shell(alice, '"$TERN" --format=json send bob one >&-', 74)
    shell(alice, 'printf "a\\nb\\n" | "$TERN" send bob --lines >&-', 74)
    check_equal(texts_of(bob), ["one", "a", "b"], "sent once")
    check_equal(alice.json("status")[0]["outbox"], 0, "nothing is left in the outbox")


def test_all_closed(t):
    _, alice, bob = pair(t)
    shell(alice, '"$TERN" send bob one <&- >&- 2>&-', 0)
    shell(bob, '"$TERN" fetch <&- >&- 2>&-', 0)
    check_equal(texts_of(bob), ["one"], "nothing was hurt")


def test_closed_input(t):
    server, alice, bob = pair(t)
    for command in ('"$TERN" send bob - <&-', '"$TERN" send bob --lines <&-',
                    f'"$TERN" login {alice.address} --password-stdin <&-'):
        shell(alice, command, 74)
    bob.run("recv", expect=1)


def interrupted(t, user, *args):
    """Starts tern with a standard input that stays silent, and ends it by each signal."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        reads, writes = os.pipe()
        process = user.start(*args, stdin=reads)
        os.close(reads)
        wait_for(lambda: catches(process.pid, number), what="its signals to be caught")
        process.signal(number)
        check_equal(process.wait(10), 75, f"{args}, {number}: {process.errors()!r}")
        check_equal(process.errors().count("\n"), 1, f"{process.errors()!r}")
        os.close(writes)


def test_signals_while_reading(t):
    _, alice, bob = pair(t)
    interrupted(t, alice, "send", "bob")
    interrupted(t, alice, "send", "bob", "--lines")
    interrupted(t, alice, "login", alice.address, "--password-stdin")
    bob.run("recv", expect=1)


def test_lines_before_a_signal_are_sent(t):
    _, alice, bob = pair(t)
    process = alice.start("send", "bob", "--lines", stdin=subprocess.PIPE)
    process.process.stdin.write(b"1\n2\nunfinished")
    process.process.stdin.flush()
    check_equal([process.line(), process.line()], ["sent 1", "sent 2"], "as they come")
    process.signal(signal.SIGTERM)
    check_equal(process.wait(10), 75, process.errors())
    check_equal(texts_of(bob), ["1", "2"], "what bob has")


def test_backlog_is_left_at_a_signal(t):
    """However much waits to be handed on, a signal ends recv after the batch under way."""
    _, alice, bob = pair(t)
    count = 5000
    lines = "".join(f"{n} " + "x" * 200 + "\n" for n in range(count))
    alice.run("send", "bob", "--lines", input=lines)
    bob.run("fetch")
    for args in (["recv"], ["recv", "--follow"]):
        reads, writes = os.pipe()
        process = subprocess.Popen([TERN, *args], env=bob.env, stdout=writes,
                                   stderr=subprocess.PIPE)
        os.close(writes)
        got = os.read(reads, 1)
        process.send_signal(signal.SIGTERM)
        # It learns of it once what it writes now was read.
        while chunk := os.read(reads, 65536):
            got += chunk
        said = process.stderr.read().decode()
        check_equal(process.wait(10), 0 if "--follow" in args else 75, f"{args}: {said!r}")
        process.stderr.close()
        os.close(reads)
        check(0 < got.count(b"\n") < count / 2, f"{got.count(bytes([10]))} were handed on")
        started = int(got.split(b": ", 1)[1].split()[0])
        print(f"# {args}: from {started}, {got.count(bytes([10]))} lines")
    rest = [int(text.split()[0]) for text in texts_of(bob)]
    check_equal(rest, list(range(rest[0], count)), "the rest")


def test_a_file_that_sends_bytes_one_by_one(t):
    _, alice, bob = pair(t)
    process = alice.start("send", "bob", "--lines", stdin=subprocess.PIPE)
    text = "é and € in pieces"
    for byte in text.encode() + b"\n":
        process.process.stdin.write(bytes([byte]))
        process.process.stdin.flush()
    check_equal(process.line(), "sent 1", "it is sent when its line ends")
    process.process.stdin.close()
    check_equal(process.wait(), 0, process.errors())
    check_equal(texts_of(bob), [text], "whole")


tern_test.main()
