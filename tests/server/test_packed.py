"""Compression both ways (doc/protocol.md 1): what travels so, and what frames are refused."""
import json
import uuid

import tern_test
import tern_zstd
from tern_test import Api, Connection, check, check_equal, wait_for

from tern_helpers import key, metric, send_one

TAKES = ("Accept-Encoding: zstd",)
PACKED = ("Content-Encoding: zstd",)
MIB = 1024 * 1024


def ask(api, method, body, headers=()):
    """One request: status, whether the answer was compressed, its length on the wire, itself."""
    connection = Connection(api.server.port)
    connection.request(f"/v1/{method}", body, api.token, headers=headers)
    answer = connection.answer()
    connection.close()
    check(answer is not None, f"no answer to {method}")
    status, fields, data = answer
    encoding = fields.get("content-encoding")
    check(encoding in (None, "zstd"), f"encoding {encoding}")
    plain = tern_zstd.unpack(data) if encoding else data
    return status, bool(encoding), len(data), json.loads(plain)


def contacts(count):
    return {"contacts": [{"address": f"user{i}@example.org", "name": f"User number {i}",
                          "removed": False} for i in range(count)]}


def test_answers(t):
    server = t.server()
    alice, bob = Api(server).register("alice"), Api(server).register("bob")
    alice.call("contact-set", contacts(200))
    for i in range(30):
        send_one(alice, f"message {i} to bob, about the same things as ever")
    for method, api, body in (("login-sync", alice, {}),
                              ("pull", bob, {"want": [["alice@example.org", 1, 30]]})):
        status, packed, length, plain = ask(api, method, body)
        check_equal((status, packed), (200, False), f"{method} without a header")
        check(length > 2048, f"{method}: {length} bytes")
        status, packed, smaller, unpacked = ask(api, method, body, TAKES)
        check_equal((status, packed), (200, True), f"{method} with one")
        check_equal(unpacked, plain, f"{method} compressed")
        check(smaller * 2 < length, f"{method}: {smaller} of {length} bytes")
        check_equal(ask(api, method, body, ("accept-encoding: gzip, zstd;q=0",))[1], False,
                    "compressed though it is not wanted")
    bob.sync()
    check_equal(ask(bob, "login-sync", {"cursor": bob.cursor}, TAKES)[1], False,
                "a small answer compressed")
    status, packed, _, answer = ask(bob, "pull", {"want": 7}, TAKES)
    check_equal((status, packed, answer["error"]["code"]), (400, False, "bad-field"), "an error")


def test_events(t):
    server = t.server()
    alice, bob = Api(server).register("alice"), Api(server).register("bob")
    for text, expected in (("short", False), ("long " * 1000, True)):
        bob.sync()
        held = Connection(server.port)
        held.request("/v1/events", {"cursor": bob.cursor, "wait": 60000}, bob.token, headers=TAKES)
        wait_for(lambda: metric(server, "ternd_polls_held") == 1, what="a held poll")
        send_one(alice, text)
        status, fields, data = held.answer()
        check_equal((status, fields.get("content-encoding")),
                    (200, "zstd" if expected else None), "the poll's answer")
        answer = json.loads(tern_zstd.unpack(data) if expected else data)
        check_equal([e["text"] for e in answer["events"]], [text], "its events")
        held.close()


def test_pushes_to_many(t):
    """What a group is told of is not compressed for each of its members; what one asks for is."""
    server = t.server()
    people = [Api(server).register(name) for name in ("alice", "bob", "carol")]
    people[0].call("group-create", {
        "key": key(1), "address": "#team@example.org", "name": "Team", "history": False,
        "members": ["bob@example.org", "carol@example.org"]})
    polls = []
    for api in people[1:]:
        api.sync()
        polls.append(Connection(server.port))
        polls[-1].request("/v1/events", {"cursor": api.cursor, "wait": 60000}, api.token,
                          headers=TAKES)
    wait_for(lambda: metric(server, "ternd_polls_held") == 2, what="held polls")
    send_one(people[0], "long " * 1000, "#team@example.org")
    for held in polls:
        _, fields, data = held.answer()
        check_equal(fields.get("content-encoding"), None, "a push's encoding")
        check_equal([e["text"] for e in json.loads(data)["events"]], ["long " * 1000], "it")
        held.close()
    status, packed, _, again = ask(people[1], "events", {"cursor": people[1].cursor, "wait": 0},
                                   TAKES)
    check_equal((status, packed), (200, True), "what waited")
    check_equal([e["text"] for e in again["events"]], ["long " * 1000], "it again")


