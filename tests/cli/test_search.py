"""tern search: what is found, how it is shown, and that the index is never behind."""
import resource
import signal
import sqlite3

import tern_test
from tern_test import check, check_equal

from tern_helpers import pair


def found(user, *query, expect=0):
    """The texts of what is found, as they come."""
    return [hit["text"] for hit in user.json("search", *query, expect=expect)]


def filled(t):
    """Bob, who has messages of alice and carol and one of his own."""
    server, alice, bob = pair(t)
    carol = t.user("carol", server)
    alice.run("send", "bob", "--lines", input="The quick brown fox\nDie Straße, 今天天气不错\n")
    carol.run("send", "bob", "A lazy fox sleeps")
    bob.run("fetch")
    bob.run("send", "alice", "No FOX here")
    return server, alice, bob, carol


def test_json(t):
    _, _, bob, _ = filled(t)
    hits = bob.json("search", "fox")
    check_equal([(h["conversation"], h["msg_id"], h["text"]) for h in hits],
                [("alice@example.org", 3, "No FOX here"), ("carol@example.org", 1,
                 "A lazy fox sleeps"), ("alice@example.org", 1, "The quick brown fox")],
                "the newest first")
    check_equal([(h["snippet"], h["hits"]) for h in hits][:2],
                [("No FOX here", [[3, 6]]), ("A lazy fox sleeps", [[7, 10]])], "the hit is marked")
    check_equal(hits[0]["state"], "sent", "fields of every message")
    hit = bob.json("search", "天气")[0]
    begin, end = hit["hits"][0]
    check_equal(hit["snippet"][begin:end], "天气", "counted in characters")


def test_text(t):
    _, _, bob, _ = filled(t)
    lines = bob.run("search", "fox").out.splitlines()
    check_equal([line.split(" ", 2)[2] for line in lines],
                ["bob@example.org > alice@example.org 3: No *FOX* here",
                 "carol@example.org 1: A lazy *fox* sleeps",
                 "alice@example.org 1: The quick brown *fox*"], "lines")


def test_conditions(t):
    _, _, bob, _ = filled(t)
    check_equal(found(bob, "fox -lazy -from:bob"), ["The quick brown fox"], "excluded")
    check_equal(found(bob, '"quick brown"'), ["The quick brown fox"], "side by side")
    check_equal(found(bob, '"brown quick"', expect=1), [], "in that order")
    check_equal(found(bob, "qui* fox"), ["The quick brown fox"], "a beginning")
    check_equal(found(bob, "qui", expect=1), [], "no beginning was asked for")
    check_equal(found(bob, "fox in:carol"), ["A lazy fox sleeps"], "in:")
    check_equal(found(bob, "fox", "--in", "carol"), ["A lazy fox sleeps"], "--in")
    check_equal(found(bob, "from:carol"), ["A lazy fox sleeps"], "a sender alone")
    check_equal(found(bob, "strasse"), ["Die Straße, 今天天气不错"], "folded")
    check_equal(found(bob, "天"), ["Die Straße, 今天天气不错"], "one character")
    check_equal(len(found(bob, "fox after:1d")), 3, "after:")
    check_equal(found(bob, "fox before:1d", expect=1), [], "before:")
    check_equal(len(found(bob, "fox after:2020 before:2100-01-01")), 3, "both")


def test_pages(t):
    _, alice, bob = pair(t)
    alice.run("send", "bob", "--lines", input="".join(f"page {n}\n" for n in range(10)))
    bob.run("fetch")
    got = []
    args = []
    while True:
        hits = bob.json("search", "page", "-n", "4", *args, expect=(0, 1))
        if not hits:
            break
        check(len(hits) <= 4, "at most 4")
        got += [hit["text"] for hit in hits]
        args = ["--before", str(hits[-1]["position"])]
    check_equal(got, [f"page {n}" for n in reversed(range(10))], "all, once, newest first")
    told = bob.run("-v", "search", "page", "-n", "4").err
    check("--before" in told, f"-v says how to go on: {told}")
    check_equal(bob.run("-v", "search", "page", "-n", "10").err, "", "nothing to go on with")


