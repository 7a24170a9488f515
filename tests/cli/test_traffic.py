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


tern_test.main()
