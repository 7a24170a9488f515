"""Everything at once, at random: does promise 1 (DESIGN.md) hold?

    TERN_BUILDDIR=build python3 tests/faults/chaos.py [--seconds=60] SEED...

Accounts with one or two devices each send, fetch and receive in many processes at once, while the
processes and the server are killed, connections are cut and answered with rubbish, and disks fill
up. Then all is allowed to settle, and chaos_check.py looks at every database and at all that the
commands said. A seed fixes what is done, not how the processes then run against each other: run a
seed that failed several times. What a failed run leaves is kept, and named.
"""
import json
import os
import random
import resource
import signal
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import tern_test
from tern_test import TERN, Failure, check, wait_for

import chaos_check
from chaos_proxy import ChaosProxy

DEVICES = [("alice", 2), ("bob", 2), ("carol", 1), ("dave", 1)]
CONSUMERS = ["one", "two", "own", "now"]
# No command may take longer, whatever happens: they all have time limits of their own.
HANG = 60.0
SETTLE = 60.0


class Message:
    """A text that somebody was told to send, and what became of each try."""

    def __init__(self, device, to, text, key=None):
        self.account, self.to, self.text, self.key = device.user.address, to, text, key
        self.tries = []  # (device, start, end, outcome, order within the command)


class Device:
    """One home directory: one login of an account."""

    def __init__(self, user, index):
        self.user = user
        self.index = index
        self.name = f"{user.name}{index}"
        self.lock = threading.Lock()
        self.made = 0
        self.keyed = []       # messages that have a key of ours
        # A process for each message takes its time: one device does with it.
        self.consumers = CONSUMERS + (["run"] if user.name == "dave" else [])
        self.disturbed = {}   # consumer: how many of its runs may have handed a message on in vain

    def number(self):
        with self.lock:
            self.made += 1
            return self.made

    def log(self, consumer):
        """Where all runs of that consumer wrote, one after another."""
        return os.path.join(self.user.home, f"consumer-{consumer}")


class Done:
    """A command that ended. killed: by us."""

    def __init__(self, args, code, out, err, start, killed):
        self.args, self.code, self.out, self.err = args, code, out, err
        self.start, self.end, self.killed = start, time.monotonic(), killed

    def __str__(self):
        return f"tern {' '.join(self.args)} gave {self.code}: {self.err.strip()[-500:]}"


def small_files(limit, ignore):
    """A disk that is full: no file grows beyond the limit. ignore: else the process is killed."""
    def set_limit():
        if ignore:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    return set_limit


def ignore_full_disk():
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)


def key_v7(r):
    number = (int(time.time() * 1000) << 80) | r.getrandbits(80)
    number = number & ~(0xF << 76) | (0x7 << 76)
    number = number & ~(0x3 << 62) | (0x2 << 62)
    digits = f"{number:032x}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


