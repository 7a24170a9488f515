"""A terminal for tests of what draws on the screen: a program in a tmux of its own.

    terminal = Terminal(t, [TERN, "chat"], env=alice.env, columns=80, rows=24)
    terminal.wait("Type a message")
    terminal.type("hello")
    terminal.keys("Enter", "C-a", "PageUp")
    screen = terminal.wait(lambda screen: "hello" in screen.rows[22])
    check("bold" in screen.style_of("hello"), "it is bold")

Nobody is attached to that tmux; it is a terminal in memory, of a size, a TERM and a locale that the
test says, with no configuration but ours and no server but its own, which ends with the test, and
the program with it. Keys are named as tern names them (src/tui/bind.h).
"""
import contextlib
import os
import re
import shlex
import shutil
import signal
import subprocess
import time

import tern_test
from tern_test import Failure, check, wait_for
from tern_programs import LIMIT

VERSION = (3, 2)  # the oldest tmux that has all that is used here

# Before any program runs in it.
CONFIGURATION = """
set -g default-terminal "{term}"
set -g default-shell /bin/sh
set -g status off
set -g prefix None
set -s escape-time 0
set -g focus-events on
set -g remain-on-exit on
set -g remain-on-exit-format ""
set -g visual-bell off
"""

# Keys that tmux calls otherwise.
TMUX_KEYS = {"Backspace": "BSpace", "Delete": "DC", "Insert": "IC", "PageUp": "PPage",
             "PageDown": "NPage", "S-Tab": "BTab"}
KEYS = {*TMUX_KEYS, "Enter", "Escape", "Tab", "Space", "Home", "End", "Up", "Down", "Left", "Right",
        *(f"F{n}" for n in range(1, 13))}

ATTRIBUTES = {1: "bold", 2: "dim", 3: "italic", 4: "underline", 5: "blink", 7: "reverse",
              8: "hidden", 9: "strike"}
ESCAPE = re.compile("\x1b\\[([0-9;:]*)m|\x1b\\]8;[^;]*;([^\x1b\x07]*)(?:\x1b\\\\|\x07)|[\x0e\x0f]")

STATE = ("cursor_y", "cursor_x", "cursor_flag", "alternate_on", "window_bell_flag", "pane_dead",
         "pane_dead_status", "pane_dead_signal", "pane_title")


def runs(pid):
    """Whether there is such a process that has not ended."""
    if pid is None:
        return False
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as stat:
            return stat.read().rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


def color(numbers):
    """The colour behind 38 or 48: 5;N or 2;R;G;B. Takes its numbers."""
    kind = numbers.pop(0) if numbers else 0
    if kind == 5:
        return str(numbers.pop(0))
    if kind == 2:
        return "#" + "".join(f"{numbers.pop(0):02x}" for _ in range(3))
    raise Failure(f"a colour of the kind {kind}")


def change_style(style, parameters):
    """Makes of a set of attributes what CSI … m makes of it."""
    numbers = []
    for parameter in parameters.split(";"):
        parts = [int(part or 0) for part in parameter.split(":") if part or ":" not in parameter]
        if parts[0] == 4 and len(parts) > 1:  # 4:3 is a curly one
            parts = [4 if parts[1] else 24]
        numbers += parts or [0]
    while numbers:
        n = numbers.pop(0)
        if n == 0:
            style.difference_update([s for s in style if not s.startswith("link=")])
        elif n in ATTRIBUTES:
            style.add(ATTRIBUTES[n])
        elif n == 22:
            style.difference_update(("bold", "dim"))
        elif n - 20 in ATTRIBUTES:
            style.discard(ATTRIBUTES[n - 20])
        else:
            change_color(style, n, numbers)


def change_color(style, n, numbers):
    if n not in (38, 39, 48, 49) and not 30 <= n <= 47 and not 90 <= n <= 107:
        return
    ground = "bg=" if n % 60 >= 40 else "fg="
    style.difference_update([s for s in style if s.startswith(ground)])
    if n in (38, 48):
        style.add(ground + color(numbers))
    elif n not in (39, 49):
        style.add(ground + str(n % 10 + (8 if n >= 90 else 0)))


