"""Commands are killed at each of their boundaries in turn, and so is the server under them.

    TERN_BUILDDIR=build python3 tests/faults/boundaries.py [NAME [SIDE [N]]]

For each case: the state before is kept; the command runs to its end, which gives the outcome that is
right, and counts its boundaries (tests/hooks/hooks.h). Then, for each of them: back to the state
before, the command is killed there, and run again. The outcome must be the same, and running it
once more must find nothing left to do.
"""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import tern_test
from tern_test import Failure, check, check_equal

import invariants
from databases import Cache, Stored, content
from world import World, read_lines

KEY = "019aa7a1-0000-7000-8000-0123456789ab"
PASSWORD = tern_test.PASSWORD.encode() + b"\n"
# Exit codes of a command under which the server was killed.
INTERRUPTED = (0, 1, 69, 75)


class Case:
    """args, input: the command, of alice0, and what it reads. again: what finishes it after a kill,
    where that is not the same once more. repeat: what then has nothing left to do, and repeat_code
    its exit code. maybe: it may have done nothing at all where it was killed early. state: which of
    the states that prepare() kept it begins with."""

    def __init__(self, name, args, input=b"", again=None, again_input=b"", codes=(0,), repeat=None,
                 repeat_code=0, maybe=False, state="before"):
        self.name, self.state = name, state
        self.first = (args, input)
        self.again = (again, again_input) if again else self.first
        self.repeat = (repeat, b"") if repeat else self.again
        self.codes, self.repeat_code, self.maybe = codes, repeat_code, maybe


RECV = ["--format=json", "recv", "--consumer", "c"]
LOGIN = ["login", "alice@example.org", "--password-stdin"]
CASES = [
    Case("send", ["send", "bob", "hello", "--key", KEY]),
    Case("send-queue", ["send", "bob", "hello", "--key", KEY, "--queue"], repeat=["fetch"]),
    Case("send-lines", ["send", "bob", "--lines"], b"one\ntwo\nthree\n", again=["fetch"],
         maybe=True),
    Case("reply", ["send", "bob", "hello", "--reply", "2", "--key", KEY]),
    Case("edit", ["edit", "bob", "1", "edited", "--key", KEY]),
    Case("recall", ["recall", "bob", "1", "--key", KEY]),
    Case("react", ["react", "bob", "2", "+1", "--key", KEY]),
    Case("read", ["read", "bob", "5"]),
    Case("group-create", ["group", "create", "+new", "bob", "--name", "New"]),
    Case("group-invite", ["group", "invite", "+team", "carol"]),
    Case("group-rename", ["group", "rename", "+team", "Crew"]),
    Case("group-leave", ["group", "leave", "+team"]),
    Case("fetch", ["fetch"]),
    Case("recv", RECV, codes=(0, 1), repeat_code=1),
    Case("recv-count", [*RECV, "--count", "2"], again=RECV, codes=(0, 1), repeat_code=1),
    Case("contact-add", ["contact", "add", "carol", "--name", "Carol"]),
    Case("contact-remove", ["contact", "remove", "bob"]),
    Case("login", LOGIN, PASSWORD, repeat=["fetch"]),
    Case("logout", ["logout"], again=LOGIN, again_input=PASSWORD, repeat=["fetch"]),
    Case("reset", ["fetch"], state="forked"),
    Case("reset-recv", RECV, codes=(0, 1), repeat_code=1, state="forked"),
]


def prepare(t):
    """alice0 has something to send, something to get, something to hand on, and a group."""
    world = World(t, devices=(("alice", 2), ("bob", 1), ("carol", 1)))
    alice0, alice1, bob0 = (world.devices[name] for name in ("alice0", "alice1", "bob0"))
    world.run(alice0, "contact", "add", "bob", "--name", "Bob")
    world.run(alice0, "group", "create", "+team", "bob")
    world.run(alice0, "send", "bob", "a1")
    world.run(bob0, "send", "alice", "b1")
    world.run(alice0, "recv", "--consumer", "c")
    for n in range(3):
        world.run(bob0, "send", "alice", f"b{n + 2}")
    world.run(alice1, "send", "bob", "a2")
    world.run(alice1, "send", "alice", "note")
    world.run(alice1, "contact", "add", "dave", "--name", "Dave")
    world.run(alice0, "fetch")
    world.run(bob0, "send", "alice", "b5")
    world.run(alice0, "send", "bob", "--lines", "--queue", input=b"q1\nq2\n")
    world.save("before")
    fork(world)
    return world


