"""What a seed says, step by step: the same seed is the same run.

    TERN_BUILDDIR=build python3 tests/faults/replay.py [OPTION]... SEED|FIRST-LAST...

A schedule is drawn from the seed before anything runs (actions.py): commands of several devices,
what happens to each (faults of its proxy, kills at a boundary, full disks, wrong clocks), what
happens to the server. It is done one step at a time, or where a proxy holds a request up, others
within it. Nothing is decided by time. Then all is allowed to settle, and invariants.py looks.

  --steps=N      how many steps a schedule has (100)
  --restore      with copies of the server's database that are put back
  --twice        runs each seed twice, and compares what the commands and the proxies said
  --only=I,J-K   does only these steps of the schedule; --without=I,J-K: all others
  --shrink       leaves out steps as long as the run still fails, and says which remain
  --keep         keeps the directory of a run that went well, too
"""
import json
import os
import random
import signal
import subprocess
import sys
import traceback

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import tern_test
from tern_helpers import metric
from tern_test import Failure, check

import actions
import disks
import invariants
from databases import UNSTEADY, Cache, content
from world import BESIDE, TERN, World

DEVICES = (("alice", 2), ("bob", 2), ("carol", 1))
CONSUMERS = ("one", "own", "now", "live")
PASSWORD = tern_test.PASSWORD.encode() + b"\n"
STEPS = 100
FOLLOW_LIMIT = 20.0  # seconds within which a follower has what is there


def schedule(seed, count, restores=False):
    """The steps of a seed. One that is left out changes no other."""
    names = [f"{name}{index}" for name, devices in DEVICES for index in range(devices)]
    draft = actions.Draft(names, seed)
    draft.restores = restores
    steps = []
    for draft.number in range(count):
        r = random.Random(f"{seed} {draft.number}")
        draft.following = {d: until for d, until in draft.following.items()
                           if until >= draft.number}
        steps.append(actions.draw_step(r, draft))
    return steps


class Follower:
    """recv --follow of a device, beside the steps."""

    def __init__(self, device, process, path, until, number):
        self.device, self.process, self.path = device, process, path
        self.until, self.number = until, number


