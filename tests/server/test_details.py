"""profile-set, details, and a profile's way to the followers, called directly."""
import sqlite3
import time

import tern_test
from tern_test import Api, Connection, check, check_equal, wait_for

from tern_helpers import metric, send_one

ALICE = "alice@example.org"


def set_profile(api, **fields):
    return api.call("profile-set", {"fields": fields})["stamp"]


def add_contact(api, address=ALICE):
    return api.call("contact-set", {"contacts": [{"address": address}]})["contacts"][0]


def exchange(api, method, body):
    """A call on a connection of its own: the bytes of the answer, and the answer."""
    connection = Connection(api.server.port)
    connection.request(f"/v1/{method}", body, api.token)
    status, _, answer = connection.answer()
    connection.close()
    check_equal(status, 200, method)
    return len(answer), answer


def test_only_differences_come(t):
    server = t.server()
    alice, bob = Api(server).register("alice"), Api(server).register("bob")
    stamp = set_profile(alice, name="Alice", status="in", phone="0815", note="x" * 1024)
    look = {"profiles": [[ALICE, 0], ["bob@example.org", 0], ["nobody@example.org", 0]]}
    answer = bob.call("details", look)
    check_equal(answer["profiles"], [{"address": ALICE, "stamp": stamp, "fields": {
        "name": "Alice", "note": "x" * 1024, "phone": "0815", "status": "in"}}], "with nothing held")
    look["profiles"][0][1] = stamp
    length, again = exchange(bob, "details", look)
    check(length < 40, f"with the newest held, {length} bytes: {again}")
    newer = set_profile(alice, name="", phone="4711")
    check(newer > stamp, "the stamp grows")
    answer = bob.call("details", look)["profiles"][0]
    check_equal((answer["stamp"], answer["fields"]["phone"], "name" in answer["fields"]),
                (newer, "4711", False), "what changed")
    check_equal(set_profile(alice, phone="4711"), newer, "set again to the same")
    answer = bob.call("details", {"profiles": [["nobody@example.org", 5], ["bob@example.org", 5]]})
    check_equal([(p["stamp"], p["fields"]) for p in answer["profiles"]], [(0, {}), (0, {})],
                "what the server doesn't have (any more)")
    check_equal(list(bob.call("details")), ["generation"], "nothing asked for")


def test_wrong_requests(t):
    server = t.server()
    alice = Api(server).register("alice")
    for fields, code in (({"Name": "x"}, "bad-field"), ({"": "x"}, "bad-field"),
                         ({"a b": "x"}, "bad-field"), ({"a" * 33: "x"}, "bad-field"),
                         ({"a": 1}, "bad-field"), ({"a": None}, "bad-field"),
                         ({"a": ["x"]}, "bad-field"), ({"a": "x" * 1025}, "too-large"),
                         ({f"f{n}": "x" for n in range(33)}, "too-large")):
        answer = alice.call("profile-set", {"fields": fields}, expect=None)
        check_equal(answer["error"]["code"], code, f"{fields}")
    check_equal(alice.call("profile-set", {}, expect=400)["error"]["code"], "bad-field", "no fields")
    set_profile(alice, **{f"f{n}": "x" for n in range(32)})
    answer = alice.call("profile-set", {"fields": {"f0": "y", "g": "y"}}, expect=413)
    check_equal(answer["error"]["code"], "too-large", "one field more than a profile has")
    fields = alice.call("details", {"profiles": [[ALICE, 0]]})["profiles"][0]["fields"]
    check_equal((len(fields), fields["f0"]), (32, "x"), "nothing of it was done")
    for body in ({"profiles": [["a b", 0]]}, {"profiles": [[ALICE]]}, {"profiles": [[ALICE, -1]]},
                 {"groups": [[ALICE, 0]]}, {"members": [{"group": ALICE, "since": 0}]},
                 {"profiles": [[ALICE, 0]] * 1001},
                 {"members": [{"group": "#g@example.org", "since": 0}] * 11}):
        answer = alice.call("details", body, expect=None)
        check(answer["error"]["code"] in ("bad-field", "too-large"), f"{body} {answer}")


def test_large_answers_come_in_pieces(t):
    server = t.server()
    count = 20
    users = [Api(server).register(f"u{n}") for n in range(count)]
    for user in users:
        set_profile(user, **{f"f{n}": "\x01" * 1024 for n in range(30)})
        user.close()
    held = {user.address: 0 for user in users}
    pieces = 0
    while True:
        answer = users[0].call("details", {"profiles": list(map(list, held.items()))})
        pieces += 1
        check(answer.get("profiles"), "each piece brings something")
        for profile in answer["profiles"]:
            check_equal(held[profile["address"]], 0, "each once")
            held[profile["address"]] = profile["stamp"]
        if "more" not in answer:
            break
    check(all(held.values()) and pieces > 2, f"{pieces} pieces")


