"""What a schedule of replay.py is made of.

An action draws a step (a dict that says all, so that a step means the same whatever stands before
it) and does it. A part of tern that is added adds its actions here: a class with `name` and
`weight`, draw() and do(), in the list ACTIONS. A step of a command has what happens to it:

  faults   the plan of the device's proxy (fault_proxy.py)
  kill     the boundary at which the command is killed (tests/hooks/hooks.h)
  power    "1": the power goes with it, and what was not synced is lost; "exit": it goes where the
           command has ended well (power.c)
  disk     how far no file of it may grow beyond the size of its cache
  shift    seconds by which its clock is wrong
"""
import json
import signal

import tern_test
from tern_programs import check

from databases import Cache
from fault_proxy import ANSWERS, PARTS, REFUSALS

DOMAIN = tern_test.DOMAIN
DAY = 86400
SHIFTS = [-DAY, 365 * DAY, -3600, 60]
# What a command may exit with where something happened to it.
TROUBLE = (69, 74, 75, 76, 77)
GROUPS = ("+g0", "+g1")
# What it may say to what can't be: no such message or group, not in it, not allowed.
REFUSED = (1, 77)


class Draft:
    """A schedule under way: what draw() may look at. Nothing of it depends on how things went."""

    def __init__(self, devices, seed):
        self.devices, self.seed = devices, seed
        self.number = 0
        self.texts = {}      # device: how many texts it has written
        self.keyed = {}      # account: steps that sent under a key of ours
        self.amends = {}     # account: steps that amended a message
        self.groups = []     # those that a step makes
        self.following = {}  # device: the step after which nobody follows there any more
        self.nested = False
        self.restores = False
        self.backups = 0

    def device(self, r):
        return r.choice(sorted(self.devices))

    def somebody(self, r):
        return r.choice(sorted({name.rstrip("0123456789") for name in self.devices}))

    def somewhere(self, r):
        """Somebody, or a group."""
        return r.choice(self.groups) if self.groups and r.random() < 0.3 else self.somebody(r)

    def text(self, r, device):
        """One that there is once: its first word is part of no other."""
        self.texts[device] = self.texts.get(device, 0) + 1
        size = r.choice([0, 0, 0, 3, 40, 400, 3000])
        filler = r.choice(["x", "日本 ", "\"\\\t", "é\x1b[1m"]) * size
        return f"{device}n{self.number}t{self.texts[device]}z {filler}".strip()


# ---- what happens to a command ----

def draw_place(r):
    return {"part": r.choice(PARTS), "at": r.choice([0, 1, r.randrange(40), r.randrange(4000)])}


def draw_fault(r, draft):
    kind = r.choice(["cut", "cut", "cut", "kill", "crash", "instead", "replace", "shorten",
                     "twice", "twice", "stale", "slow", "meanwhile"])
    fault = {"kind": kind, "method": None, "nth": r.choice([0, 0, 0, 0, 0, 1, 1, 2])}
    if r.random() < 0.15:
        fault["method"] = r.choice(["send", "login-sync", "pull", "ack"])
    if kind in ("cut", "kill", "crash"):
        fault.update(draw_place(r))
    if kind == "cut":
        fault["hard"] = r.random() < 0.3
    if kind == "crash":
        fault["down"] = r.random() < 0.3
    if kind == "instead":
        fault["answer"] = r.choice([r.randrange(REFUSALS), r.randrange(len(ANSWERS))])
    if kind == "replace":
        fault["answer"] = r.randrange(len(ANSWERS))
    if kind == "shorten":
        fault["at"] = r.randrange(4000)
    if kind == "twice":
        fault["order"] = r.choice(["before", "after", "later"])
        fault["steps"] = r.choice([0, 1, 5, 20])
    if kind == "meanwhile":
        if draft.nested:
            return draw_fault(r, draft)
        draft.nested = True
        fault["where"] = r.choice(["request", "answer"])
        fault["steps"] = [draw_step(r, draft) for _ in range(r.choice([1, 1, 2]))]
        draft.nested = False
    return fault


def may_lose_power(draft, step):
    """No other process has the cache open."""
    return not draft.nested and step["device"] not in draft.following