class Run:
    """One schedule in one world."""

    def __init__(self, t, seed, steps, only=None):
        self.t, self.seed, self.steps = t, seed, steps
        self.only = range(len(steps)) if only is None else only
        self.trouble = []
        self.lines = []        # what is the same each time
        self.tick = 0
        self.index = 0
        self.depth = 0
        self.messages = {}     # text: actions.Message
        self.amendments = {}   # key: actions.Amendment
        self.handed = {}       # (device, consumer): [message]
        self.disturbed = set() # (device, consumer) of which a run may have handed on in vain
        self.later = []        # (step, proxy, request)
        self.followers = {}    # device: Follower
        self.followed = set()  # devices that ever had one: what it asked for, and when, is chance
        self.lifts = []        # (step, function): what ends then
        self.touched = set()
        self.logged_in = {}    # device: True, False, or None where it isn't known
        self.limited = set()   # disks that are nearly full: names of devices, or "server"
        self.shifted = False   # a clock was ever wrong
        self.restored = self.pruned = False
        self.faults = {}       # kind: how often
        self.trace = open(t.path("trace"), "w")
        with open(t.path("schedule.json"), "w") as out:
            json.dump(steps, out, indent=1, ensure_ascii=False)
        self.disks = disks.Disks(t)
        self.world = World(t, DEVICES, store=self.disks.make("server") + "/server.db",
                           home=self.disks.make)
        self.world.meanwhile = self.meanwhile
        self.world.make_room = lambda: self.disks.lift("server")
        for name in self.world.devices:
            self.logged_in[name] = True
            for consumer in CONSUMERS:
                self.handed[(name, consumer)] = []
        self.watch = invariants.Watch(self)

    # ---- the frame ----

    def note(self, text, same=True):
        """A line of the trace. same: it is the same each time that the seed runs."""
        line = f"{self.index}{'  ' * self.depth} {text}"
        self.trace.write(line + ("\n" if same else "  *\n"))
        self.trace.flush()
        if same:
            self.lines.append(line)

    def complain(self, text):
        self.note(f"TROUBLE {text}", same=False)
        self.trouble.append(f"step {self.index}: {text}")

    def clock(self):
        self.tick += 1
        return self.tick

    def run(self):
        """All of it. The complaints."""
        try:
            for self.index in self.only:
                self.before_step()
                self.perform(self.steps[self.index])
                self.after_step()
                if self.trouble:
                    break
            self.index = len(self.steps)
            if not self.trouble:
                self.settle()
            if not self.trouble:
                invariants.check_all(self)
        except Failure as failure:
            self.complain(str(failure))
        self.trace.close()
        return self.trouble

    def before_step(self):
        for due, proxy, request in [entry for entry in self.later if entry[0] <= self.index]:
            if self.world.wait_for_server():
                self.note(f"{proxy.name} again: {'answered' if proxy.again(request) else 'not'}")
        self.later = [entry for entry in self.later if entry[0] > self.index]
        for due, lift in [entry for entry in self.lifts if entry[0] <= self.index]:
            lift()
        self.lifts = [entry for entry in self.lifts if entry[0] > self.index]
        for follower in list(self.followers.values()):
            if follower.until <= self.index:
                self.end_follower(follower)

    def perform(self, step):
        next(a for a in actions.ACTIONS if a.name == step["do"]).do(self, step)

    def after_step(self):
        self.world.wait_for_server()
        self.wait_for_followers()
        self.watch.sample(self.touched)
        self.touched = set()

    def meanwhile(self, steps):
        """Called by a proxy, in its thread, while the step under way waits for it."""
        self.depth += 1
        try:
            for step in steps:
                self.perform(step)
        except Failure as failure:
            self.complain(str(failure))
        finally:
            self.depth -= 1

    # ---- commands ----

    def message(self, step, text=None):
        """The message that a step sends; the one of an earlier step where it is the same."""
        text = step["text"] if text is None else text
        if text not in self.messages:
            device = self.world.devices[step["device"]]
            self.messages[text] = actions.Message(
                device.address, actions.address_of(step["to"]), text)
        return self.messages[text]

    def amendment(self, step, target):
        """The amendment that a step makes; the one of an earlier step where its key is the same.
        None where there is nothing to amend."""
        if step["key"] not in self.amendments and target is not None:
            self.amendments[step["key"]] = actions.Amendment(
                self.world.devices[step["device"]].address, actions.address_of(step["to"]), step,
                target)
        return self.amendments.get(step["key"])

    def is_clean(self, step):
        """Nothing happens to this command: it must do what it is for."""
        name = step["device"]
        return not (self.depth or any(what in step for what in ("faults", "kill", "disk", "shift"))
                    or self.limited & {name, "server"} or name in self.followers
                    or not self.world.up.is_set() or self.world.armed
                    or self.logged_in[name] is not True)

    def command(self, step, *args, input=b"", codes=(0,)):
        """Runs tern for a step; codes: what it may exit with where nothing happens to it."""
        name = step["device"]
        device = self.world.devices[name]
        self.touched.add(name)
        env = {}
        if "kill" in step:
            env["TERN_TEST_KILL"] = str(step["kill"])
        if "shift" in step:
            env["TERN_TEST_CLOCK_SHIFT"] = str(step["shift"])
            self.shifted = True
        if "power" in step:
            env["TERN_TEST_POWER"] = step["power"]
            self.watch.forget_cache(name)
        preexec = None
        if "disk" in step:
            preexec = disks.small_files(os.stat(device.cache).st_size + step["disk"])
        clean = self.is_clean(step)
        start = self.clock()
        done = self.world.run(device, *args, input=input, plan=step.get("faults", ()), env=env,
                              preexec=preexec)
        done.start, done.end = start, self.clock()
        for fault in done.fired:
            self.faults[fault["kind"]] = self.faults.get(fault["kind"], 0) + 1
        for request, fault in done.later:
            self.later.append((self.index + fault["steps"], device.proxy, request))
        what = " ".join(args)[:100].replace("\n", "\\n")
        # What is left for them to get when they end is chance, too.
        self.note(f"{name} {what!r} gave {done.code}", same="live" not in args)
        self.note(f"  {', '.join(done.requests)}; {len(done.passed)} boundaries",
                  same=name not in self.followed)
        self.note(f"  passed: {', '.join(done.passed[:100])}", same=False)
        if done.err:
            self.note(f"  {done.err.strip()}", same=False)
        if "were refused" in done.err:  # what was queued for a group that somebody left since
            codes = (*codes, *actions.REFUSED)
        allowed = codes if clean else (*codes, *actions.TROUBLE, -signal.SIGKILL)
        check(done.code in allowed, f"{'clean' if clean else 'allowed ' + str(allowed)}: {done}")
        if done.code == 77 and self.logged_in[name] is True and "login" in done.err:
            self.complain(f"{name} is not logged in any more: {done}")
        return done

    def receive(self, step, name, consumer, options, codes=(0, 1)):
        args = ["--format=json", "recv", "--consumer", consumer, *options]
        args += {"own": ["--own"], "now": ["--from", "now"]}.get(consumer, [])
        if not self.is_clean(step):
            self.disturbed.add((name, consumer))
        done = self.command(step, *args, codes=codes)
        self.handed[(name, consumer)] += invariants.handed_on(done.out)
        return done

    def login(self, step, name, out=False):
        device = self.world.devices[name]
        if out:
            self.logged_in[name] = None
            done = self.command(step, "logout", codes=(0,))
            if done.code == 0:
                self.logged_in[name] = False
                self.watch.sample({name})
                self.command({"device": name}, "fetch", codes=(77,))
            step = {"device": name}
        known, self.logged_in[name] = self.logged_in[name], None
        done = self.command(step, "login", device.address, "--password-stdin", input=PASSWORD)
        meanwhile = any(fault["kind"] == "meanwhile" for fault in step.get("faults", ()))
        # Meanwhile it may have been revoked.
        self.logged_in[name] = True if done.code == 0 else None if meanwhile else known

    def revoke(self, step, other):
        """It ends at once, with a poll that is held for it."""
        number = Cache(self.world.devices[other].cache).device_id
        self.logged_in[other] = None
        done = self.command(step, "devices", "revoke", str(number), codes=(0, 1))
        if done.code == 0 and not self.depth:  # else an answer may be on its way to it
            self.logged_in[other] = False
            if other in self.followers:
                self.end_follower(self.followers[other], waits=True)
            self.watch.sample({other})

    # ---- followers ----

    def follow(self, step):
        name = step["device"]
        if name in self.followers:
            return
        self.disarm()
        device = self.world.devices[name]
        path = self.t.path(f"follow-{name}-{self.index}")
        with open(path, "wb") as out, open(path + ".err", "wb") as err:
            process = subprocess.Popen(
                [TERN, "--format=json", "recv", "--follow", "--consumer", step["consumer"]],
                stdin=subprocess.DEVNULL, stdout=out, stderr=err,
                env={**device.user.env, **BESIDE, **device.env})
        self.disturbed.add((name, step["consumer"]))
        self.followers[name] = Follower(name, process, path, self.index + step["steps"],
                                        step["signal"])
        self.touched.add(name)
        self.followed.add(name)
        self.note(f"{name} follows")

    def wait_for_followers(self):
        """What is there has come, unless something is wrong with the server, or with them."""
        if not self.world.up.is_set() or self.world.armed or "server" in self.limited:
            return
        for follower in list(self.followers.values()):
            if follower.device in self.limited or self.logged_in[follower.device] is not True:
                continue
            try:
                tern_test.wait_for(lambda: self.has_all(follower), FOLLOW_LIMIT,
                                   f"{follower.device}'s follower to get what is there")
            except Failure as failure:
                self.complain(f"{failure}: {invariants.lacks(self, follower.device)}")

    def has_all(self, follower):
        self.touched.add(follower.device)
        return follower.process.poll() is not None or \
            not invariants.lacks(self, follower.device, "live")

    def end_follower(self, follower, waits=False):
        """waits: it ends by itself."""
        process = follower.process
        if process.poll() is None and not waits:
            process.send_signal(follower.number)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            self.complain(f"{follower.device}'s follower did not end")
        with open(follower.path, errors="replace") as out:
            self.handed[(follower.device, "live")] += invariants.handed_on(out.read())
        with open(follower.path + ".err", errors="replace") as err:
            said = err.read()
        self.note(f"{follower.device}'s follower gave {process.returncode}: {said}", same=False)
        check(not tern_test.SANITIZER.search(said), said)
        check(process.returncode in (0, *actions.TROUBLE, -signal.SIGKILL, -signal.SIGTERM),
              f"{follower.device}'s follower gave {process.returncode}: {said}")
        self.touched.add(follower.device)
        del self.followers[follower.device]

    # ---- the server, disks, clocks ----

    def end_server(self, how, steps, shift):
        self.note(f"server: {how}, for {steps} steps, then {shift} s off")
        self.limited.discard("server")
        if how == "kill":
            self.world.crash(down=True)
        else:
            self.world.stop_server()
        if shift:
            self.shifted = True
        env = {"TERN_TEST_CLOCK_SHIFT": str(shift)} if shift else {}
        if steps:
            self.lifts.append((self.index + steps, lambda: self.server_back(**env)))
        else:
            self.server_back(**env)

    def server_back(self, **env):
        if not self.world.up.is_set():
            self.disks.lift("server")
            self.world.start_server(**env)

    def arm_server(self, kill, power):
        """Not with followers: when their polls come is chance, and would be counted."""
        self.note(f"server: killed at boundary {kill}{', with its power' if power else ''}")
        for follower in list(self.followers.values()):
            self.end_follower(follower)
        env = {"TERN_TEST_POWER": power} if power else {}
        self.restart_server(TERN_TEST_KILL=str(kill), **env)

    def disarm(self):
        if self.world.armed:
            self.restart_server()

    def restart_server(self, **env):
        """If it is up; its clock stays as it is."""
        if self.world.up.is_set():
            self.limited.discard("server")
            self.disks.lift("server")
            env.update((name, value) for name, value in self.world.server.env.items()
                       if name == "TERN_TEST_CLOCK_SHIFT")
            self.world.stop_server()
            self.world.start_server(**env)

    def prune_server(self, keep):
        if not self.world.up.is_set() or "server" in self.limited:
            return
        self.note(f"server: keeps {keep} messages of each conversation")
        self.watch.sample(set())  # what may go
        self.pruned = True
        self.world.stop_server()
        self.world.server.options += ["--keep-messages", str(keep), "--prune-every", "5",
                                      "--prune-anyway"]
        self.world.start_server()
        tern_test.wait_for(lambda: metric(self.world.server, "ternd_prune_runs_total") >= 2,
                           what="pruning")
        del self.world.server.options[-5:]
        self.restart_server()

    def fill_server_disk(self, room, steps):
        self.note(f"server: {room} bytes are left, for {steps} steps")
        if self.world.up.is_set():
            self.limited.add("server")
            self.disks.fill("server", room, self.world.server)
            self.lifts.append((self.index + steps, lambda: self.lift_disk("server")))

    def fill_device_disk(self, name, room, steps):
        self.note(f"{name}: {room} bytes are left, for {steps} steps")
        self.limited.add(name)
        self.disks.fill(name, room, self.world.devices[name])
        self.lifts.append((self.index + steps, lambda: self.lift_disk(name)))

    def lift_disk(self, name):
        self.limited.discard(name)
        self.disks.lift(name, self.world.server if name == "server" else self.world.devices[name])

    def set_clock(self, name, shift):
        self.note(f"{name}: the clock is {shift} s off")
        self.shifted = True
        self.world.devices[name].env = {"TERN_TEST_CLOCK_SHIFT": str(shift)} if shift else {}

    def backup(self, number):
        self.note(f"server: backup {number}")
        self.world.backup(f"backup-{number}")

    def restore(self, number):
        if not os.path.exists(self.t.path(f"backup-{number}")):
            return
        self.note(f"server: backup {number} is put back")
        self.restored = True
        self.world.crash(down=True)
        self.world.restore(f"backup-{number}")
        self.watch.forget()
        for name in self.logged_in:  # its login may be younger than the copy
            self.logged_in[name] = None
        self.server_back()

    # ---- the end ----

    def settle(self):
        """All is well again: everybody sends what is left, and gets what is there."""
        for _, lift in self.lifts:
            lift()
        for follower in list(self.followers.values()):
            self.end_follower(follower)
        for device in self.world.devices.values():
            device.env = {}
        self.world.stop_server()
        self.world.start_server()
        for _, proxy, request in self.later:
            proxy.again(request)
        for _ in range(2):
            for name in self.world.devices:
                self.settle_device(name)
        for name in self.world.devices:
            for consumer in CONSUMERS:
                self.receive({"device": name}, name, consumer, [])
            self.command({"device": name}, "sync", codes=(0,))  # what was in groups before
        # What one acknowledges changes the heads of others.
        for _ in range(4):
            before = [content(device.cache, UNSTEADY) for device in self.world.devices.values()]
            for name in self.world.devices:
                self.settle_device(name)
            if before == [content(device.cache, UNSTEADY)
                          for device in self.world.devices.values()]:
                return
        self.complain("it does not settle")

    def settle_device(self, name):
        if self.logged_in[name] is not True:
            done = self.command({"device": name}, "fetch", codes=(0, 77))
            if done.code == 0:
                self.logged_in[name] = True
            else:
                self.login({"device": name}, name)
        self.command({"device": name}, "fetch", codes=(0,))


