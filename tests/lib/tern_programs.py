"""The real programs, as the end-to-end tests run them."""
import json
import os
import queue
import random
import signal
import socket
import subprocess
import threading
import time

BUILDDIR = os.environ.get("TERN_BUILDDIR") or os.getcwd()
TERN = os.environ.get("TERN") or os.path.join(BUILDDIR, "src", "tern")
TERND = os.environ.get("TERND") or os.path.join(BUILDDIR, "contrib", "ternd", "ternd")
DOMAIN = "example.org"
PASSWORD = "correct horse"
LIMIT = 60.0  # seconds; generous: the machine may be busy with other tests


class Failure(Exception):
    """The test failed; the text says what was expected and what came."""


def check(condition, text):
    if not condition:
        raise Failure(text)


def check_equal(got, expected, what="value"):
    if got != expected:
        raise Failure(f"{what}: expected {short(expected)}, got {short(got)}")


def short(value):
    text = repr(value)
    return text if len(text) < 2000 else text[:1000] + " … " + text[-1000:]


def wait_for(condition, limit=LIMIT, what="condition"):
    """Waits until condition() is true, and returns what it gave."""
    deadline = time.monotonic() + limit
    while True:
        value = condition()
        if value:
            return value
        check(time.monotonic() < deadline, f"waited {limit} s for {what}")
        time.sleep(0.01)


class Result:
    """What a command that ended gave."""

    def __init__(self, args, code, out, err, seconds):
        self.args, self.code, self.out, self.err = args, code, out, err
        self.seconds = seconds

    def json(self):
        """Its standard output as a list, one JSON value a line."""
        return [json.loads(line) for line in self.out.splitlines()]

    def __str__(self):
        return f"{self.args} gave {self.code}; stdout {short(self.out)}; stderr {short(self.err)}"


class Background:
    """A process that runs beside the test. Its lines of stdout come through line()."""

    def __init__(self, t, args, env, stdin=subprocess.DEVNULL, preexec=None):
        self.args = args
        self.name = " ".join(os.path.basename(a) if i == 0 else a for i, a in enumerate(args))
        self.error_path = t.path(f"stderr-{len(t._errors)}")
        with open(self.error_path, "wb") as errors:
            self.process = subprocess.Popen(
                args, env=env, stdin=stdin, stdout=subprocess.PIPE, stderr=errors,
                preexec_fn=preexec)
        self.pid = self.process.pid
        self.lines = []  # every line read so far
        self._queue = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        t.on_close(self.kill)
        t.watch_errors(self.name, self.errors)

    def _read(self):
        for line in self.process.stdout:
            text = line.decode("utf-8", "replace").rstrip("\n")
            self.lines.append(text)
            self._queue.put(text)
        self._queue.put(None)

    def errors(self):
        with open(self.error_path, errors="replace") as errors:
            return errors.read()

    def line(self, limit=LIMIT):
        """The next line of its stdout; None at its end."""
        try:
            line = self._queue.get(timeout=limit)
        except queue.Empty:
            raise Failure(f"{self.name}: no line within {limit} s; stderr: {self.errors()}")
        if line is None:
            self._queue.put(None)
        return line

    def json_line(self, limit=LIMIT):
        line = self.line(limit)
        check(line is not None, f"{self.name} ended; stderr: {self.errors()}")
        return json.loads(line)

    def alive(self):
        return self.process.poll() is None

    def signal(self, number):
        if self.alive():
            self.process.send_signal(number)

    def wait(self, limit=LIMIT):
        """Waits until it ends. Its exit status, negative for a signal."""
        try:
            code = self.process.wait(limit)
        except subprocess.TimeoutExpired:
            raise Failure(f"{self.name} still runs after {limit} s; stderr: {self.errors()}")
        self._reader.join(limit)
        return code

    def kill(self):
        """Ends it at once (kill -9); harmless where it has ended."""
        if self.alive():
            self.process.kill()
        self.process.wait()
        if self.process.stdin:
            try:
                self.process.stdin.close()
            except BrokenPipeError:
                pass