def test_nothing_is_silent(t):
    _, _, bob, _ = filled(t)
    result = bob.run("search", "zebra", expect=1)
    check_equal((result.out, result.err), ("", ""), "an answer, not a mistake")


def test_wrong_use(t):
    _, _, bob = pair(t)
    for args in ([], ["-n", "0", "x"], ["x", "--before", "0"], ["--in", "a@b@c", "x"],
                 ["from:"], ["after:soon"], ["***"], ["--", "-fox"], ["x" * 2000],
                 [" ".join("x" * 65)]):
        result = bob.run("search", *args, expect=64)
        check_equal((result.out, result.err.count("\n")), ("", 1), f"one sentence: {result}")


def test_hostile_queries(t):
    _, _, bob, _ = filled(t)
    for query in ('"', '"" fox', "fox\"", "NEAR(fox lazy)", "words:fox", "{words}:fox", "^fox",
                  "fox AND", "fox OR OR", "(fox", "fox)", "'; DROP TABLE message; --", "fox\\",
                  "%s%n", "\x1b[2Jfox", "fox + * -", "-\"fox", "fox\u202e", "\ue000fbob"):
        result = bob.run("search", "--", query, expect=(0, 1, 64))
        check("\x1b" not in result.out + result.err, f"no control reaches a terminal: {result}")
    check_equal(len(found(bob, "fox")), 3, "all is as it was")


def test_text_of_a_message_is_made_safe(t):
    _, alice, bob = pair(t)
    alice.run("send", "bob", "evil \x1b[2J fox \u202e twice\nfox")
    bob.run("fetch")
    out = bob.run("search", "fox").out
    check("\x1b" not in out and "\u202e" not in out and out.count("\n") == 1, f"{out!r}")
    check(out.count("*fox*") == 2, f"both are marked: {out!r}")


def test_fetch_indexes_what_it_brought(t):
    _, alice, bob = pair(t)
    alice.run("send", "bob", "needle")
    bob.run("fetch")
    db = sqlite3.connect(bob.cache)
    behind = "SELECT (SELECT max(message_id) FROM message) - indexed FROM search_state"
    check_equal(db.execute(behind).fetchone()[0], 0, "messages behind after a fetch")
    # What nobody had time to index yet is indexed by the search.
    db.execute("UPDATE search_state SET indexed = 0")
    db.execute("INSERT INTO search (search) VALUES ('delete-all')")
    db.execute("DELETE FROM search_row")
    db.commit()
    check_equal(found(bob, "needle"), ["needle"], "found all the same")
    check_equal(db.execute(behind).fetchone()[0], 0, "messages behind after a search")


def test_a_follower_indexes_when_it_is_idle(t):
    _, alice, bob = pair(t)
    follower = bob.start("--format=json", "recv", "--follow")
    alice.run("send", "bob", "needle")
    check_equal(follower.json_line()["text"], "needle", "handed on")
    db = sqlite3.connect(bob.cache)
    tern_test.wait_for(
        lambda: db.execute("SELECT count(*) FROM search_row").fetchone()[0] == 1,
        what="the index")
    follower.kill()


def full_disk():
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (33 * 1024, 33 * 1024))


def test_a_cache_that_cannot_be_written(t):
    """It is searched as far as it is indexed, and that is said."""
    _, alice, bob = pair(t)
    alice.run("send", "bob", "first needle")
    bob.run("fetch")
    words = " ".join(f"w{n}" for n in range(9000))
    alice.run("send", "bob", f"second needle {words}")
    bob.run("recv", "--consumer", "other")
    result = bob.run("--format=json", "search", "needle", preexec=full_disk)
    check_equal([hit["text"] for hit in result.json()], ["first needle"], "what is indexed")
    check("1 message" in result.err, f"and that something is missing: {result}")
    check_equal(len(found(bob, "needle")), 2, "and then all")


tern_test.main()