# ---- the command line ----

def numbers(text):
    """"3,5-8" as a list."""
    result = []
    for part in text.split(","):
        first, _, last = part.partition("-")
        result += range(int(first), int(last or first) + 1)
    return result


def run_once(seed, options, only=None):
    """(complaints, the run or None, the directory or None where it was removed)"""
    t = tern_test.Test()
    run = None
    trouble = []
    try:
        steps = schedule(seed, options["steps"], options["restore"])
        run = Run(t, seed, steps, only)
        trouble = run.run()
    except Failure as failure:
        trouble = [str(failure)]
    except Exception:  # noqa: BLE001: a defect of this driver; the other seeds are to run
        trouble = [traceback.format_exc()]
    finally:
        trouble = trouble + t.close()
    if trouble or options["keep"]:
        return trouble, run, t.dir
    t.remove()
    return trouble, run, None


def shrink(seed, options, only):
    """Leaves out ever smaller parts of the schedule as long as what is left fails."""
    size = (len(only) + 1) // 2
    while size:
        at = 0
        while at < len(only):
            fewer = only[:at] + only[at + size:]
            trouble, _, kept = run_once(seed, {**options, "keep": False}, fewer)
            if kept:
                subprocess.run(["rm", "-rf", kept], check=False)
            if trouble:
                only = fewer
                print(f"  {len(only)} steps: {trouble[0][:160]!r}", flush=True)
            else:
                at += size
        size = size // 2
    return only