def draw_hazard(r, draft, step):
    """Adds what happens to the step, to more than half of them."""
    kind = r.random()
    if kind < 0.45 and step["device"] not in draft.following:
        step["faults"] = [draw_fault(r, draft) for _ in range(r.choice([1, 2, 3]))]
        if draft.nested:
            step["faults"] = [f for f in step["faults"] if f["kind"] != "kill"]
    elif kind < 0.57:
        step["kill"] = r.choice([r.randrange(1, 5), r.randrange(1, 12), r.randrange(1, 30)])
        if r.random() < 0.5 and may_lose_power(draft, step):
            step["power"] = "1"
    elif kind > 0.9 and may_lose_power(draft, step):
        step["power"] = "exit"
    elif kind < 0.63:
        step["disk"] = r.choice([0, r.randrange(1 << 12), r.randrange(1 << 17)])
    if r.random() < 0.05:
        step["shift"] = r.choice(SHIFTS)
    return step


# ---- actions ----

class Action:
    weight = 10

    def draw(self, r, draft):
        """A step; None where there is none to be had now."""
        raise NotImplementedError

    def do(self, run, step):
        """Does it. run: the Run of replay.py."""
        raise NotImplementedError


def address_of(who):
    return f"{who.replace('+', '#')}@{DOMAIN}"


def is_group(who):
    return who.startswith("+")


class Message:
    """A text that somebody was told to send, and what became of each try."""

    def __init__(self, account, to, text, key=None):
        self.account, self.to, self.text, self.key = account, to, text, key
        self.tries = []  # (device, start, end, outcome, order within the command), ticks of the run


def outcome_of(done, queued):
    """What a send of one message said became of it."""
    if done.code in (74, 75) and "locked" in done.err or done.code < 0:
        return "unknown"
    said = {0: "kept" if queued else "sent", 75: "kept", 69: "not", 77: "not", 74: "unknown",
            76: "unknown", 1: "not"}
    check(done.code in said, f"what was that? {done}")
    return said[done.code]


def codes_of(step):
    """What a send may exit with: it may be in no such group."""
    return (0, *REFUSED) if is_group(step["to"]) else (0,)


def send_options(r):
    return r.choice([[], [], ["--queue"], ["--timeout", "5"]])


class Send(Action):
    name, weight = "send", 30

    def draw(self, r, draft):
        device = draft.device(r)
        step = {"device": device, "to": draft.somewhere(r), "text": draft.text(r, device),
                "options": send_options(r)}
        if r.random() < 0.4:
            step["options"] = [*step["options"], "--key", key_v7(r, draft)]
            draft.keyed.setdefault(device.rstrip("0123456789"), []).append(step)
        return draw_hazard(r, draft, step)

    def do(self, run, step):
        message = run.message(step)
        queued = "--queue" in step["options"]
        done = run.command(step, "send", step["to"], "-", *step["options"],
                           input=step["text"].encode(), codes=codes_of(step))
        message.tries.append((step["device"], done.start, done.end, outcome_of(done, queued), 0))


class SendAgain(Send):
    """Under the same key, maybe from another device of the account."""

    name, weight = "send-again", 12

    def draw(self, r, draft):
        device = draft.device(r)
        known = draft.keyed.get(device.rstrip("0123456789"))
        if not known:
            return None
        first = r.choice(known[-4:])
        key = first["options"].index("--key")
        return draw_hazard(r, draft, {
            "device": device, "to": first["to"], "text": first["text"],
            "options": [*send_options(r), *first["options"][key:key + 2]]})


