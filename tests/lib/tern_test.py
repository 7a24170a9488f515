"""The harness of the end-to-end tests.

A test file ends with `tern_test.main()`. Each function `test_…(t)` in it is one TAP test; `t` is a
Test: a temporary directory, and the servers, users, proxies and processes that are stopped and
removed when the function returns, however it returns. Nothing here sleeps to let something
happen: wait_for() waits for a condition, with a limit.
"""
import os
import re
import shutil
import signal
import sys
import tempfile
import time
import traceback

from tern_programs import Background, Result, Server, User, DOMAIN, PASSWORD  # noqa: F401
from tern_programs import TERN, TERND  # noqa: F401
from tern_programs import Failure, check, check_equal, wait_for  # noqa: F401
from tern_net import Api, Connection, Proxy, Rule  # noqa: F401

SANITIZER = re.compile(r"AddressSanitizer|LeakSanitizer|UndefinedBehaviorSanitizer|runtime error:")


class Skip(Exception):
    """The test can't run on this machine; the text says why."""


class Test:
    """What one test function owns."""

    def __init__(self):
        self.dir = tempfile.mkdtemp(prefix="tern-")
        self._closers = []
        self._counts = {}
        self._errors = []  # (name, function giving stderr's text) of every process
        self.env = dict(os.environ)
        for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR", "XDG_CACHE_HOME"):
            self.env.pop(name, None)
        reports = os.path.join(self.dir, "sanitizer")
        self.env["ASAN_OPTIONS"] = f"log_path={reports}:detect_stack_use_after_return=1"
        self.env["UBSAN_OPTIONS"] = f"log_path={reports}:print_stacktrace=1:halt_on_error=1"

    def path(self, *parts):
        return os.path.join(self.dir, *parts)

    def count(self, name):
        """How often it was called with that name before in this test, if at all: 2, 3 …"""
        self._counts[name] = self._counts.get(name, 0) + 1
        return "" if self._counts[name] == 1 else self._counts[name]

    def on_close(self, function):
        """Calls function() when the test ends; the last one registered is called first."""
        self._closers.append(function)

    def watch_errors(self, name, text):
        """text() gives what process `name` wrote to stderr; looked at when the test ends."""
        self._errors.append((name, text))

    def server(self, **options):
        return Server(self, **options).start()

    def user(self, name, server=None, **options):
        """A user with directories of their own; registered where a server is given."""
        user = User(self, name, **options)
        if server is not None:
            user.register(server)
        return user

    def proxy(self, server):
        return Proxy(self, server.port)

    def errors(self):
        """What every process of this test wrote to stderr, for the report of a failure."""
        return [(name, text()) for name, text in self._errors]

    def close(self):
        """Ends everything. Returns the complaints that only show now."""
        complaints = []
        for function in reversed(self._closers):
            try:
                function()
            except Failure as failure:
                complaints.append(str(failure))
            except Exception:  # noqa: BLE001: one that fails must not leave the others running
                complaints.append(traceback.format_exc())
        for name in sorted(os.listdir(self.dir)):
            if name.startswith("sanitizer"):
                with open(self.path(name), errors="replace") as report:
                    complaints.append(report.read())
        for name, text in self.errors():
            if SANITIZER.search(text):
                complaints.append(f"{name}: {text}")
        return complaints

    def remove(self):
        # A test may have taken away rights.
        for base, directories, _ in os.walk(self.dir):
            for name in directories:
                path = os.path.join(base, name)
                if not os.path.islink(path):
                    os.chmod(path, 0o700)
        shutil.rmtree(self.dir)


def diagnose(text):
    for line in text.rstrip("\n").split("\n"):
        print("# " + line)


def run_one(number, name, function):
    t = Test()
    started = time.monotonic()
    trouble = []
    skip = None
    try:
        function(t)
    except Skip as reason:
        skip = str(reason)
    except Failure as failure:
        where = traceback.extract_tb(failure.__traceback__)
        line = next((f for f in where if f.name == name), where[0])
        trouble.append(f"{os.path.basename(line.filename)}:{line.lineno}: {failure}")
    except Exception:  # noqa: BLE001: reported as this test's failure
        trouble.append(traceback.format_exc())
    finally:
        complaints = t.close()
    trouble += complaints
    title = f"{number} - {name}"
    if trouble:
        print("not ok " + title)
        for text in trouble:
            diagnose(text)
        for process, text in t.errors():
            if text:
                diagnose(f"--- stderr of {process}:\n" + text[-4000:])
    elif skip is not None:
        print(f"ok {title} # SKIP {skip}")
    else:
        print(f"ok {title}\n# {time.monotonic() - started:.2f} s")
    sys.stdout.flush()
    t.remove()
    return not trouble


def stop(number, _frame):
    """A signal ends the test through its cleaning up."""
    signal.signal(number, signal.SIG_IGN)
    raise SystemExit(128 + number)


def main():
    """Runs every test_ function of the file that called, or those named as arguments."""
    module = sys.modules["__main__"]
    tests = [(n, f) for n, f in vars(module).items() if n.startswith("test_") and callable(f)]
    if len(sys.argv) > 1:
        tests = [(n, f) for n, f in tests if n in sys.argv[1:]]
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, stop)
    print(f"1..{len(tests)}", flush=True)
    good = True
    for number, (name, function) in enumerate(tests, 1):
        good = run_one(number, name, function) and good
    sys.exit(0 if good and tests else 1)
