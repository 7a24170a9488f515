"""tern config: what the chat would use, and what is wrong in it."""
import os
import subprocess

import tern_programs
import tern_test
from tern_test import check, check_equal


def write(user, text, name="config"):
    """A configuration of the user's; returns its path."""
    directory = os.path.join(user.env["HOME"], ".config", "tern")
    os.makedirs(directory, exist_ok=True)
    path = os.path.join(directory, name)
    with open(path, "wb") as file:
        file.write(text.encode() if isinstance(text, str) else text)
    return path


def somebody(t):
    """Whoever has no account and no configuration."""
    user = t.user("alice")
    user.env.pop("XDG_CONFIG_HOME", None)
    return user


def test_without_a_file(t):
    alice = somebody(t)
    result = alice.run("config")
    check_equal(result.err, "", "nothing is wrong")
    check(all(line.startswith("#") for line in result.out.splitlines()), result.out)
    check_equal(alice.run("config", "--dump").out, result.out, "--dump is the default")
    check_equal(alice.run("config", "--check").out, "", "--check writes nothing")
    keys = alice.run("config", "--dump-keys").out
    check("\nbind C-x C-e edit-external " in keys, keys)
    check_equal(alice.run("config", "/nonexistent/file", expect=1).out, "", "no such file")


def test_what_it_writes_is_what_it_reads(t):
    alice = somebody(t)
    write(alice, "set list-width 30\nbind M-q quit\nunbind C-a\ntheme light\n"
          "style mention bold #ffffff on 161\nset notify-command 'say \"$(cat)\" # x'\n")
    first = alice.run("config")
    check_equal(first.err, "", "all of it is right")
    for line in ("set list-width 30 ", "bind M-q quit", "unbind C-a", "theme light",
                 "style mention bold #ffffff on 161 "):
        check("\n" + line in "\n" + first.out, f"{line}: {first.out}")
    path = write(alice, first.out, "again")
    check_equal(alice.run("config", path).out, first.out, "the same again")
    keys = write(alice, alice.run("config", "--dump-keys").out, "keys")
    alice.run("config", "--check", keys)


def test_what_is_wrong_is_named_and_the_rest_used(t):
    alice = somebody(t)
    path = write(alice, b"set mouse on\nset muose on\n\xff\xfe\nbind C-foo quit\n"
                 b"set li\0nks off\n" + b"x" * 1000000 + b"\nset bell all\n")
    result = alice.run("config", "--check", expect=78)
    check_equal(result.out, "", "nothing on stdout")
    lines = result.err.splitlines()
    check_equal([line.split(": ")[2] for line in lines[:-1]],
                [f"{path}:2:5", f"{path}:3:1", f"{path}:4:6", f"{path}:5:7", f"{path}:6:1"],
                "line and column of each")
    check("'mouse'" in lines[0], lines[0])
    dump = alice.run("config")
    check_equal(len(dump.err.splitlines()), 5, "told here too")
    check("\nset mouse on " in "\n" + dump.out and "\nset bell all " in "\n" + dump.out, dump.out)


def test_what_is_wrong_does_a_terminal_no_harm(t):
    alice = somebody(t)
    write(alice, "set 'a\u202eb' on\nset \x1b[31mred on\n")
    err = alice.run("config", "--check", expect=78).err
    check("\x1b" not in err and "\u202e" not in err, repr(err))


def test_rubbish_is_told_briefly(t):
    alice = somebody(t)
    write(alice, os.urandom(200000) + b"\nset mouse on\n")
    result = alice.run("config", "--check", expect=78)
    check(len(result.err.splitlines()) < 30, "a few lines")
    check("\nset mouse on " in "\n" + alice.run("config").out, "the rest is used")


def test_what_is_no_file(t):
    alice = somebody(t)
    path = write(alice, "")
    os.unlink(path)
    os.mkfifo(path)
    check(path in alice.run("config", expect=74).err, "a pipe is not waited for")
    check(alice.env["HOME"] in alice.run("config", alice.env["HOME"], expect=74).err, "a directory")


def test_stdout_that_is_full(t):
    alice = somebody(t)
    with open("/dev/full", "w") as full:
        code = subprocess.run([tern_programs.TERN, "config"], stdout=full, stderr=subprocess.PIPE,
                              env=alice.env, check=False).returncode
    check_equal(code, 74, "it says so")


tern_test.main()
