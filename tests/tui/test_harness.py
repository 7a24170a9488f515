"""The terminal of the tests (tests/lib/tern_tmux.py), with programs that are no part of tern."""
import os
import shutil
import signal
import sys

import tern_test
from tern_test import Failure, Skip, check, check_equal, wait_for
from tern_tmux import Terminal, runs

# Shows what comes from the terminal, byte by byte, until C-d. Its first argument turns modes on.
SHOW = r"""
import os, sys, termios, tty
mode = termios.tcgetattr(0)
tty.setraw(0)
os.write(1, sys.argv[1].encode().decode("unicode_escape").encode() + b"ready\r\n")
while True:
    data = os.read(0, 4096)
    if data == b"\x04":
        break
    os.write(1, repr(data)[2:-1].encode())
termios.tcsetattr(0, termios.TCSANOW, mode)
"""

SIZE = r"""
import os, signal
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGWINCH])
while True:
    print(os.get_terminal_size(), flush=True)
    signal.sigwait([signal.SIGWINCH])
"""


def show(t, modes="", **options):
    terminal = Terminal(t, [sys.executable, "-c", SHOW, modes], **options)
    terminal.wait("ready")
    return terminal


def test_cat(t):
    terminal = Terminal(t, ["cat"], columns=40, rows=5)
    terminal.type("h\u00e9llo \u4e16\u754c;")
    terminal.keys("Enter")
    screen = terminal.wait(lambda screen: screen.rows[1])
    check_equal(screen.rows, ["h\u00e9llo \u4e16\u754c;", "h\u00e9llo \u4e16\u754c;", "", "", ""])
    check_equal(screen.cursor, (2, 0))
    check_equal(screen.row_of("llo"), 0)
    check_equal(screen.row_of("nowhere"), None)
    check(not screen.ended and screen.code is None, "it runs")
    terminal.keys("C-d")
    check_equal(terminal.wait_end(), 0)


def test_end(t):
    check_equal(Terminal(t, "exit 3").wait_end(), 3)
    terminal = Terminal(t, ["cat"])
    terminal.kill(signal.SIGTERM)
    check_equal(terminal.wait_end(), -signal.SIGTERM)
    terminal = Terminal(t, "echo the last words; exit 1")
    check("the last words" in terminal.wait(lambda screen: screen.ended).text, "all was read")


def test_what_does_not_come(t):
    terminal = Terminal(t, ["cat"], columns=20, rows=2)
    terminal.type("something else")
    try:
        terminal.wait("rubbish", limit=0.2)
        raise AssertionError("it came")
    except Failure as failure:
        check("'rubbish'" in str(failure) and "|something else|" in str(failure), str(failure))
    terminal.keys("Enter", "C-d")
    try:
        terminal.wait("rubbish")
        raise AssertionError("it came")
    except Failure as failure:
        check("it ended before 'rubbish'" in str(failure), str(failure))


def test_keys(t):
    terminal = show(t, columns=200)
    for keys, expected in (
            (["C-a", "M-x", "C-M-x", ";"], r"\x01\x1bx\x1b\x18;"),
            (["Up", "C-Left", "M-Up", "S-Right"], r"\x1b[A\x1b[1;5D\x1b[1;3A\x1b[1;2C"),
            (["Home", "End", "PageUp", "PageDown"], r"\x1b[1~\x1b[4~\x1b[5~\x1b[6~"),
            (["Backspace", "Delete", "Insert", "M-Backspace"], r"\x7f\x1b[3~\x1b[2~\x1b\x7f"),
            (["Enter", "M-Enter", "Tab", "S-Tab"], r"\r\x1b\r\t\x1b[Z"),
            (["Escape", "Space", "C-Space", "F1", "F12"], r"\x1b \x00\x1bOP\x1b[24~")):
        terminal.keys(*keys)
        terminal.wait(expected)
    try:
        terminal.keys("Entr")
        raise AssertionError("it is none")
    except Failure:
        pass
    terminal.raw(b"\x1b[<64;1;2M\x1b[I\xff")
    terminal.wait(r"\x1b[<64;1;2M\x1b[I\xff")
    terminal.type("a;")
    terminal.wait("a;")
    terminal.keys("C-d")
    check_equal(terminal.wait_end(), 0)


def test_paste(t):
    terminal = show(t)
    terminal.paste("one\ntwo\r")
    terminal.wait(r"one\ntwo\r")
    terminal = show(t, r"\x1b[?2004h")
    terminal.paste("one\ntwo")
    terminal.wait(r"\x1b[200~one\ntwo\x1b[201~")