def difference(one, other):
    """The first line of two traces that differs."""
    for a, b in zip(one.lines + [None], other.lines + [None]):
        if a != b:
            return f"the second run differs: {a!r} was {b!r}"
    return None


def command_line(words):
    options = {"steps": STEPS, "restore": False, "twice": False, "keep": False, "shrink": False,
               "only": None, "without": []}
    seeds = []
    for word in words:
        name, _, value = word.lstrip("-").partition("=")
        if not word.startswith("--"):
            seeds += numbers(word)
        elif name not in options:
            sys.exit(f"replay.py: no option --{name}; see its head")
        elif name == "steps":
            options[name] = int(value)
        else:
            options[name] = numbers(value) if value else True
    return options, seeds


def again(seed, options):
    """The command that does the same."""
    words = ["--restore"] if options["restore"] else []
    if options["steps"] != STEPS:
        words.append(f"--steps={options['steps']}")
    return f"TERN_BUILDDIR=build python3 tests/faults/replay.py {' '.join([*words, str(seed)])}"


def report(seed, options, trouble, run, kept):
    if run:
        faults = ", ".join(f"{n} {kind}" for kind, n in sorted(run.faults.items()))
        print(f"seed {seed}: {len(run.messages)} messages, {run.world.crashes} crashes; "
              f"faults: {faults or 'none'}: {'FAILED' if trouble else 'well'}")
    for text in trouble[:10]:
        print("  " + text[:3000])
    if trouble:
        print(f"  again: {again(seed, options)}")
    if kept:
        print(f"  kept: {kept}")
    sys.stdout.flush()


def main():
    options, seeds = command_line(sys.argv[1:])
    disks.private_mounts()
    failed = messages = 0
    for seed in seeds or [1]:
        only = [i for i in (options["only"] or range(options["steps"]))
                if i not in options["without"]]
        trouble, run, kept = run_once(seed, options, only)
        if options["twice"] and not trouble:
            other_trouble, other, other_kept = run_once(seed, options, only)
            found = difference(run, other) if other else None
            trouble = other_trouble + ([found] if found else [])
            kept = other_kept or kept
        report(seed, options, trouble, run, kept)
        failed += bool(trouble)
        messages += len(run.messages) if run else 0
        if trouble and options["shrink"]:
            print(f"  needed: --only={','.join(map(str, shrink(seed, options, only)))}")
    print(f"{len(seeds) or 1} seeds, {messages} messages, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
