"""Disks that are full or can't be written: 74 or 73, one sentence, and the cache is not damaged."""
import os
import resource
import signal
import sqlite3
import subprocess

import tern_test
from tern_test import Skip, check, check_equal

from tern_helpers import pair, texts_of


def sound(user):
    got = sqlite3.connect(user.cache).execute("PRAGMA integrity_check").fetchall()
    check_equal(got, [("ok",)], "integrity_check")


def small_files(limit):
    """What a full disk is like: no file grows beyond the limit."""
    def set_limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    return set_limit


def test_full_while_receiving(t):
    _, alice, bob = pair(t)
    bob.run("fetch", expect=None)
    lines = "".join(f"{n} " + "x" * 1000 + "\n" for n in range(1500))
    alice.run("send", "bob", "--lines", input=lines)
    for limit in (400 * 1024, 900 * 1024):
        result = bob.run("fetch", expect=74, preexec=small_files(limit))
        check_equal((result.out, result.err.count("\n")), ("", 1), f"{result.err!r}")
        sound(bob)
    got = texts_of(bob)
    check_equal([int(text.split()[0]) for text in got], list(range(1500)), "all there after it")
    sound(bob)


def test_full_while_sending(t):
    _, alice, bob = pair(t)
    size = os.stat(alice.cache).st_size
    lines = "".join(f"{n} " + "x" * 2000 + "\n" for n in range(1000))
    result = alice.run("send", "bob", "--lines", input=lines, expect=None,
                       preexec=small_files(size + 200 * 1024))
    # 75 where the messages had left when there was no room for their answer.
    check(result.code in (74, 75), f"{result}")
    check_equal(result.err.count("\n"), 1, f"one sentence: {result.err!r}")
    check("room" in result.err, f"it says why: {result.err!r}")
    sound(alice)
    alice.run("fetch")
    got = [int(m["text"].split()[0]) for m in bob.json("recv", expect=(0, 1))]
    check_equal(got, list(range(len(got))), "a part of it, from the start, none twice")
    alice.run("send", "bob", "room again")
    check_equal(texts_of(bob), ["room again"], "and it goes on")


def read_only(directory):
    """How to run a command for which the directory can't be written; None where that can't be."""
    if os.geteuid() != 0:
        return ["sh", "-c", 'chmod a-w "$0" "$0"/*; "$@"; code=$?; chmod u+w "$0" "$0"/*; '
                'exit $code', directory]
    prefix = ["unshare", "--mount", "sh", "-c",
              'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"', directory]
    tried = subprocess.run([*prefix, "true"], stderr=subprocess.DEVNULL)
    return prefix if tried.returncode == 0 else None


def test_read_only(t):
    _, alice, bob = pair(t)
    alice.run("send", "bob", "one")
    bob.run("fetch")
    prefix = read_only(os.path.dirname(bob.cache))
    if prefix is None:
        raise Skip("root, and may not mount here")
    for args in (["fetch"], ["recv"], ["send", "alice", "x"]):
        result = bob.run(*args, expect=74, prefix=prefix)
        check_equal((result.out, result.err.count("\n")), ("", 1), f"{result}")
    sound(bob)
    check_equal(texts_of(bob), ["one"], "afterwards")
    check_equal(alice.run("recv", expect=1).out, "", "what could not be sent was not")


def test_data_directory_that_cannot_be(t):
    server = t.server()
    alice = t.user("alice")
    os.makedirs(alice.env["XDG_DATA_HOME"])
    with open(os.path.join(alice.env["XDG_DATA_HOME"], "tern"), "w"):
        pass  # a file where the directory should be
    result = alice.register(server, expect=None)
    check_equal((result.code, result.out, result.err.count("\n")), (73, "", 1), f"{result}")


def test_cache_that_is_no_database(t):
    _, alice, bob = pair(t)
    with open(bob.cache, "wb") as out:
        out.write(b"this is not a database\n" * 1000)
    for suffix in ("-wal", "-shm"):
        if os.path.exists(bob.cache + suffix):
            os.unlink(bob.cache + suffix)
    result = bob.run("status", expect=None)
    check_equal((result.code, result.out, result.err.count("\n")), (78, "", 1), f"{result}")
    check(bob.cache in result.err, f"it names the file: {result.err!r}")
    with open(bob.cache, "rb") as kept:
        check(kept.read(10) == b"this is no", "it is left as it is")


def test_cache_of_a_newer_program(t):
    _, _, bob = pair(t)
    database = sqlite3.connect(bob.cache)
    database.execute("PRAGMA user_version = 9999")
    database.commit()
    database.close()
    result = bob.run("status", expect=None)
    check(result.code in (74, 78), f"{result}")
    check_equal((result.out, result.err.count("\n")), ("", 1), f"{result}")


def test_modes(t):
    """What is private is the owner's alone."""
    _, alice, bob = pair(t)
    alice.run("send", "bob", "secret")
    for base, directories, files in os.walk(alice.env["XDG_DATA_HOME"]):
        for name in files:
            mode = os.stat(os.path.join(base, name)).st_mode & 0o777
            check_equal(mode & 0o077, 0, f"others' rights on {name}")


tern_test.main()