def test_size(t):
    terminal = Terminal(t, [sys.executable, "-c", SIZE], columns=100, rows=30)
    terminal.wait("columns=100, lines=30")
    terminal.resize(40, 10)
    screen = terminal.wait("columns=40, lines=10")
    check_equal(len(screen.rows), 10)


def test_environment(t):
    env = dict(t.env, COLORTERM="truecolor", TMUX="rubbish")
    terminal = Terminal(t, 'echo "$LC_ALL,$TZ,$TERM,$COLORTERM,$(pwd)"; tty; cat', env=env,
                        columns=200, locale="POSIX", term="screen-256color")
    screen = terminal.wait("/dev/")
    check_equal(screen.rows[0], f"POSIX,UTC,screen-256color,truecolor,{os.path.realpath(t.dir)}")


def test_styles(t):
    terminal = Terminal(t, r"""printf '\033[1;31mred\033[m plain \033[7;38;5;200mrev\033[0m\r\n'
        printf '\033[3;4;48;2;1;2;255mblue\033[24m half\033[0;2;9;92mgreen\033[22;29;39m\r\n'
        printf '\033]2;a title\033\\\007\033[?25l'; printf '\033[?1049hother'; cat""")
    screen = terminal.wait("other")
    check(screen.alternate and not screen.cursor_visible and screen.bell, "what it is like")
    check_equal(screen.title, "a title")
    terminal = Terminal(t, r"""printf '\033[1;31mred\033[m plain \033[7;38;5;200mrev\033[0m\r\n'
        printf '\033[3;4;48;2;1;2;255mblue\033[24m half\033[0;2;9;92mgreen\033[22;29;39m end'
        cat""")
    screen = terminal.wait("end")
    check(not screen.alternate and screen.cursor_visible and not screen.bell, "what it is like")
    for text, style in (("red", {"bold", "fg=1"}), ("plain", set()), ("rev", {"reverse", "fg=200"}),
                        ("blue", {"italic", "underline", "bg=#0102ff"}),
                        ("half", {"italic", "bg=#0102ff"}),
                        ("green", {"dim", "strike", "fg=10"}), ("end", set())):
        check_equal(sorted(screen.style_of(text)), sorted(style), text)
    for text in ("red plain", "missing"):
        try:
            screen.style_of(text)
            raise AssertionError("it has one")
        except Failure:
            pass


def test_recording(t):
    terminal = show(t)
    with terminal.recording() as out:
        terminal.type("x")
        terminal.wait("x")
    check_equal(out.bytes, b"x")
    terminal.type("between")
    terminal.wait("between")
    with terminal.recording() as out:
        terminal.type("z" * 1500)
        terminal.wait(lambda screen: screen.text.count("z") == 1500)
    check_equal(out.bytes, b"z" * 1500)


def test_all_ends(t):
    terminal = Terminal(t, ["cat"])
    terminal.close()
    check(not runs(terminal.pid), "the program has ended")
    terminal = Terminal(t, "trap '' HUP; echo deaf; while :; do read line; done")
    terminal.wait("deaf")
    terminal.hangup_limit = 0.2
    try:
        terminal.close()
        raise AssertionError("it went unnoticed")
    except Failure:
        wait_for(lambda: not runs(terminal.pid), what="the end of the program")


def test_missing(t):
    path = os.environ["PATH"]
    os.environ["PATH"] = t.dir
    try:
        Terminal(t, ["cat"])
        raise AssertionError("it was found")
    except Skip as skip:
        check_equal(str(skip), "tmux is not installed")
    finally:
        os.environ["PATH"] = path


def test_less(t):
    if not shutil.which("less"):
        raise Skip("less is not installed")
    with open(t.path("lines"), "w", encoding="utf-8") as file:
        file.writelines(f"line {n}\n" for n in range(1, 101))
    terminal = Terminal(t, ["less", "lines"], rows=10, env=dict(t.env, LESS="", LESSHISTFILE="-"))
    screen = terminal.wait(lambda screen: screen.rows[9])
    check(screen.alternate, "it draws on a screen of its own")
    check_equal(screen.rows[:9], [f"line {n}" for n in range(1, 10)])
    terminal.keys("PageDown")
    terminal.wait(lambda screen: screen.rows[0] == "line 10")
    terminal.resize(80, 20)
    terminal.wait(lambda screen: screen.rows[18] == "line 28")
    terminal.type("/line 77")
    terminal.keys("Enter")
    screen = terminal.wait(lambda screen: screen.rows[0] == "line 77")
    check("reverse" in screen.style_of("line 77"), "what was searched for is marked")
    terminal.keys("q")
    check_equal(terminal.wait_end(), 0)


if __name__ == "__main__":
    tern_test.main()
