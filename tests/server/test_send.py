"""send and pull, called directly: repeats, conflicts, predecessors, limits."""
import tern_test
from tern_test import Api, check, check_equal

from tern_helpers import key, pulled


def message(number, text="hi", to="bob@example.org", **more):
    return {"to": to, "key": key(number), "type": "text", "text": text, **more}


def pair(t):
    server = t.server()
    return Api(server).register("alice"), Api(server).register("bob")


def test_one_and_its_repeat(t):
    alice, bob = pair(t)
    first = alice.call("send", {"messages": [message(1)]})["results"][0]
    check_equal((first["msg_id"], first["conversation"], first["key"]),
                (1, "bob@example.org", key(1)), "the result")
    check("repeated" not in first, f"{first}")
    again = alice.call("send", {"messages": [message(1)]})["results"][0]
    check_equal({k: again[k] for k in first}, first, "the same result again")
    check_equal(again.get("repeated"), True, "repeated")
    got = pulled(bob, "alice@example.org")
    check_equal([(m["msg_id"], m["from"], m["text"]) for m in got],
                [(1, "alice@example.org", "hi")], "what bob has")
    check("key" not in got[0], "a key goes back only to the sender's devices")
    check_equal(pulled(alice, "bob@example.org")[0]["key"], key(1), "alice's own key")


def test_conflict(t):
    alice, _ = pair(t)
    alice.call("send", {"messages": [message(1)]})
    for other in (message(1, "other text"), message(1, to="alice@example.org")):
        result = alice.call("send", {"messages": [other]})["results"][0]
        check_equal(result["error"]["code"], "key-conflict", "the key with other content")


def test_no_recipient(t):
    alice, _ = pair(t)
    for to in ("nobody@example.org", "bob@elsewhere.example", "#group@example.org"):
        result = alice.call("send", {"messages": [message(1, to=to)]})["results"][0]
        check_equal(result["error"]["code"], "no-recipient", to)


def test_predecessors(t):
    alice, bob = pair(t)
    result = alice.call("send", {"messages": [message(2, after=key(1))]})["results"][0]
    check_equal(result["error"]["code"], "no-predecessor", "after one that is not there")
    batch = [message(1), message(2, after=key(1)), message(3, after=key(2))]
    results = alice.call("send", {"messages": batch})["results"]
    check_equal([r["msg_id"] for r in results], [1, 2, 3], "in order")
    results = alice.call("send", {"messages": [message(4, after=key(3))]})["results"]
    check_equal(results[0]["msg_id"], 4, "after one stored before")
    check_equal([m["msg_id"] for m in pulled(bob, "alice@example.org")], [1, 2, 3, 4], "dense")


def test_refused_in_a_batch(t):
    alice, bob = pair(t)
    batch = [message(1), message(2, to="nobody@example.org"), message(3, after=key(1))]
    results = alice.call("send", {"messages": batch})["results"]
    check_equal(results[0]["msg_id"], 1, "the first")
    check_equal(results[1]["error"]["code"], "no-recipient", "the second")
    check(results[2].get("msg_id") == 2 or results[2]["error"]["code"] == "not-stored",
          f"the third is stored, or to be sent again: {results[2]}")
    check_equal([r["key"] for r in results], [key(1), key(2), key(3)], "one result for each")


def test_batch_limits(t):
    alice, bob = pair(t)
    answer = alice.call("send", {"messages": [message(n) for n in range(1, 1002)]}, expect=None)
    check(answer.get("error", {}).get("code") in ("too-large", "bad-field"),
          f"1,001 messages: {str(answer)[:200]}")
    batch = [message(n, "x" * 1000) for n in range(1, 1001)]
    results = alice.call("send", {"messages": batch})["results"]
    check_equal([r["msg_id"] for r in results], list(range(1, 1001)), "1,000 messages")
    check_equal(alice.call("send", {"messages": []})["results"], [], "none")
    # More than a page of 1 MiB: it comes in several, dense.
    batch = [message(n + 2000, "y" * 65536) for n in range(1, 25)]
    alice.call("send", {"messages": batch})
    answer = bob.call("pull", {"want": [["alice@example.org", 1001, 1024]]})
    check_equal(answer.get("more"), True, "more than 1 MiB")
    got = pulled(bob, "alice@example.org", 1001, 1024)
    check_equal([m["msg_id"] for m in got], list(range(1001, 1025)), "all of it")


def test_pull_says_what_it_covers(t):
    alice, bob = pair(t)
    alice.call("send", {"messages": [message(n) for n in range(1, 11)]})
    answer = bob.call("pull", {"want": [["alice@example.org", 3, 5], ["eve@example.org", 1, 5],
                                        ["alice@example.org", 9, 20]]})
    pages = answer["pages"]
    check_equal([p["conversation"] for p in pages],
                ["alice@example.org", "eve@example.org", "alice@example.org"], "in order")
    check_equal([m["msg_id"] for m in pages[0]["messages"]], [3, 4, 5], "the first range")
    check_equal((pages[0]["from"], pages[0]["to"], pages[0]["first"], pages[0]["last"]),
                (3, 5, 1, 10), "what it covers")
    check_equal(pages[1].get("unknown"), True, "a conversation that isn't")
    check_equal([m["msg_id"] for m in pages[2]["messages"]], [9, 10], "the last range")


def test_hostile_text_travels_unchanged(t):
    alice, bob = pair(t)
    texts = ["\x1b[2J\x07\u202eevil", "'; DROP TABLE message; --", "👩‍👩‍👧 e\u0301 中文", "\n\r\t",
             "\\u0041 \" \\", "\u007f\u0085\u2028", "x" * 65536]
    alice.call("send", {"messages": [message(n, text) for n, text in enumerate(texts, 1)]})
    check_equal([m["text"] for m in pulled(bob, "alice@example.org")], texts, "the texts")


def test_notes_to_oneself(t):
    alice, _ = pair(t)
    batch = [message(n, to="alice@example.org") for n in (1, 2)]
    results = alice.call("send", {"messages": batch})["results"]
    check_equal([r["msg_id"] for r in results], [1, 2], "notes")
    check_equal(len(pulled(alice, "alice@example.org")), 2, "once each")


tern_test.main()