def fork(world):
    """Everybody goes on, and then the server is put back to what it was. Of what alice0 knows some is
    lost for good, and some is hers."""
    alice0, bob0 = world.devices["alice0"], world.devices["bob0"]
    world.backup("copy")
    world.start_server()
    world.run(alice0, "fetch")
    world.run(bob0, "send", "alice", "lost")
    world.run(alice0, "send", "bob", "--lines", input=b"again\nonce more\n")
    world.run(alice0, "react", "bob", "2", "+1")
    world.run(alice0, "contact", "add", "eve")
    world.run(alice0, "recv", "--consumer", "c")
    world.crash(down=True)
    world.restore("copy")
    world.save("forked")


def form(world):
    """What alice0 and the server hold, without what differs from run to run (keys, times, stamps,
    generations), and without acknowledgements, of which a killed server may lose some."""
    stored = Stored(world.server.store)
    cache = Cache(world.devices["alice0"].cache)
    return {
        "messages on the server": {
            pair: (first, last, [(row.msg_id, row.sender, row.type, row.text)
                                  for row in stored.rows[number]])
            for number, (pair, first, last) in stored.heads.items()},
        "contacts on the server": {owner: [(c[0], c[1], c[3]) for c in contacts]
                                   for owner, contacts in stored.contacts.items()},
        "messages": {name: [(row.msg_id, row.sender, row.text) for row in rows]
                     for name, rows in cache.messages.items()},
        "ranges": cache.conversations,
        "counts": cache.counts,
        "outbox": [(row["conversation"], row["text"], row["failure"]) for row in cache.queue],
        "contacts": [(c[0], c[1], c[3]) for c in cache.contacts],
        "set aside": [(row["sender"], row["type"], row["text"]) for row in cache.aside],
        "folds": (cache.folds, cache.reactions),
        "read markers": {name: head["read"] for name, head in cache.heads.items()},
        "groups": cache.groups,
        "members": {(stored.heads[number][0], account): role
                    for (account, number), role in stored.roles.items()},
        "places": {key: place[0] for key, place in cache.places.items()},
        "acknowledgements not told": cache.acks,
        "login": cache.token is not None,
    }


def handed_on(text):
    """What recv printed: [(conversation, msg_id, whether it is repeated)]."""
    return [(message["conversation"], message["msg_id"], message.get("repeated", False))
            for message in invariants.handed_on(text)]