class Screen:
    """What the terminal showed at a moment.

    rows: the text of each row, without the blanks at its end. runs: of each row a list of (text,
    style). A style is a frozenset of "bold", "dim", "italic", "underline", "blink", "reverse",
    "strike", "hidden", "fg=9", "bg=#010203", and with tmux 3.4 or later "link=URI".
    """

    def __init__(self, state, picture):
        self.state = dict(zip(STATE, state))
        self.runs = []
        style = set()
        for line in picture:
            row = []
            at = 0
            for match in [*ESCAPE.finditer(line), None]:
                text = line[at:match.start() if match else len(line)]
                if text:
                    row.append((text, frozenset(style)))
                if match:
                    at = match.end()
                    self._escape(style, match)
            self.runs.append(row)
        self.rows = ["".join(text for text, _ in row).rstrip() for row in self.runs]
        self.text = "\n".join(self.rows)
        self.cursor = int(self.state["cursor_y"]), int(self.state["cursor_x"])  # row, column
        self.cursor_visible = self.state["cursor_flag"] == "1"
        self.alternate = self.state["alternate_on"] == "1"
        self.bell = self.state["window_bell_flag"] == "1"  # it has rung since the start
        self.title = self.state["pane_title"]
        # How it ended comes a moment after that it did.
        self.ended = self.state["pane_dead"] == "1" and bool(
            self.state["pane_dead_status"] or self.state["pane_dead_signal"])

    @staticmethod
    def _escape(style, match):
        if match[1] is not None:
            change_style(style, match[1])
        elif match[2] is not None:
            style.difference_update([s for s in style if s.startswith("link=")])
            if match[2]:
                style.add("link=" + match[2])

    @property
    def code(self):
        """The exit status, negative for a signal; None while the program runs."""
        if not self.ended:
            return None
        status = self.state["pane_dead_status"]
        return int(status) if status else -int(self.state["pane_dead_signal"])

    def row_of(self, text):
        """The first row with that text in it; None where there is none."""
        return next((n for n, row in enumerate(self.rows) if text in row), None)

    def style_of(self, text):
        """The style of that text where it first stands; it must be one."""
        row = self.row_of(text)
        check(row is not None, f"no {text!r} on the screen:\n{self}")
        begin = self.rows[row].index(text)
        end = begin + len(text)
        styles = set()
        at = 0
        for part, style in self.runs[row]:
            if at < end and at + len(part) > begin:
                styles.add(style)
            at += len(part)
        check(len(styles) == 1, f"{text!r} has the styles {sorted(map(sorted, styles))}")
        return styles.pop()

    def __str__(self):
        width = max(map(len, self.rows), default=0)
        lines = [f"|{row.ljust(width)}|" for row in self.rows]
        return "\n".join([*lines, f"cursor {self.cursor}, " + (
            "running" if not self.ended else f"ended with {self.code}")])


class Recording:
    """What the program wrote; complete when the recording has ended."""

    def __init__(self):
        self.bytes = b""