class SendLines(Action):
    name, weight = "send-lines", 15

    def draw(self, r, draft):
        device = draft.device(r)
        lines = [draft.text(r, device).replace("\n", " ")[:2000].strip()
                 for _ in range(r.choice([1, 2, 3, 10, 40]))]
        return draw_hazard(r, draft, {"device": device, "to": draft.somewhere(r), "lines": lines,
                                      "options": send_options(r)})

    def do(self, run, step):
        messages = [run.message(step, line) for line in step["lines"]]
        done = run.command(step, "--format=json", "send", step["to"], "--lines", *step["options"],
                           input="".join(line + "\n" for line in step["lines"]).encode(),
                           codes=codes_of(step))
        said = [json.loads(line) for line in done.out.splitlines() if line.endswith("}")]
        for order, message in enumerate(messages):
            state = said[order]["state"] if order < len(said) else None
            outcome = {"sent": "sent", "queued": "kept", "failed": "not", None: "unknown"}[state]
            message.tries.append((step["device"], done.start, done.end, outcome, order))
        check(done.code != 0 or len(said) == len(messages),
              f"{len(messages)} lines, {len(said)} results: {done}")


class Amend(Action):
    """An edit, a recall or a reaction, of a message that the device's cache has, or of any number."""

    name, weight = "amend", 30

    def draw(self, r, draft):
        if draft.restores:  # after one a number may be another message's
            return None
        device = draft.device(r)
        kind = r.choice(["edit", "edit", "edit", "recall", "recall", "react", "react", "unreact"])
        text = draft.text(r, device) if kind == "edit" else r.choice(["+1", "no", "日本"])
        step = {"device": device, "to": draft.somewhere(r), "kind": kind,
                "text": None if kind == "recall" else text, "pick": r.randrange(1 << 16),
                "wild": r.random() < 0.05, "key": key_v7(r, draft), "options": send_options(r)}
        draft.amends.setdefault(device.rstrip("0123456789"), []).append(step)
        return draw_hazard(r, draft, step)

    def do(self, run, step):
        amendment = run.amendment(step, self.target(run, step))
        if amendment is None:
            return
        words = {"edit": ["edit"], "recall": ["recall"]}.get(step["kind"], ["react"])
        words += [step["to"], str(amendment.target)]
        words += {"edit": ["-"], "recall": []}.get(step["kind"], [amendment.text])
        words += ["--remove"] if step["kind"] == "unreact" else []
        done = run.command(step, *words, *step["options"], "--key", step["key"],
                           input=(amendment.text or "").encode(), codes=(0, *REFUSED))
        amendment.tries.append((step["device"], outcome_of(done, "--queue" in step["options"])))

    def target(self, run, step):
        """The number of one that may be amended so, as far as the cache knows; None where it holds
        no such one."""
        cache = Cache(run.world.devices[step["device"]].cache)
        found = [row.msg_id for row in cache.messages.get(address_of(step["to"]), ())
                 if row.type == "text" and (step["kind"] in ("react", "unreact")
                                            or row.sender == cache.address
                                            or (is_group(step["to"]) and step["pick"] % 4 == 0))]
        if step["wild"]:
            return 1 + step["pick"] % 40
        return found[-1 - step["pick"] % min(len(found), 8)] if found else None


class Amendment:
    """What somebody was told to change, under a key of ours, and what became of the tries."""

    def __init__(self, account, to, step, target):
        self.account, self.to, self.target = account, to, target
        self.kind, self.text = step["kind"], step["text"]
        self.tries = []  # (device, outcome)


class AmendAgain(Amend):
    """Under the same key, maybe from another device of the account."""

    name, weight = "amend-again", 6

    def draw(self, r, draft):
        device = draft.device(r)
        known = draft.amends.get(device.rstrip("0123456789"))
        if not known:
            return None
        step = {name: value for name, value in r.choice(known[-4:]).items()
                if name in ("to", "kind", "text", "pick", "wild", "key")}
        return draw_hazard(r, draft, {"device": device, **step, "options": send_options(r)})


class Read(Action):
    """Marks as read: all, or up to a number that may not be there."""

    name, weight = "read", 12

    def draw(self, r, draft):
        step = {"device": draft.device(r), "args": [draft.somewhere(r)]}
        if r.random() < 0.6:
            step["args"].append(str(r.choice([1, 2, 3, r.randrange(1, 30)])))
        if r.random() < 0.3:
            step["args"] += ["--timeout", "0"]
        return draw_hazard(r, draft, step)

    def do(self, run, step):
        run.command(step, "read", *step["args"], codes=(0, 1))