class Trial:
    """One case, in one world."""

    def __init__(self, world, case):
        self.world, self.case = world, case
        self.device = world.devices["alice0"]
        self.server_start = 0  # boundaries that the server passes before it listens
        self.allowed = []      # forms

    def run(self, command, **options):
        return self.world.run(self.device, *command[0], input=command[1], **options)

    def finish(self):
        """What there is once nothing is on its way any more."""
        for _ in range(2):  # the second learns what the first one made of the heads
            done = self.run((["fetch"], b""))
            check(done.code == 0, f"{done}")
        return form(self.world)

    def plain(self):
        """The outcome where nothing is killed. The names of the boundaries of each side."""
        world, case = self.world, self.case
        if case.maybe:
            world.load(case.state)
            world.start_server()
            self.run(case.again)
            self.allowed.append(self.finish())
        world.load(case.state)
        passed = world.t.path("passed-server")
        read_lines(passed)  # what an earlier case left
        world.start_server(TERN_TEST_PASSED=passed)
        self.server_start = len(read_lines(passed))
        done = self.run(case.first)
        boundaries = {"client": done.passed, "server": read_lines(passed)}
        check(done.code in case.codes, f"{done}")
        self.said = handed_on(done.out)
        if case.again != case.first:
            done = self.run(case.again)
            check(done.code in case.codes, f"{done}")
            self.said += handed_on(done.out)
        self.allowed.append(self.finish())
        return boundaries

    def killed(self, side, number):
        """Everything again, with a kill at that boundary."""
        world, case = self.world, self.case
        power = {"TERN_TEST_POWER": "1"} if side.endswith("power") else {}
        world.load(case.state)
        if side.startswith("client"):
            world.start_server()
            first = self.run(case.first, env={"TERN_TEST_KILL": str(number), **power})
            check(first.killed, f"it was not killed: {first}")
        else:
            crashes = world.crashes
            world.start_server(TERN_TEST_KILL=str(self.server_start + number), **power)
            first = self.run(case.first)
            tern_test.wait_for(lambda: world.crashes > crashes, what="the server's end")
            check(first.code in INTERRUPTED, f"{first}")
        again = self.run(case.again)
        check(again.code in case.codes, f"{again}")
        self.check_said(first, again)
        self.check_form(self.finish())
        self.check_nothing_left()

    def check_said(self, first, again):
        """Handed on: all of it, in order; what comes a second time is marked."""
        once = []
        for conversation, msg_id, repeated in handed_on(first.out) + handed_on(again.out):
            if (conversation, msg_id, False) not in once:
                once.append((conversation, msg_id, False))
            else:
                check(repeated, f"{conversation} {msg_id} came twice, unmarked: {first} {again}")
        check_equal(once, self.said, "what was handed on")

    def check_form(self, got):
        if got in self.allowed:
            return
        for name, part in self.allowed[-1].items():
            check_equal(got[name], part, f"{name} at the end")

    def contents(self):
        """What must not change any more. The cursor may: one's own messages are behind it."""
        cache = content(self.device.cache, ["account", "generation", "traffic", "traffic_last"])
        return {**cache, **{f"{table} of the server": rows for table, rows in
                            content(self.world.server.store, ["device"]).items()}}

    def check_nothing_left(self):
        """Once more: neither the cache nor the server changes, and nothing is handed on."""
        before = self.contents()
        done = self.run(self.case.repeat)
        check_equal((done.code, handed_on(done.out)), (self.case.repeat_code, []),
                    f"again: {done}")
        for table, rows in self.contents().items():
            check_equal(rows, before[table], f"table {table} after the command once more")


# Who is killed; with the power, what was not synced is lost as well (power.c).
SIDES = ("client", "client-power", "server", "server-power")


def try_case(world, case, sides=SIDES, wanted=lambda side, number: True):
    """The boundaries of a case. Returns the complaints and how many boundaries were tried."""
    trial = Trial(world, case)
    complaints = []
    tried = 0
    boundaries = trial.plain()
    for side in sides:
        for number, name in enumerate(boundaries[side.split("-")[0]], 1):
            if not wanted(SIDES.index(side), number):
                continue
            tried += 1
            try:
                trial.killed(side, number)
            except Failure as failure:
                complaints.append(f"{case.name}: {side} killed at {number} ({name}): {failure}")
    return complaints, tried


def main():
    words = sys.argv[1:]
    sides = [words[1]] if len(words) > 1 else SIDES
    number = int(words[2]) if len(words) > 2 else None
    good = True
    t = tern_test.Test()
    try:
        world = prepare(t)
        for case in CASES:
            if words and case.name != words[0]:
                continue
            complaints, tried = try_case(
                world, case, sides, lambda _, each: number in (None, each))
            print(f"{case.name}: {tried} boundaries, {'FAILED' if complaints else 'well'}")
            for text in complaints:
                print("  " + text[:3000])
                good = False
    finally:
        for text in t.close():
            print("  " + text)
            good = False
    if good:
        t.remove()
    else:
        print(f"  kept: {t.dir}")
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