class Terminal:
    """A program on a terminal; see above. env: of the program, by default the test's."""

    def __init__(self, t, command, env=None, columns=80, rows=24, locale="C.UTF-8",
                 term="tmux-256color", directory=None):
        self.name = f"tmux{t.count('tmux')}"
        self.hangup_limit = LIMIT  # seconds that the program may take to end when the terminal goes
        self.pid = self._server = None
        self._recorded = 0
        self._closed = False
        self._last = None
        self._need_tmux()
        self.dir = t.path(self.name)
        os.mkdir(self.dir, 0o700)
        with open(os.path.join(self.dir, "conf"), "w", encoding="utf-8") as conf:
            conf.write(CONFIGURATION.format(term=term))
        self._env = dict(t.env if env is None else env)
        for name in ("TMUX", "TMUX_PANE", "COLORTERM", "LANG", "LANGUAGE"):
            if env is None or env.get(name) == os.environ.get(name):
                self._env.pop(name, None)
        self._env.update(LC_ALL=locale, TZ="UTC")
        t.on_close(self.close)
        t.watch_errors(f"{self.name} (its last screen)", lambda: self._last or "")
        self._start(command, columns, rows, directory or t.dir)

    @staticmethod
    def _need_tmux():
        if not shutil.which("tmux"):
            raise tern_test.Skip("tmux is not installed")
        version = subprocess.run(["tmux", "-V"], stdout=subprocess.PIPE, check=True).stdout.decode()
        found = re.search(r"(\d+)\.(\d+)", version)
        if found and tuple(map(int, found.groups())) < VERSION:
            raise tern_test.Skip(f"{version.strip()} is too old: 3.2 is needed")

    def _start(self, command, columns, rows, directory):
        # The program waits until its output is recorded: as long as it is, tmux reads all of it
        # before it says that the program has ended.
        gate = os.path.join(self.dir, "gate")
        os.mkfifo(gate, 0o600)
        words = ["sh", "-c", command] if isinstance(command, str) else command
        self.tmux("-f", "conf", "new-session", "-d", "-x", str(columns), "-y", str(rows), "-c",
                  directory, "--", "sh", "-c", 'read -r _ <"$0"; exec "$@"', gate, *words)
        pids = self.tmux("display-message", "-p", "#{pane_pid} #{pid}").split()
        self.pid, self._server = int(pids[0]), int(pids[1])
        self._record()
        with open(gate, "w", encoding="utf-8") as file:
            file.write("\n")

    def _record(self):
        """From now on, what the program writes goes to another file; that before ends. Its path
        has .whole at its end when all is there."""
        self._recorded += 1
        path = os.path.join(self.dir, f"output{self._recorded}")
        word = shlex.quote(path)
        self.tmux("pipe-pane", f"cat >{word}; mv {word} {word}.whole")
        wait_for(lambda: os.path.exists(path), what="the recording")
        return path

    def tmux(self, *args, data=None, expect=True):
        """What a command of tmux prints."""
        # A relative path of the socket, as there is a limit on its length.
        done = subprocess.run(["tmux", "-u", "-S", "socket", *args], cwd=self.dir, env=self._env,
                              input=data, stdin=subprocess.DEVNULL if data is None else None,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        check(not expect or done.returncode == 0,
              f"tmux {args} gave {done.returncode}: {done.stderr.decode(errors='replace')}")
        return done.stdout.decode("utf-8", "replace")

    # What a person does.

    def keys(self, *names):
        """Presses keys by their names: "Enter", "C-a", "M-Left", "F1" …"""
        words = []
        for name in names:
            modifiers, base = re.fullmatch(r"((?:[CMS]-)*)(.+)", name).groups()
            check(len(base) == 1 or base in KEYS, f"{name!r} is no key")  # tmux would type it
            base = TMUX_KEYS.get(base, base)
            word = TMUX_KEYS.get(name, modifiers + base)
            words.append(word[:-1] + "\\;" if word.endswith(";") else word)
        self.tmux("send-keys", "--", *words)

    def type(self, text):
        """Types text, with no keys in it."""
        for at in range(0, len(text), 1000):
            part = text[at:at + 1000]
            if part.endswith(";"):  # which would end tmux's command
                part = part[:-1] + "\\;"
            self.tmux("send-keys", "-l", "--", part)

    def paste(self, text):
        """Pastes text (or bytes): in brackets where the program asked for them."""
        data = text if isinstance(text, bytes) else text.encode()
        self.tmux("load-buffer", "-b", "paste", "-", data=data)
        self.tmux("paste-buffer", "-d", "-p", "-r", "-b", "paste")

    def raw(self, data):
        """Sends bytes as they are, as a terminal may that isn't tmux."""
        for at in range(0, len(data), 1000):
            self.tmux("send-keys", "-H", "--", *(f"{byte:02x}" for byte in data[at:at + 1000]))

    def resize(self, columns, rows):
        self.tmux("resize-window", "-x", str(columns), "-y", str(rows))

    # What a person sees.

    def screen(self):
        """What it shows now: a Screen."""
        form = "\x1f".join(f"#{{{name}}}" for name in STATE)
        out = self.tmux("display-message", "-p", form, ";", "capture-pane", "-p", "-e", "-N")
        state, *picture = out.removesuffix("\n").split("\n")
        screen = Screen(re.split("\x1f|\\\\037", state), picture)
        if screen.state["pane_dead"] == "1" and not screen.ended and self._server:
            os.kill(self._server, signal.SIGCHLD)  # tmux may miss one, and not ask how it ended
        return screen

    def wait(self, condition, what=None, limit=LIMIT):
        """Waits until condition(screen), or until a text stands on the screen; the Screen."""
        if isinstance(condition, str):
            text = condition
            condition, what = lambda screen: text in screen.text, what or repr(text)
        deadline = time.monotonic() + limit
        while True:
            screen = self.screen()
            if condition(screen):
                return screen
            trouble = "it ended before" if screen.ended else f"waited {limit} s for"
            check(time.monotonic() < deadline and not screen.ended,
                  f"{trouble} {what or 'a condition'}:\n{screen}")
            time.sleep(0.01)

    def wait_end(self, limit=LIMIT):
        """Waits for the program's end; the exit status, negative for a signal."""
        return self.wait(lambda screen: screen.ended, "its end", limit).code

    @contextlib.contextmanager
    def recording(self):
        """with terminal.recording() as out: … out.bytes is then what the program wrote in it."""
        path = self._record()
        recording = Recording()
        try:
            yield recording
        finally:
            self._record()
            wait_for(lambda: os.path.exists(path + ".whole"), what="the end of the recording")
        with open(path + ".whole", "rb") as file:
            recording.bytes = file.read()

    # Its end.

    def kill(self, number=signal.SIGTERM):
        """Sends the program a signal."""
        os.kill(self.pid, number)

    def close(self):
        """Ends tmux, and the program by a hangup, as a person does who closes a terminal."""
        if self._closed:
            return
        self._closed = True
        try:
            self._last = str(self.screen())
        except Failure as failure:
            self._last = str(failure)
        self.tmux("kill-server", expect=False)
        for pid, limit in ((self._server, LIMIT), (self.pid, self.hangup_limit)):
            try:
                wait_for(lambda pid=pid: not runs(pid), limit, "the end of a terminal's program")
            except Failure:
                os.kill(pid, signal.SIGKILL)
                raise