class Chaos:
    """One run."""

    def __init__(self, t, seed, seconds, actors=8):
        self.t, self.seed, self.seconds = t, seed, seconds
        self.lock = threading.Lock()
        self.stopping = threading.Event()
        self.trouble = []
        self.messages = {}    # text: Message
        self.counts = {}
        self.trace = open(t.path("trace"), "w")
        self.server = t.server(fixed=True, preexec=ignore_full_disk)
        self.proxy = ChaosProxy(t, self.server, seed)
        self.devices = []
        for name, count in DEVICES:
            for index in range(count):
                user = t.user(name)
                user.register(self.server)
                user.login(self.proxy.url)
                self.devices.append(Device(user, index))
        self.actors = [threading.Thread(target=self.guard, daemon=True,
                                        args=(self.act, random.Random(f"{seed} actor {n}")))
                       for n in range(actors)]
        for work in (self.shake_server, self.shake_proxy, self.watch):
            self.actors.append(threading.Thread(
                target=self.guard, daemon=True,
                args=(work, random.Random(f"{seed} {work.__name__}"))))

    # ---- the frame ----

    def note(self, what):
        with self.lock:
            self.counts[what] = self.counts.get(what, 0) + 1
            self.trace.write(f"{time.monotonic():.3f} {what}\n")

    def count(self, what):
        with self.lock:
            self.counts[what] = self.counts.get(what, 0) + 1

    def complain(self, text):
        with self.lock:
            self.trouble.append(text)
            self.trace.write(f"{time.monotonic():.3f} TROUBLE {text}\n")
        self.stopping.set()

    def guard(self, work, r):
        try:
            work(r)
        except Failure as failure:
            self.complain(str(failure))
        except Exception as error:  # noqa: BLE001: a defect of this driver must not pass
            self.complain(f"driver: {error!r}")
            raise

    def run(self):
        for actor in self.actors:
            actor.start()
        self.stopping.wait(self.seconds)
        self.stopping.set()
        for actor in self.actors:
            actor.join(2 * HANG)
            check(not actor.is_alive(), "an actor hangs")
        chaos_check.check_cursors(self)
        if not self.trouble:
            self.settle()
            chaos_check.check_all(self)
        self.trace.close()
        return self.trouble

    # ---- running tern ----

    def command(self, device, args, feed=(), out_path=None, kill=None, number=signal.SIGKILL,
                preexec=None):
        """Runs tern. feed: what comes on its standard input, piece by piece; kill: seconds after
        which it gets the signal."""
        start = time.monotonic()
        scratch = self.t.path(f"run-{threading.get_ident()}")
        out_path = out_path or scratch + ".out"
        mode = "ab" if not out_path.startswith(scratch) else "wb"
        with open(out_path, mode) as out, open(scratch + ".err", "wb") as err:
            process = subprocess.Popen([TERN, *args], env=device.user.env, stdout=out, stderr=err,
                                       stdin=subprocess.PIPE, preexec_fn=preexec)
        feeder = threading.Thread(target=self.feed, args=(process.stdin, feed), daemon=True)
        feeder.start()
        killed = False
        try:
            if kill is not None:
                try:
                    process.wait(kill)
                except subprocess.TimeoutExpired:
                    killed = True
                    process.send_signal(number)
            process.wait(HANG)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGABRT)
            process.wait()
            raise Failure(f"{device.name}: tern {' '.join(args)} hangs")
        feeder.join(HANG)
        with open(out_path, errors="replace") as out, open(scratch + ".err",
                                                           errors="replace") as err:
            done = Done(args, process.returncode, out.read() if mode == "wb" else "", err.read(),
                        start, killed)
        self.note(f"{next(a for a in args if a[0] != '-')} "
                  f"{'killed' if done.code < 0 else done.code}")
        with self.lock:
            self.trace.write(f"    {device.name} from {start:.3f} {done}\n")
        check(not tern_test.SANITIZER.search(done.err), f"{device.name}: {done}\n{done.err}")
        full = preexec is not None and done.code == -signal.SIGXFSZ
        check(killed or full or 0 <= done.code != 70, f"{device.name}: {done}")
        return done

    def feed(self, pipe, pieces):
        try:
            for piece in pieces:
                if isinstance(piece, float):
                    self.stopping.wait(piece)
                else:
                    pipe.write(piece)
                    pipe.flush()
            pipe.close()
        except (BrokenPipeError, ValueError):
            pass

    # ---- what the people do ----

    def act(self, r):
        acts = [(self.send_one, 30), (self.send_lines, 20), (self.send_keyed, 20),
                (self.fetch, 15), (self.receive, 30), (self.contact, 4), (self.look, 4),
                (self.login, 1)]
        weights = [weight for _, weight in acts]
        while not self.stopping.is_set():
            device = r.choice(self.devices)
            r.choices(acts, weights)[0][0](r, device)

    def hazard(self, r, device):
        """What happens to the next command: arguments of command()."""
        kind = r.random()
        if kind < 0.12:
            return {"kill": r.choice([r.random() * 0.05, r.random() * 0.5])}
        if kind < 0.15:
            return {"kill": r.random() * 0.3, "number": r.choice([signal.SIGTERM, signal.SIGINT])}
        if kind < 0.20:
            size = os.stat(device.user.cache).st_size
            return {"preexec": small_files(r.choice([1, size, size + r.randrange(1 << 18)]),
                                           r.random() < 0.7)}
        return {}

    def text(self, r, device):
        size = r.choice([0, 0, 10, 100, 1000, r.randrange(20000)])
        filler = r.choice(["x", "日本 ", "\"\\\t", "é\x1b[1m"]) * size
        text = f"{device.name} {device.number()} {filler}".encode()[:60000]
        return text.decode("utf-8", "ignore").strip()

    def new_message(self, r, device, key=None):
        to = r.choice(DEVICES)[0] + "@" + tern_test.DOMAIN
        message = Message(device, to, self.text(r, device), key)
        with self.lock:
            self.messages[message.text] = message
        return message

    def outcome(self, done):
        """What a send of one message said became of it."""
        if done.killed or done.code in (74, 75) and "locked" in done.err:
            return "unknown"
        if done.code in (0, 75, 69, 77, 74) or done.code < 0:
            return {0: "sent", 75: "kept", 69: "not", 77: "not"}.get(done.code, "unknown")
        raise Failure(f"what was that? {done}")

    def send_args(self, r):
        seconds = r.choice([0.05, 0.3, 1, 3]) * (0.5 + r.random())
        return r.choice([["--queue"], ["--timeout", f"{seconds:.2f}"],
                         ["--timeout", f"{seconds:.2f}"]])

    def try_send(self, r, device, message, args):
        options = self.hazard(r, device)
        done = self.command(device, ["send", message.to, "-", *args],
                            feed=[message.text.encode()], **options)
        outcome = self.outcome(done)
        if outcome == "sent" and "--queue" in args:
            outcome = "kept"
        message.tries.append((device, done.start, done.end, outcome, 0))

    def send_one(self, r, device):
        self.try_send(r, device, self.new_message(r, device), self.send_args(r))

    def send_keyed(self, r, device):
        """A message under a key, or one that was sent under it before, perhaps at the same time."""
        if r.random() < 0.5 and device.keyed:
            message = r.choice(device.keyed[-5:])
        else:
            message = self.new_message(r, device, key_v7(r))
            device.keyed.append(message)
        other = [d for d in self.devices if d.user.address == message.account]
        if r.random() < 0.2:
            device = r.choice(other)
        self.try_send(r, device, message, [*self.send_args(r), "--key", message.key])

    def send_lines(self, r, device):
        to = r.choice(DEVICES)[0] + "@" + tern_test.DOMAIN
        messages = []
        feed = []
        for _ in range(r.choice([1, 2, 5, 20, 200])):
            message = Message(device, to, self.text(r, device).replace("\n", " ")[:3000].strip())
            messages.append(message)
            feed.append(message.text.encode() + b"\n")
            if r.random() < 0.03:
                feed.append(r.random() * 0.3)
        with self.lock:
            self.messages.update((m.text, m) for m in messages)
        args = ["--format=json", "send", to, "--lines", *self.send_args(r)]
        done = self.command(device, args, feed=feed, **self.hazard(r, device))
        said = [json.loads(line) for line in done.out.splitlines() if line.endswith("}")]
        for order, message in enumerate(messages):
            state = said[order]["state"] if order < len(said) else None
            outcome = {"sent": "sent", "queued": "kept", "failed": "not", None: "unknown"}[state]
            self.count(f"lines {outcome}")
            message.tries.append((device, done.start, done.end, outcome, order))
        check(done.code != 0 or len(said) == len(messages),
              f"{device.name}: {len(messages)} lines, {len(said)} results: {done}")

    def fetch(self, r, device):
        done = self.command(device, ["fetch", "--timeout", "5"], **self.hazard(r, device))
        check(done.killed or done.code in (0, 69, 74, 75, 76, 77, -signal.SIGXFSZ),
              f"{device.name}: {done}")

    def receive_args(self, device, consumer):
        args = ["--format=json", "recv", "--consumer", consumer]
        if consumer == "own":
            args.append("--own")
        if consumer == "now":
            args += ["--from", "now"]
        if consumer == "run":
            args += ["--exec", f"cat >>'{device.log(consumer)}'"]
        return args

    def receive(self, r, device):
        consumer = r.choice(device.consumers)
        args = self.receive_args(device, consumer)
        options = self.hazard(r, device)
        kind = r.random()
        if kind < 0.3:
            args += ["--follow"]
            options.setdefault("kill", r.random() * 3)
            options.setdefault("number", r.choice([signal.SIGTERM, signal.SIGKILL]))
        elif kind < 0.7:
            args += ["--count", str(r.choice([1, 3, 50])), "--timeout", f"{r.random() * 2:.2f}"]
        if kind > 0.9:
            args += [r.choice(DEVICES)[0]]
        done = self.received(device, consumer, args, options)
        check(done.killed or done.code in (0, 1, 69, 74, 75, 76, 77, -signal.SIGXFSZ),
              f"{device.name}: {done}")

    def received(self, device, consumer, args, options):
        """Runs recv, and notes whether it may have handed on what it did not mark as such."""
        with device.lock:
            device.disturbed.setdefault(consumer, 0)
            if options.get("number", signal.SIGKILL) == signal.SIGKILL and options:
                device.disturbed[consumer] += 1
        out = self.t.path("nothing") if consumer == "run" else device.log(consumer)
        return self.command(device, args, out_path=out, **options)

    def contact(self, r, device):
        verb = r.choice(["add", "add", "remove"])
        name = f"friend{r.randrange(8)}"
        options = ["--name", f"N{r.randrange(1000)}"] if verb == "add" else []
        self.command(device, ["contact", verb, name, *options], **self.hazard(r, device))

    def look(self, r, device):
        args = r.choice([["status"], ["history", r.choice(DEVICES)[0]], ["contacts"]])
        done = self.command(device, args)
        check(done.code in (0, 1, 69, 75, 76, 77), f"{device.name}: {done}")

    def login(self, r, device):
        """The same device again: another token, and the outbox stays."""
        self.command(device, ["login", device.user.address, "--password-stdin"],
                     feed=[tern_test.PASSWORD.encode() + b"\n"], **self.hazard(r, device))

    # ---- what happens to them ----

    def shake_server(self, r):
        while not self.stopping.wait(r.random() * 4):
            kind = r.random()
            if kind < 0.35:
                self.note("server killed")
                self.server.kill()
            elif kind < 0.7:
                self.note("server drained")
                self.server.stop()
            else:
                self.note("server's disk full")
                size = os.stat(self.server.store).st_size
                limit = r.choice([1, size, size + r.randrange(1 << 20)])
                resource.prlimit(self.server.pid, resource.RLIMIT_FSIZE,
                                 (limit, resource.RLIM_INFINITY))
                self.stopping.wait(r.random())
                resource.prlimit(self.server.pid, resource.RLIMIT_FSIZE,
                                 (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
                continue
            self.stopping.wait(r.choice([0, r.random(), r.random() * 3]))
            self.server.start()

    def shake_proxy(self, r):
        while not self.stopping.is_set():
            self.proxy.rough = r.choice([0, 0, 0.05, 0.3, 0.6])
            self.proxy.refusing = r.random() < 0.1
            if r.random() < 0.3:
                self.note("connections cut")
                self.proxy.cut_all()
            self.stopping.wait(r.random())
        self.proxy.refusing = False
        self.proxy.rough = 0

    def watch(self, r):
        """While all runs: no cache's cursor is ahead of what the cache holds or misses."""
        while not self.stopping.wait(0.3 + r.random()):
            chaos_check.check_cursors(self, [r.choice(self.devices)])

    # ---- the end ----

    def settle(self):
        """All is well again: everybody sends what is left, and gets what is there."""
        for _ in range(2):
            for device in self.devices:
                wait_for(lambda: self.settled(device), limit=SETTLE,
                         what=f"{device.name} to settle")
        for device in self.devices:
            for consumer in device.consumers:
                args = self.receive_args(device, consumer)
                done = self.received(device, consumer, args, {})
                check(done.code in (0, 1), f"{device.name}: {done}")
                done = self.received(device, consumer, args, {})
                check(done.code == 1, f"{device.name}: more came: {done}")
        for device in self.devices:
            done = self.command(device, ["contacts"])
            check(done.code == 0, f"{device.name}: {done}")
        self.server.stop()

    def settled(self, device):
        done = self.command(device, ["fetch"])
        if done.code == 77:
            self.command(device, ["login", device.user.address, "--password-stdin"],
                         feed=[tern_test.PASSWORD.encode() + b"\n"])
        return done.code == 0


def main():
    seconds = 60.0
    seeds = []
    for word in sys.argv[1:]:
        if word.startswith("--seconds="):
            seconds = float(word.split("=", 1)[1])
        else:
            seeds.append(word)
    good = True
    for seed in seeds or [str(int(time.time()))]:
        t = tern_test.Test()
        chaos = None
        try:
            chaos = Chaos(t, seed, seconds)
            trouble = chaos.run()
        except Failure as failure:
            trouble = [str(failure)]
        finally:
            trouble = trouble + t.close()
        print(f"seed {seed}: {len(chaos.messages) if chaos else '?'} messages, "
              f"{'well' if not trouble else 'FAILED'}")
        if chaos:
            print("  " + ", ".join(f"{n} {what}" for what, n in sorted(chaos.counts.items())))
            print("  faults: " + ", ".join(f"{n} {k}" for k, n in chaos.proxy.faults.items()))
        for text in trouble[:20]:
            print("  " + text[:3000])
        if trouble:
            print(f"  kept: {t.dir}")
            good = False
        else:
            t.remove()
        sys.stdout.flush()
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
