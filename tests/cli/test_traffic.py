"""What goes over the wire, as a proxy counts it, and what `status` says of it."""
import tern_test
from tern_test import check, check_equal

ALL = 300  # bytes of an unchanged login, request and answer with their heads


class Meter:
    """What a proxy saw since the last look."""

    def __init__(self, proxy):
        self.proxy = proxy
        self.look()

    def look(self):
        """(requests, bytes up, bytes down), and begins anew."""
        proxy = self.proxy
        now = (len(proxy.requests), proxy.bytes_up, proxy.bytes_down)
        seen = tuple(n - b for n, b in zip(now, getattr(self, "before", (0, 0, 0))))
        self.before = now
        return seen


def told(user):
    """The same numbers, as status has them."""
    status = user.json("status")[0]
    return status["requests"], status["bytes_up"], status["bytes_down"]


def with_contacts(t, proxy, name, count):
    user = t.user(name)
    user.register(proxy.url)
    for start in range(0, count, 500):
        user.run("contact", "add", *(f"contact{i}@example.org"
                                     for i in range(start, min(start + 500, count))))
    user.run("contacts")
    return user


def test_an_unchanged_login_costs_the_same_whatever_there_is(t):
    proxy = t.proxy(t.server())
    meter = Meter(proxy)
    few = with_contacts(t, proxy, "alice", 10)
    many = with_contacts(t, proxy, "carol", 1000)
    costs = []
    for user, count in ((few, 10), (many, 1000)):
        before = told(user)
        meter.look()
        check_equal(len(user.run("contacts").out.splitlines()), count, "contacts")
        seen = meter.look()
        check_equal(tuple(n - b for n, b in zip(told(user), before)), seen, "what status counts")
        costs.append(seen)
    check_equal(costs[1], costs[0], "the cost with 1000 contacts, and with 10")
    requests, up, down = costs[0]
    check_equal(requests, 1, "round trips")
    check(up + down < ALL, f"{up} bytes up, {down} bytes down")
    check_equal(proxy.requests[-1], "POST /v1/login-sync HTTP/1.1", "the request")


def test_large_things_travel_compressed(t):
    """Lists and messages, up and down, and what is in them is what was sent."""
    server = t.server()
    proxy = t.proxy(server)
    alice, bob = t.user("alice", server), t.user("bob")
    bob.register(proxy.url)
    meter = Meter(proxy)
    names = [f"a.contact.with.a.long.name.{i}@example.org" for i in range(400)]
    bob.run("contact", "add", *names)
    _, up, down = meter.look()
    plain = len("".join(names))
    check(up < plain / 2 and down < plain, f"contact add: {up} bytes up, {down} down")
    again = t.user("bob", home=t.path("home-again"))
    again.login(proxy.url)
    meter.look()
    check_equal(len(again.run("contacts").out.splitlines()), 400, "contacts on another device")
    check(meter.look()[2] < plain / 2, "contacts down")
    texts = [f"this is message number {i}, which is as long as they are" for i in range(300)]
    alice.run("send", "bob", "--lines", input="\n".join(texts))
    meter.look()
    got = bob.json("recv", "--count", "300", "--timeout", "30")
    check_equal([m["text"] for m in got], texts, "what came")
    check(meter.look()[2] < len("".join(texts)), "messages down")


def last(status):
    return tuple(status[f"last_{name}"] for name in ("requests", "bytes_up", "bytes_down"))


def test_the_last_sync(t):
    proxy = t.proxy(t.server())
    alice = t.user("alice")
    alice.register(proxy.url)
    meter = Meter(proxy)
    check("last_time" not in alice.json("status")[0], "a sync before any")
    check("last sync" not in alice.run("status").out, "a sync before any, in text")
    for _ in range(2):
        alice.run("contacts")
        check_equal(last(alice.json("status")[0]), meter.look(), "the last sync")
    first = alice.json("status")[0]
    check(first["last_time"].endswith("Z"), f"time {first}")
    alice.run("send", "alice", "a note")
    meter.look()
    after = alice.json("status")[0]
    check_equal(last(after), last(first), "the last sync behind a send")
    check(after["requests"] > first["requests"], f"all: {after}")
    alice.run("recv", expect=1)
    recv = meter.look()
    check_equal(last(alice.json("status")[0]), recv, "recv synced, too")
    check("last sync     " in alice.run("status").out, "the last sync, in text")


def test_what_a_full_pull_would_cost(t):
    """Told from the cache, it is what another device really spends that pulls everything."""
    server = t.server()
    proxy = t.proxy(server)
    alice, bob = t.user("alice", server), t.user("bob", server)
    check_equal(bob.json("status")[0]["full_requests"], 1, "a login-sync at least")
    bob.run("contact", "add", *(f"contact{i}@example.org" for i in range(700)))
    alice.run("send", "bob", "--lines",
              input="\n".join(f"message {i}, {'which is long, ' * (i % 5)}" for i in range(1500)))
    bob.run("fetch")
    status = bob.json("status")[0]
    again = t.user("bob", home=t.path("home-again"))
    again.login(proxy.url)
    meter = Meter(proxy)
    got = again.run("recv", "--from", "start")
    check_equal(len(got.out.splitlines()), 1500, "messages on another device")
    requests, up, down = meter.look()
    told, real = status["full_bytes"], up + down
    check(0.8 < told / real < 1.25, f"told {told} bytes, and it took {real}")
    check(abs(status["full_requests"] - requests) <= 2,
          f"told {status['full_requests']} requests, and it took {requests}")
    bob.run("contacts")
    status = bob.json("status")[0]
    spent = status["last_bytes_up"] + status["last_bytes_down"]
    check(spent * 20 < status["full_bytes"], f"a sync took {spent} bytes of {status}")


tern_test.main()