def test_followers_see_the_stamp(t):
    server = t.server()
    alice, bob = Api(server).register("alice"), Api(server).register("bob")
    check("profile" not in add_contact(bob), "none yet")
    first = set_profile(alice, name="A")
    row = wait_for(lambda: bob.sync().get("contacts"), what="the stamp")[0]
    if "profile" not in row:  # the contact itself; the stamp comes behind it
        row = wait_for(lambda: bob.sync().get("contacts"), what="the stamp")[0]
    check_equal(row["profile"], first, "in login-sync")
    carol = Api(server).register("carol")
    check_equal(add_contact(carol)["profile"], first, "in the answer of contact-set")
    # Online: an event, while the poll is held.
    bob.sync()
    held = Connection(server.port)
    held.request("/v1/events", {"cursor": bob.cursor, "wait": 60000}, bob.token)
    wait_for(lambda: metric(server, "ternd_polls_held") == 1, what="the held poll")
    second = set_profile(alice, name="B")
    event = held.answer_json()[1]["events"][0]
    check_equal((event["event"], event["address"], event["profile"]), ("contact", ALICE, second),
                "the event")
    check(event["stamp"] > row["stamp"], "with a new stamp of the row")


def add_followers(server, count):
    """Accounts that have alice as a contact, written into the store; the server is down."""
    store = sqlite3.connect(server.store)
    first = store.execute("SELECT max(account_id) FROM account").fetchone()[0] + 1
    for n in range(first, first + count):
        store.execute("INSERT INTO account (account_id, address, password_hash, stamp)"
                      " VALUES (?, ?, '', 1)", (n, f"f{n}@example.org"))
        store.execute("INSERT INTO contact (owner_id, address, name, removed, stamp)"
                      " VALUES (?, ?, '', ?, 1)", (n, ALICE, n % 10 == 0))
    store.commit()
    store.close()
    return count - len([n for n in range(first, first + count) if n % 10 == 0])


def stamped(server):
    store = sqlite3.connect(f"file:{server.store}?mode=ro", uri=True)
    rows = dict(store.execute("SELECT owner_id, stamp FROM contact WHERE stamp > 1"))
    left = store.execute("SELECT count(*) FROM profile_push").fetchone()[0]
    store.close()
    check_equal(len(set(rows.values())), len(rows), "each stamp is one row's")
    return rows, left


def test_followers_over_a_kill(t):
    """kill -9 in the middle: those that got no stamp get it after the restart, the others no
    second one."""
    server = t.server(fixed=True)
    alice = Api(server).register("alice")
    server.stop()
    followers = add_followers(server, 20000)
    server.start()
    alice.close()
    set_profile(alice, name="A")
    wait_for(lambda: stamped(server)[0], what="the first batch")
    server.kill()
    before, left = stamped(server)
    check(0 < len(before) < followers and left == 1,
          f"{len(before)} of {followers} when it was killed")
    server.start()
    wait_for(lambda: stamped(server)[1] == 0, what="the rest")
    after = stamped(server)[0]
    check_equal(len(after), followers, "all of them, but those who removed the contact")
    check_equal({owner: after[owner] for owner in before}, before, "those that had theirs keep it")
    bob = Api(server).register("bob")
    add_contact(bob)
    alice.close()
    check(set_profile(alice, name="A") > 0, "set again to the same")
    rows, left = stamped(server)
    check_equal((len(rows), left), (followers + 1, 0), "and nobody has to know")


def test_sends_go_on_meanwhile(t):
    server = t.server(fixed=True)
    alice = Api(server).register("alice")
    server.stop()
    add_followers(server, 50000)
    server.start()
    alice.close()
    set_profile(alice, name="A")
    times = []
    while stamped(server)[1]:
        started = time.monotonic()
        send_one(alice, "x", ALICE)
        times.append(time.monotonic() - started)
    times.sort()
    print(f"# {len(times)} sends meanwhile, median {times[len(times) // 2] * 1000:.1f} ms,"
          f" longest {times[-1] * 1000:.1f} ms")
    check(len(times) >= 10, f"only {len(times)} sends while 50,000 followers were told")


tern_test.main()