def test_requests(t):
    server = t.server()
    alice = Api(server).register("alice")
    Api(server).register("bob")
    batch = {"messages": [{"to": "bob@example.org", "key": str(uuid.uuid4()), "type": "text",
                           "text": f"number {i}"} for i in range(50)]}
    frame = tern_zstd.frame(json.dumps(batch).encode())
    status, packed, _, answer = ask(alice, "send", frame, PACKED)
    check_equal((status, len(answer["results"])), (200, 50), "a compressed send")
    check(all("msg_id" in result for result in answer["results"]), f"results {answer}")
    check(packed, "the answer to who sends zstd may be zstd")
    for i, result in enumerate(ask(alice, "send", batch)[3]["results"]):
        check_equal((result["msg_id"], result.get("repeated")), (i + 1, True), "sent again, plain")
    # A known size, and a token that comes with it.
    body = b'{"acks":[]}'
    sized = tern_zstd.sized_header(len(body)) + tern_zstd.raw(body)
    check_equal(ask(alice, "ack", sized, PACKED)[0], 200, "a frame that says its size")
    check_equal(ask(alice, "ack", tern_zstd.frame(b'{"acks":'), PACKED)[3]["error"]["code"],
                "bad-json", "what is in it is read as ever")


def bomb(blocks):
    """128 KiB of spaces a block, four bytes each."""
    return tern_zstd.header() + b"".join(
        tern_zstd.run(b" ", tern_zstd.BLOCK, i == blocks - 1) for i in range(blocks))


def test_frames_that_are_refused(t):
    server = t.server()
    alice = Api(server).register("alice")
    body = b'{"acks":[]}'
    good = tern_zstd.frame(body)
    raw = tern_zstd.raw(body)
    wrong = {
        "bomb": (bomb(50000), 413, "too-large"),
        "a byte over the limit": (bomb(16)[:-4] + tern_zstd.run(b" ", tern_zstd.BLOCK, False)
                                  + tern_zstd.run(b" ", 1), 413, "too-large"),
        "says 4 GiB": (tern_zstd.sized_header(2 ** 32 - 1) + raw, 413, "too-large"),
        "says too little": (tern_zstd.sized_header(5) + raw, 400, "bad-request"),
        "says too much": (tern_zstd.sized_header(500) + raw, 400, "bad-request"),
        "cut in a block": (good[:-1], 400, "bad-request"),
        "cut in its header": (good[:5], 400, "bad-request"),
        "empty": (b"", 400, "bad-request"),
        "trailing garbage": (good + b"x", 400, "bad-request"),
        "two frames": (good + good, 400, "bad-request"),
        "not a frame": (body, 400, "bad-request"),
        "skippable": (b"\x50\x2a\x4d\x18\x04\0\0\0abcd" + good, 400, "bad-request"),
        "older than zstd 0.8": (b"\x27" + good[1:], 400, "bad-request"),
        "a window of 16 MiB": (tern_zstd.header(24) + raw, 501, "unsupported"),
        "a dictionary": (good[:4] + b"\1\x38\7" + raw, 501, "unsupported"),
    }
    for name, (data, status, code) in wrong.items():
        connection = Connection(server.port)
        connection.request("/v1/ack", data, alice.token, headers=PACKED)
        got = connection.answer_json()
        check_equal((got[0], got[1]["error"]["code"]), (status, code), name)
        wait_for(connection.closed_by_peer, what="the server to close")
        connection.close()
        # Nothing is unpacked for who has no token.
        connection = Connection(server.port)
        connection.request("/v1/ack", data, "A" * 43, headers=PACKED)
        check_equal(connection.answer_json()[0], 401, f"{name} without a token")
        connection.close()
    check_equal(ask(alice, "ack", tern_zstd.header(23) + raw, PACKED)[0], 200,
                "a window of 8 MiB")
    check_equal(ask(alice, "ack", good, PACKED)[0], 200, "a good one afterwards")


def test_limit_of_small_methods(t):
    server = t.server()
    api = Api(server)
    login = json.dumps({"address": "alice@example.org", "password": "x" * 20, "device": "d"})
    padded = login[:-1].encode() + b" " * (8192 - len(login)) + b"}"
    check_equal(len(padded), 8192, "as large as may be")
    check_equal(ask(api, "register", tern_zstd.frame(padded), PACKED)[0], 413,
                "a frame over the limit, told from its length")
    room = 8192 - len(login)
    frame = (tern_zstd.header() + tern_zstd.raw(login[:-1].encode(), False)
             + tern_zstd.run(b" ", room, False) + tern_zstd.raw(b"}"))
    check_equal(ask(api, "register", frame, PACKED)[0], 200, "exactly the limit")
    frame = (tern_zstd.header() + tern_zstd.raw(login[:-1].encode(), False)
             + tern_zstd.run(b" ", room + 1, False) + tern_zstd.raw(b"}"))
    status, _, _, answer = ask(api, "register", frame, PACKED)
    check_equal((status, answer["error"]["code"]), (413, "too-large"), "a byte more")


def test_encodings_of_the_head(t):
    server = t.server()
    alice = Api(server).register("alice")
    good = tern_zstd.frame(b'{"acks":[]}')
    for fields in (("Content-Encoding: gzip",), ("Content-Encoding: zstd, zstd",), PACKED * 2,
                   ("Content-Encoding: identity",) + PACKED):
        status, _, _, answer = ask(alice, "ack", good, fields)
        check_equal((status, answer["error"]["code"]), (501, "unsupported"), f"{fields}")


tern_test.main()