class GroupCreate(Action):
    name, weight = "group-create", 25

    def draw(self, r, draft):
        group = r.choice(GROUPS)
        if draft.restores or (group in draft.groups and r.random() < 0.8):
            return None
        draft.groups.append(group)
        people = sorted({name.rstrip("0123456789") for name in draft.devices})
        return draw_hazard(r, draft, {
            "device": draft.device(r), "args": [
                group, *r.sample(people, r.choice([1, 2, 2])), *r.choice([[], ["--history"]])]})

    def do(self, run, step):
        run.command(step, "group", "create", *step["args"], codes=(0, *REFUSED))


class GroupChange(Action):
    name, weight = "group-change", 18

    def draw(self, r, draft):
        if not draft.groups:
            return None
        group, word = r.choice(draft.groups), r.choice(
            ["invite", "invite", "invite", "kick", "leave", "role", "rename", "history"])
        who = [draft.somebody(r) for _ in range(r.choice([1, 1, 2]))]
        args = {"invite": who, "kick": who, "leave": [], "rename": [f"G{r.randrange(100)}"],
                "role": [r.choice(["owner", "admin", "member"]), who[0]],
                "history": [r.choice(["on", "off"])]}[word]
        return draw_hazard(r, draft, {"device": draft.device(r), "args": [word, group, *args]})

    def do(self, run, step):
        run.command(step, "group", *step["args"], codes=(0, *REFUSED))


class Fetch(Action):
    name, weight = "fetch", 20

    def draw(self, r, draft):
        return draw_hazard(r, draft, {"device": draft.device(r)})

    def do(self, run, step):
        run.command(step, "fetch", codes=(0,))


class Receive(Action):
    name, weight = "recv", 25

    def draw(self, r, draft):
        step = {"device": draft.device(r), "consumer": r.choice(["one", "own", "now"]),
                "options": []}
        if r.random() < 0.3:
            step["options"] = ["--count", str(r.choice([1, 2, 5])), "--timeout", "3"]
        if r.random() < 0.15:
            step["options"].insert(0, draft.somebody(r))
        return draw_hazard(r, draft, step)

    def do(self, run, step):
        run.receive(step, step["device"], step["consumer"], step["options"])


class Contact(Action):
    name, weight = "contact", 8

    def draw(self, r, draft):
        verb = r.choice(["add", "add", "remove"])
        return draw_hazard(r, draft, {
            "device": draft.device(r), "verb": verb, "who": f"friend{r.randrange(6)}",
            "options": ["--name", f"N{r.randrange(1000)}"] if verb == "add" else []})

    def do(self, run, step):
        run.command(step, "contact", step["verb"], step["who"], *step["options"], codes=(0,))


class Look(Action):
    name, weight = "look", 6

    def draw(self, r, draft):
        device = draft.device(r)
        return {"device": device, "args": r.choice(
            [["status"], ["history", draft.somewhere(r), "--events"], ["contacts", "--offline"],
             ["groups", "--all"], ["read"], ["search", device]])}

    def do(self, run, step):
        run.command(step, *step["args"], codes=(0, 1))


class Login(Action):
    """The same device again, with another token: the outbox stays. Sometimes out before."""

    name, weight = "login", 3

    def draw(self, r, draft):
        device = draft.device(r)
        step = draw_hazard(r, draft, {"device": device, "out": r.random() < 0.3})
        step.pop("kill", None) if step["out"] else None
        return step

    def do(self, run, step):
        run.login(step, step["device"], step["out"])


class Revoke(Action):
    """Ends the login of the account's other device, whatever that is doing."""

    name, weight = "revoke", 4

    def draw(self, r, draft):
        device = draft.device(r)
        others = [name for name in draft.devices if name != device
                  and name.rstrip("0123456789") == device.rstrip("0123456789")]
        return draw_hazard(r, draft, {"device": device, "other": r.choice(others)}) \
            if others else None

    def do(self, run, step):
        run.revoke(step, step["other"])


