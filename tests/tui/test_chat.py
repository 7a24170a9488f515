"""The chat on a real terminal against a real server."""
import os

import tern_test
from tern_test import check, check_equal, wait_for
from tern_tmux import Terminal

from tern_helpers import pair


def chat(t, user, *args, **options):
    command = [os.path.abspath(tern_test.TERN), "chat", *args]
    return Terminal(t, command, env=user.env, **options)


def story(t):
    """alice and bob have talked: two texts, one of them read."""
    server, alice, bob = pair(t)
    bob.run("send", "alice", "Did you see the new office?")
    alice.run("fetch")
    alice.run("send", "bob", "Not yet. Is it nice?")
    return server, alice, bob


def test_what_is_there_is_shown_without_a_server(t):
    server, alice, bob = story(t)
    server.stop()
    terminal = chat(t, alice)
    screen = terminal.wait("Is it nice?")
    check(screen.row_of("Did you see the new office?") < screen.row_of("Is it nice?"), "in order")
    terminal.wait("offline")
    terminal.type("sent later")
    terminal.keys("Enter")
    terminal.wait("1 waiting to be sent")
    server.start()
    terminal.wait(lambda screen: "waiting" not in screen.text and "online" in screen.text)
    bob.run("fetch")
    check("sent later" in bob.run("history", "alice").out, "it went out without a key")
    terminal.keys("C-d")


def test_messages_come_and_go(t):
    server, alice, bob = story(t)
    terminal = chat(t, alice, "bob")
    terminal.wait("online")
    terminal.raw(b"\x1b[I")  # it has the focus: what it shows is read
    bob.run("send", "alice", "Look: \u5e26\u4e0a Carol \u5427! \x1b[31mred")
    screen = terminal.wait("Carol")
    check("\u5e26\u4e0a Carol" in screen.text and "\x1b" not in screen.text, "harmless")
    terminal.type("/reply fine")
    terminal.keys("Enter")
    terminal.wait("fine")
    wait_for(lambda: "fine" in bob.run("recv", expect=None).out, what="the reply to come")
    terminal.wait("\u2713\u2713")
    alice.run("send", "bob", "from another shell")
    terminal.wait("from another shell")
    terminal.type("/quit")
    terminal.keys("Enter")
    check_equal(terminal.wait_end(), 0)
    check_equal(alice.run("read").out, "", "what was seen is read")


def test_edit_recall_react(t):
    server, alice, bob = story(t)
    terminal = chat(t, alice, "bob")
    terminal.wait("online")
    terminal.keys("M-e")
    terminal.wait("edit>")
    terminal.type(" I hope so.")
    terminal.keys("Enter")
    terminal.wait("(edited)")
    terminal.type("/react 1 +1")
    terminal.keys("Enter")
    terminal.wait(lambda screen: any(row.strip().endswith("+1") for row in screen.rows))
    terminal.type("/recall 2")
    terminal.keys("Enter")
    terminal.wait("(y/n)")
    terminal.type("y")
    terminal.wait("recalled")
    bob.run("fetch")
    check("recalled" in bob.run("history", "alice").out, "on the other side, too")


def test_drafts_stay(t):
    server, alice, bob = story(t)
    terminal = chat(t, alice, "bob")
    terminal.wait("online")
    terminal.type("half a sent")
    terminal.wait("half a sent")
    terminal.kill()
    terminal.wait_end()
    terminal = chat(t, alice, "bob")
    terminal.wait("half a sent")


def test_sizes(t):
    server, alice, bob = story(t)
    terminal = chat(t, alice, columns=200, rows=60)
    terminal.wait("online")
    for columns, rows in ((40, 10), (80, 24), (20, 5), (7, 3), (200, 60), (40, 10)):
        terminal.resize(columns, rows)
    screen = terminal.wait(lambda screen: "Is it nice?" in screen.text and
                           screen.rows[-1].startswith(">"))
    check_equal(len(screen.rows), 10)


def test_search_and_unknown_commands(t):
    server, alice, bob = story(t)
    terminal = chat(t, alice, "bob")
    terminal.wait("online")
    terminal.type("/serach office")
    terminal.keys("Enter")
    terminal.wait("did you mean /search?")
    terminal.type("/search office")
    terminal.keys("Enter")
    screen = terminal.wait("Search: office")
    check("Did you see the new office?" in screen.text, "the hit")
    terminal.keys("Enter")
    terminal.wait(lambda screen: "Search:" not in screen.text)


def test_ascii(t):
    server, alice, bob = story(t)
    bob.run("send", "alice", "caf\u00e9 \u4e16")
    alice.run("fetch")
    terminal = chat(t, alice, "bob", locale="C")
    screen = terminal.wait("caf")
    check("caf? ??" in screen.text, screen.text)


def test_by_itself(t):
    server, alice, bob = story(t)
    terminal = Terminal(t, [os.path.abspath(tern_test.TERN)], env=alice.env)
    terminal.wait("Is it nice?")


def test_no_terminal(t):
    server, alice, bob = story(t)
    result = alice.run("chat", expect=None)
    check_equal((result.code, result.out), (78, ""), result.err)
    check("needs a terminal" in result.err, result.err)


if __name__ == "__main__":
    tern_test.main()
