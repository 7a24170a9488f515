"""The password, asked for on a terminal: never shown, and the echo comes back however it ends."""
import os
import pty
import resource
import select
import signal
import termios
import time

import tern_test
from tern_test import PASSWORD, TERN, check, check_equal, wait_for


class Terminal:
    """tern on a terminal of its own."""

    def __init__(self, t, user, *args):
        self.seen = ""
        self.code = None
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            try:
                resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
                os.execve(TERN, [TERN, *args], user.env)
            finally:
                os._exit(127)
        t.on_close(self.close)

    def read_until(self, text):
        """Waits until the terminal has shown the text; all it has shown so far."""
        deadline = time.monotonic() + 30
        while text not in self.seen:
            check(time.monotonic() < deadline, f"no {text!r} in {self.seen!r}")
            self._read()
        return self.seen

    def _read(self):
        if not select.select([self.fd], [], [], 1)[0]:
            return True
        try:
            data = os.read(self.fd, 4096)
        except OSError:  # nobody has it open any more
            return False
        self.seen += data.decode()
        return bool(data)

    def type(self, text):
        os.write(self.fd, text.encode())

    def echoes(self):
        return bool(termios.tcgetattr(self.fd)[3] & termios.ECHO)

    def wait(self):
        """The exit status, negative for a signal."""
        def ended():
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.code = os.waitstatus_to_exitcode(status)
            return pid
        if self.code is None:
            wait_for(ended, what="its end")
        return self.code

    def close(self):
        if self.code is None:
            os.kill(self.pid, signal.SIGKILL)
            self.wait()
        os.close(self.fd)


def test_asked_twice(t):
    server = t.server()
    alice = t.user("alice")
    terminal = Terminal(t, alice, "register", alice.address, "--server", server.url)
    terminal.read_until("Password: ")
    check(not terminal.echoes(), "no echo")
    terminal.type(PASSWORD + "\n")
    terminal.read_until("The same again: ")
    terminal.type(PASSWORD + "\n")
    check_equal(terminal.wait(), 0, terminal.seen)
    check(terminal.echoes(), "the echo is back")
    check(PASSWORD not in terminal.seen, f"not shown: {terminal.seen!r}")
    alice.run("status")


def test_not_the_same(t):
    server = t.server()
    alice = t.user("alice")
    terminal = Terminal(t, alice, "register", alice.address, "--server", server.url)
    terminal.read_until("Password: ")
    terminal.type(PASSWORD + "\n")
    terminal.read_until("The same again: ")
    terminal.type("another one\n")
    check_equal(terminal.wait(), 64, terminal.seen)
    check(terminal.echoes(), "the echo is back")
    alice.run("status", expect=78)


def test_asked_once_to_log_in(t):
    server = t.server()
    alice = t.user("alice", server)
    terminal = Terminal(t, alice, "login", alice.address)
    terminal.read_until("Password: ")
    terminal.type(PASSWORD + "\n")
    check_equal(terminal.wait(), 0, terminal.seen)


def test_passwd(t):
    """Once for the present one, twice for the new one."""
    server = t.server()
    alice = t.user("alice", server)
    terminal = Terminal(t, alice, "passwd")
    terminal.read_until("Present password: ")
    check(not terminal.echoes(), "no echo")
    terminal.type(PASSWORD + "\n")
    terminal.read_until("New password: ")
    terminal.type("battery staple\n")
    terminal.read_until("The same again: ")
    terminal.type("battery staple\n")
    check_equal(terminal.wait(), 0, terminal.seen)
    check(terminal.echoes(), "the echo is back")
    check(PASSWORD not in terminal.seen and "staple" not in terminal.seen, "nothing was shown")
    alice.run("logout")
    alice.login(server, expect=77)
    alice.login(server, password="battery staple")


def prompt(t, alice):
    terminal = Terminal(t, alice, "login", alice.address, "--server", "http://127.0.0.1:1")
    terminal.read_until("Password: ")
    wait_for(lambda: not terminal.echoes(), what="the echo to go")
    terminal.type("half of")
    return terminal


def test_broken_off(t):
    alice = t.user("alice")
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        terminal = prompt(t, alice)
        os.kill(terminal.pid, number)
        check_equal(terminal.wait(), 75, f"{number}: {terminal.seen!r}")
        check(terminal.echoes(), "the echo is back")
    terminal = prompt(t, alice)
    terminal.type("\x03")
    check_equal(terminal.wait(), 75, f"Ctrl+C: {terminal.seen!r}")
    check(terminal.echoes(), "the echo is back")
    check("half of" not in terminal.seen, f"not shown: {terminal.seen!r}")


def test_quit_waits_for_the_echo(t):
    terminal = prompt(t, t.user("alice"))
    os.kill(terminal.pid, signal.SIGQUIT)
    terminal.type("\n")
    check_equal(terminal.wait(), -signal.SIGQUIT, terminal.seen)
    check(terminal.echoes(), "the echo is back")


def test_nothing_typed(t):
    terminal = prompt(t, t.user("alice"))
    terminal.type("\x15\x04")
    check_equal(terminal.wait(), 64, terminal.seen)
    check(terminal.echoes(), "the echo is back")


def test_wrong_use_is_told_before_the_question(t):
    alice = t.user("alice")
    for args in (["login", alice.address], ["login", "nobody"],
                 ["register", alice.address, "--server", "not a url"],
                 ["register", alice.address, "--server", "http://127.0.0.1:1", "--device", "x" * 999]):
        terminal = Terminal(t, alice, *args)
        check_equal(terminal.wait(), 64, f"{args}")
        while "\n" not in terminal.seen and terminal._read():
            pass
        check("Password" not in terminal.seen, f"{args}: {terminal.seen!r}")


def test_no_terminal(t):
    alice = t.user("alice")
    result = alice.run("login", alice.address, "--server", "http://127.0.0.1:1",
                       preexec=os.setsid, expect=64)
    check("--password-stdin" in result.err, f"it says what to do: {result.err!r}")


tern_test.main()
