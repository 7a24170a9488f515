"""A server, accounts with devices, and a proxy for each: what the fault tests play with.

The programs are those with hooks (tests/hooks/hooks.h), which can be killed at exact places. One command runs at
a time, unless a proxy holds one up while others run.
"""
import os
import shutil
import signal
import sqlite3
import subprocess
import threading
import time

import tern_test
from tern_programs import BUILDDIR, LIMIT, Failure, check

from fault_proxy import FaultProxy

TERN = os.environ.get("TERN") or os.path.join(BUILDDIR, "tests", "hooks", "tern")
TERND = os.environ.get("TERND") or os.path.join(BUILDDIR, "tests", "hooks", "ternd")
HOOKS = {"TERN_TEST_SERIAL": "1"}
# What runs beside commands lives in real time.
BESIDE = {"TERN_TEST_RETRY_MS": "5"}
# Everything that a database consists of.
SUFFIXES = ("", "-wal", "-shm", "-journal")


class Device:
    """One home directory: one login of an account, behind a proxy of its own."""

    def __init__(self, world, user, index):
        self.world, self.user = world, user
        self.name = f"{user.name}{index}"
        self.address = user.address
        self.proxy = FaultProxy(world.t, world, self.name)
        self.env = {}          # what its commands have besides
        self.preexec = None    # called in each command's process before it starts
        self.processes = []    # those that run now

    @property
    def cache(self):
        return self.user.cache


class Done:
    """A command that ended."""

    def __init__(self, device, args, code, out, err, passed, plan):
        self.device, self.args, self.code, self.out, self.err = device, args, code, out, err
        self.passed = passed       # names of the boundaries
        self.requests = plan.log   # what its proxy says of each
        self.fired = plan.fired    # faults
        self.later = plan.later    # (request, fault): to be made again

    @property
    def killed(self):
        return self.code == -signal.SIGKILL

    def __str__(self):
        return (f"{self.device.name}: tern {' '.join(self.args)[:200]} gave {self.code}: "
                f"{self.err.strip()[-500:]!r} {self.requests}")