class Follow(Action):
    """recv --follow beside all that comes, for some steps; then it is told to end, or killed."""

    name, weight = "follow", 4

    def draw(self, r, draft):
        device = draft.device(r)
        if draft.nested or device in draft.following:
            return None
        steps = r.choice([2, 5, 10])
        draft.following[device] = draft.number + steps
        return {"device": device, "consumer": "live", "steps": steps,
                "signal": r.choice([int(signal.SIGTERM), int(signal.SIGKILL)])}

    def do(self, run, step):
        run.follow(step)


# ---- the server's own ----

class ServerEnds(Action):
    name, weight = "server", 8

    def draw(self, r, draft):
        if draft.nested:
            return {"how": r.choice(["kill", "drain"]), "steps": 0}
        return {"how": r.choice(["kill", "drain"]), "steps": r.choice([0, 0, 0, 1, 3]),
                "shift": r.choice([0, 0, 0, *SHIFTS])}

    def do(self, run, step):
        run.end_server(step["how"], step["steps"], step.get("shift", 0))


class ServerArmed(Action):
    """It is killed at the boundary of that number from its start on, whenever that comes."""

    name, weight = "server-armed", 10

    def draw(self, r, draft):
        return None if draft.nested else {
            "kill": r.choice([r.randrange(1, 8), r.randrange(1, 20), r.randrange(1, 60)]),
            "power": r.choice(["", "1"])}

    def do(self, run, step):
        run.arm_server(step["kill"], step["power"])


class ServerDisk(Action):
    name, weight = "server-disk", 5

    def draw(self, r, draft):
        return None if draft.nested else {
            "room": r.choice([0, r.randrange(1 << 13), r.randrange(1 << 17)]),
            "steps": r.choice([1, 2, 4])}

    def do(self, run, step):
        run.fill_server_disk(step["room"], step["steps"])


class ServerPrunes(Action):
    """Old messages go, as many as may: what some member lacks yet stays."""

    name, weight = "server-prunes", 4

    def draw(self, r, draft):
        if draft.nested or draft.restores:
            return None
        return {"keep": r.choice([1, 3, 10])}

    def do(self, run, step):
        run.prune_server(step["keep"])


class DeviceClock(Action):
    name, weight = "clock", 3

    def draw(self, r, draft):
        return {"device": draft.device(r), "shift": r.choice([0, *SHIFTS])}

    def do(self, run, step):
        run.set_clock(step["device"], step["shift"])


class DeviceDisk(Action):
    """That device's disk has little room left for some steps."""

    name, weight = "device-disk", 3

    def draw(self, r, draft):
        return None if draft.nested else {
            "device": draft.device(r), "room": r.choice([0, r.randrange(1 << 17)]),
            "steps": r.choice([1, 3])}

    def do(self, run, step):
        run.fill_device_disk(step["device"], step["room"], step["steps"])


class Backup(Action):
    """The server's database is copied; another one puts the copy back, as an operator would."""

    name, weight = "backup", 4

    def draw(self, r, draft):
        if not draft.restores or draft.nested:
            return None
        draft.backups += 1
        return {"number": draft.backups}

    def do(self, run, step):
        run.backup(step["number"])


class Restore(Action):
    name, weight = "restore", 4

    def draw(self, r, draft):
        if not draft.backups or draft.nested:
            return None
        return {"number": r.randrange(1, draft.backups + 1)}

    def do(self, run, step):
        run.restore(step["number"])


ACTIONS = [action() for action in (
    Send, SendAgain, SendLines, Amend, AmendAgain, Read, GroupCreate, GroupChange, Fetch, Receive,
    Contact, Look, Login, Revoke, Follow, ServerEnds, ServerArmed, ServerDisk, ServerPrunes, DeviceClock, DeviceDisk,
    Backup, Restore)]


def key_v7(r, draft):
    """A key of ours. Its time is that of no clock, so that a schedule is the same every time."""
    number = (1795500000000 + draft.number << 80) | r.getrandbits(80)
    number = number & ~(0xF << 76) | (0x7 << 76)
    number = number & ~(0x3 << 62) | (0x2 << 62)
    digits = f"{number:032x}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def draw_step(r, draft):
    while True:
        action = r.choices(ACTIONS, [a.weight for a in ACTIONS])[0]
        step = action.draw(r, draft)
        if step is not None:
            return {"do": action.name, **step}