class Server:
    """ternd on loopback. Keeps its port over a restart where fixed is set. env: what its
    environment has besides; looked at when it starts."""

    def __init__(self, t, store=None, registration="open", domains=(DOMAIN,), fixed=False,
                 options=(), preexec=None, program=TERND):
        self.t = t
        self.program = program
        self.env = {}
        self.store = store or t.path(f"server{t.count('server')}.db")
        self.fixed = fixed
        self.port = 0
        self.options = ["--store", self.store, "--registration", registration,
                        "--weak-passwords", *options]
        for domain in domains:
            self.options += ["--domain", domain]
        self.preexec = preexec
        self.process = None
        t.on_close(self.stop_if_running)

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self):
        return self.process.pid

    def start(self):
        """Starts it and waits until it says that it listens."""
        # A port that must be had again is chosen outside the range that the system gives to
        # outgoing connections and to port 0, so that no other test takes it meanwhile.
        choices = [random.randrange(10000, 30000) for _ in range(20)] if self.fixed else [0]
        for port in [self.port] if self.port else choices:
            if self._start(port):
                return self
        raise Failure(f"ternd does not start: {self.process.errors()}")

    def _start(self, port):
        args = [self.program, "--listen", f"http://127.0.0.1:{port}", *self.options]
        self.process = Background(self.t, args, {**self.t.env, **self.env}, preexec=self.preexec)
        line = self.process.line()
        if line is None:
            code = self.process.wait()
            check(self.fixed and not self.port,
                  f"ternd ended with {code} before it listened: {self.process.errors()}")
            return False
        check(line.startswith("ternd: listening on http://"), f"ternd's first line is {line!r}")
        self.port = int(line.rstrip("/").rsplit(":", 1)[1])
        return True

    def stop(self, expect=0, limit=LIMIT):
        """SIGTERM: it drains, and ends with 0."""
        self.process.signal(signal.SIGTERM)
        check_equal(self.process.wait(limit), expect, "ternd's exit status")

    def stop_if_running(self):
        if self.process is not None and self.process.alive():
            self.stop()

    def kill(self):
        """kill -9, and waits until it is gone."""
        self.process.kill()

    def memory(self):
        """Resident memory in bytes."""
        with open(f"/proc/{self.pid}/status") as status:
            for line in status:
                if line.startswith("VmRSS:"):
                    return int(line.split()[1]) * 1024
        raise Failure("no VmRSS")

    def connection(self):
        """A TCP connection to it."""
        return socket.create_connection(("127.0.0.1", self.port), LIMIT)


class User:
    """A person with a home of their own, who runs tern."""

    def __init__(self, t, name, domain=DOMAIN, home=None):
        self.t = t
        self.name = name
        self.address = f"{name}@{domain}"
        self.home = home or t.path(f"home-{name}{t.count(name)}")
        os.makedirs(self.home, mode=0o700, exist_ok=True)
        self.env = dict(t.env)
        self.env["HOME"] = self.home
        self.env["XDG_DATA_HOME"] = os.path.join(self.home, "data")
        self.env["XDG_CONFIG_HOME"] = os.path.join(self.home, "config")
        self.env["XDG_CACHE_HOME"] = os.path.join(self.home, "cache")
        self.env["XDG_RUNTIME_DIR"] = self.home

    @property
    def cache(self):
        """The path of the account's cache database."""
        return os.path.join(self.env["XDG_DATA_HOME"], "tern", self.address + ".db")

    def run(self, *args, input=None, expect=0, limit=LIMIT, env=None, preexec=None, prefix=()):
        """Runs tern to its end. expect: its exit status, several, or None for any; prefix: a
        command that runs it."""
        command = [*prefix, TERN, *args]
        started = time.monotonic()
        try:
            done = subprocess.run(
                command, env={**self.env, **(env or {})}, timeout=limit, preexec_fn=preexec,
                input=(input or "").encode() if isinstance(input or "", str) else input,
                stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        except subprocess.TimeoutExpired as late:
            raise Failure(f"tern {' '.join(args)} still runs after {limit} s; "
                          f"stderr: {late.stderr}")
        result = Result(" ".join(["tern", *args]), done.returncode,
                        done.stdout.decode("utf-8", "replace"),
                        done.stderr.decode("utf-8", "replace"), time.monotonic() - started)
        self.t.watch_errors(f"{self.name}: {result.args}", lambda: result.err)
        expected = expect if isinstance(expect, tuple) else (expect,)
        check(expect is None or result.code in expected, f"expected {expect}: {result}")
        check(result.code >= 0 and result.code != 70, f"a defect: {result}")
        return result

    def json(self, *args, **options):
        """Runs tern --format=json and gives its lines, parsed."""
        return self.run("--format=json", *args, **options).json()

    def start(self, *args, stdin=subprocess.DEVNULL, env=None, preexec=None):
        """Runs tern beside the test."""
        return Background(self.t, [TERN, *args], {**self.env, **(env or {})}, stdin, preexec)

    def register(self, server, password=PASSWORD, command="register", **options):
        url = server if isinstance(server, str) else server.url
        return self.run(command, self.address, "--server", url, "--password-stdin",
                        input=password + "\n", **options)

    def login(self, server, **options):
        return self.register(server, command="login", **options)