class World:
    """devices: (account, how many); store: the server's database; home: gives a device's directory
    by its name."""

    def __init__(self, t, devices=(("alice", 2), ("bob", 1)), store=None, home=None):
        self.t = t
        self.lock = threading.RLock()   # over the server's starts and ends
        self.up = threading.Event()
        self.stays_down = False
        self.crashes = 0
        self.meanwhile = lambda steps: None
        self.make_room = lambda: None   # on the server's disk
        self.server = tern_test.Server(t, fixed=True, program=TERND, store=store,
                                       preexec=ignore_full_disk)
        self.server.env = dict(HOOKS)
        self.start_server()
        t.on_close(self._end)
        self.devices = {}
        for name, count in devices:
            for index in range(count):
                device_name = f"{name}{index}"
                user = t.user(name, home=home and home(device_name))
                device = Device(self, user, index)
                self.devices[device.name] = device
                self.password(device, "login" if index else "register")

    # ---- the server ----

    @property
    def armed(self):
        """It is to be killed at some boundary."""
        return "TERN_TEST_KILL" in self.server.env

    def start_server(self, **env):
        """Starts it; env is what its environment has besides, as long as it runs. It may be killed at
        a boundary of its start: then it is started once more."""
        with self.lock:
            self.server.env = {**HOOKS, **env}
            try:
                self.server.start()
            except Failure:
                code = self.server.process.wait()
                if code == 74:  # it can't even begin on a disk that is full
                    self.make_room()
                elif not self.armed or code != -signal.SIGKILL:
                    raise
                self.crashes += code < 0
                self.server.env.pop("TERN_TEST_KILL", None)
                self.server.start()
            self.stays_down = False
            self.up.set()
            threading.Thread(target=self._watch, args=(self.server.process,), daemon=True).start()

    def _watch(self, process):
        """One that was killed at a boundary starts again, as if somebody looked after it."""
        process.process.wait()
        with self.lock:
            if process is not self.server.process or not self.up.is_set():
                return
            self.up.clear()
            self.crashes += 1
            if process.process.returncode == -signal.SIGKILL:
                env = {name: value for name, value in self.server.env.items()
                       if name != "TERN_TEST_KILL"}
                self.start_server(**env)

    def stop_server(self):
        """SIGTERM; or it is gone already."""
        with self.lock:
            if self.up.is_set():
                self.up.clear()
                self.stays_down = True
                self.server.process.signal(signal.SIGTERM)
                code = self.server.process.wait()
                check(code in (0, -signal.SIGKILL), f"ternd ended with {code}: "
                      f"{self.server.process.errors()}")

    def crash(self, down=False):
        """kill -9. down: it stays so."""
        with self.lock:
            if not self.up.is_set():
                return
            self.up.clear()
            self.crashes += 1
            self.stays_down = down
            self.server.kill()
            if not down:
                env = {name: value for name, value in self.server.env.items()
                       if name != "TERN_TEST_KILL"}
                self.start_server(**env)

    def wait_for_server(self):
        """True once it is up; False where it is meant to stay down."""
        while self.server.process.process.poll() is not None or not self.up.wait(0.01):
            if self.stays_down:
                return False
            time.sleep(0.001)
        return True

    def wait_for_end(self):
        """A connection to the server was lost: where it is to be killed at some boundary, it is
        dying, and must not be taken for one that serves."""
        process, deadline = self.server.process.process, time.monotonic() + 0.5
        while self.armed and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.001)

    def _end(self):
        with self.lock:
            self.up.clear()
            self.stays_down = True

    # ---- the devices ----

    def kill_client(self, name):
        """kill -9 of what the device runs."""
        for process in list(self.devices[name].processes):
            process.kill()
            process.wait()

    def run(self, device, *args, input=b"", plan=(), env=None, preexec=None, limit=LIMIT):
        """Runs tern to its end. plan: what its proxy does meanwhile (fault_proxy.py)."""
        number = self.t.count("run") or 1
        passed = self.t.path(f"passed-{number}")
        device.proxy.arm(plan)
        process = subprocess.Popen(
            [TERN, *args], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            preexec_fn=preexec or device.preexec,
            env={**device.user.env, **HOOKS, **device.env, "TERN_TEST_PASSED": passed,
                 **(env or {})})
        device.processes.append(process)
        try:
            out, err = process.communicate(input, limit)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGABRT)
            process.communicate()
            raise Failure(f"{device.name}: tern {' '.join(args)} hangs") from None
        finally:
            device.processes.remove(process)
        done = Done(device, args, process.returncode, out.decode("utf-8", "replace"),
                    err.decode("utf-8", "replace"), read_lines(passed), device.proxy.disarm())
        check(not tern_test.SANITIZER.search(done.err), f"{done}\n{done.err}")
        check(done.code != 70 and (done.code >= 0 or -done.code in
                                   (signal.SIGKILL, signal.SIGXFSZ)), f"a defect: {done}")
        return done

    def password(self, device, command="login", **options):
        """Registers or logs in, with the password on standard input."""
        return self.run(device, command, device.address, "--server", device.proxy.url,
                        "--password-stdin", input=tern_test.PASSWORD.encode() + b"\n", **options)

    # ---- copies ----

    def save(self, name):
        """Copies all databases while nothing uses them; load() brings them back."""
        self.stop_server()
        to = self.t.path(name)
        shutil.rmtree(to, ignore_errors=True)
        for device in self.devices.values():
            shutil.copytree(device.user.home, os.path.join(to, device.name))
        copy_database(self.server.store, os.path.join(to, "server.db"))

    def load(self, name):
        """The server is down afterwards."""
        self.crash(down=True)
        for device in self.devices.values():
            shutil.rmtree(device.user.home)
            shutil.copytree(os.path.join(self.t.path(name), device.name), device.user.home)
        copy_database(os.path.join(self.t.path(name), "server.db"), self.server.store)

    def backup(self, name):
        """Copies the server's database as a tool for backups does, whoever uses it."""
        source = sqlite3.connect(f"file:{self.server.store}?mode=ro", uri=True)
        target = sqlite3.connect(self.t.path(name))
        source.backup(target)
        target.close()
        source.close()

    def restore(self, name):
        """The server is down."""
        copy_database(self.t.path(name), self.server.store)


def copy_database(source, target):
    """Copies a database that nobody has open."""
    os.makedirs(os.path.dirname(target), exist_ok=True)
    for suffix in SUFFIXES:
        if os.path.exists(target + suffix):
            os.unlink(target + suffix)
        if os.path.exists(source + suffix):
            shutil.copyfile(source + suffix, target + suffix)


def ignore_full_disk():
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)


def read_lines(path):
    """A file's lines, and it is removed; none where it is not there."""
    try:
        with open(path) as lines:
            got = lines.read().splitlines()
        os.unlink(path)
        return got
    except FileNotFoundError:
        return []
