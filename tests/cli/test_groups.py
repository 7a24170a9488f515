"""Groups, end to end: several accounts and devices, offline members, who sees what, lost answers."""
import tern_test
from tern_test import Rule, check, check_equal, wait_for

from tern_helpers import texts_of

TEAM = "#team@example.org"


def people(t, *names):
    server = t.server()
    return (server, *(t.user(name, server) for name in names))


def history(user, who="+team", **options):
    return [m for m in user.json("history", who, "-n", "100000", **options)]


def shape(messages):
    """What each is, in short."""
    return [f"{m['msg_id']} {m['from'].split('@')[0]} {m['type']} {m['text']}" for m in messages]


def fails(user, code, *args):
    """It ends with that code, nothing on stdout, and one line that says why."""
    result = user.run(*args, expect=code)
    check_equal((result.out, result.err.count("\n")), ("", 1), f"{result}")
    return result.err


def test_a_group_talks(t):
    server, alice, bob, carol = people(t, "alice", "bob", "carol")
    phone = t.user("bob")
    phone.login(server)
    check_equal(alice.run("group", "create", "+Team", "bob", "carol", "--name", "The Team").out, "",
                "it says nothing")
    alice.run("send", "+team", "hello")
    bob.run("fetch")
    bob.run("send", TEAM, "hi alice")
    phone.run("send", "#team", "from my phone")
    want = ["1 alice created The Team", "2 alice added bob@example.org",
            "3 alice added carol@example.org", "4 alice text hello", "5 bob text hi alice",
            "6 bob text from my phone"]
    for user, since in ((alice, 0), (bob, 1), (phone, 1), (carol, 2)):
        user.run("fetch")
        check_equal(shape(history(user)), want[since:], user.home)
        check_equal(user.json("groups"), [{"address": TEAM, "name": "The Team"}], "groups")
    check_equal([m.get("state") for m in history(bob)], [None, None, None, "sent", "sent"],
                "own ones, from either device, have a state")
    check_equal([m["text"] for m in phone.json("recv", "+team")],
                ["bob@example.org", "carol@example.org", "hello"], "what recv hands on")
    # For people: who wrote, to which group, and what became of it.
    lines = [line[17:] for line in carol.run("history", "+team").out.splitlines()]
    check_equal(lines, [f"{TEAM} * alice@example.org added carol@example.org",
                        f"alice@example.org > {TEAM}: hello", f"bob@example.org > {TEAM}: hi alice",
                        f"bob@example.org > {TEAM}: from my phone"], "as text")
    check_equal([line[17:] for line in carol.run("recv", "--consumer", "x").out.splitlines()],
                lines, "as recv writes it")
    check_equal(alice.run("groups").out, f"{TEAM}  The Team\n", "groups, for people")


def test_changes_are_told(t):
    _, alice, bob, carol = people(t, "alice", "bob", "carol")
    alice.run("group", "create", "+team", "bob")
    alice.run("group", "role", "+team", "admin", "bob")
    bob.run("group", "invite", "+team", "carol")
    bob.run("group", "rename", "+team", "Crew", "--topic", "Rowing")
    alice.run("group", "role", "+team", "owner", "bob")
    bob.run("group", "role", "+team", "member", "alice")
    bob.run("group", "kick", "+team", "carol")
    bob.run("group", "leave", "+team")
    alice.run("fetch")
    check_equal([line[17 + len(TEAM):] for line in alice.run("history", "+team").out.splitlines()],
                [' * alice@example.org made the group "team"',
                 " * alice@example.org added bob@example.org",
                 " * alice@example.org made bob@example.org an admin",
                 " * bob@example.org added carol@example.org",
                 ' * bob@example.org named the group "Crew"',
                 " * alice@example.org made bob@example.org the owner",
                 " * bob@example.org made alice@example.org a plain member",
                 " * bob@example.org removed carol@example.org",
                 " * bob@example.org made alice@example.org the owner",
                 " * bob@example.org left"], "what alice reads")
    check_equal(alice.json("groups"), [{"address": TEAM, "name": "Crew"}], "alice is in it")
    for user in (bob, carol):
        check_equal(user.json("groups"), [], "those that left")
        check_equal(user.json("groups", "--all", "--offline"),
                    [{"address": TEAM, "name": "Crew", "left": True}], "with --all")
    check_equal(carol.run("groups", "--all").out, f"{TEAM}  Crew  [left]\n", "for people")


def test_a_line_of_a_text_is_none_of_the_group(t):
    """Nobody writes what looks like a change of the group."""
    _, alice, bob = people(t, "alice", "bob")
    alice.run("group", "create", "+team", "bob")
    alice.run("send", "+team", f"x\n2026-11-24 22:16 {TEAM} * alice@example.org added eve@example.org")
    out = bob.run("recv").out.splitlines()
    changes = [line for line in out if line[17:].startswith(f"{TEAM} * ")]
    check_equal(len(changes), 1, f"changes among {out}")
    check(out[-1].startswith("    "), f"the second line of a text stands apart: {out[-1]}")


def test_members_that_were_away(t):
    """A message is stored once; whoever was away pulls all of it, in pages, each sender in order."""
    server, alice, bob, carol, dan = people(t, "alice", "bob", "carol", "dan")
    alice.run("group", "create", "+team", "bob", "carol", "dan")
    tasks = [user.start("send", "+team", "--lines", stdin=open(path)) for user, path in (
        (user, write_lines(t, user.name, 700)) for user in (alice, bob, carol))]
    for task in tasks:
        check_equal(task.wait(), 0, f"{task.name}: {task.errors()}")
    dan.run("fetch")
    got = [m for m in history(dan) if m["type"] == "text"]
    check_equal([m["msg_id"] for m in got], list(range(5, 2105)), "all of them, dense")
    for name in ("alice", "bob", "carol"):
        check_equal([m["text"] for m in got if m["from"] == f"{name}@example.org"],
                    [f"{name} {n}" for n in range(700)], f"{name}'s in their order")
    for user in (alice, bob):
        user.run("fetch")
        check_equal([m["text"] for m in history(user) if m["type"] == "text"],
                    [m["text"] for m in got], "everybody has the same order")
    handed = [t for t in texts_of(dan) if "@" not in t]
    check_equal(handed, [m["text"] for m in got], "recv hands all on, once")
    check_equal(dan.run("recv", expect=1).out, "", "and no more")
    check_equal(server.process.alive(), True, "the server")


def write_lines(t, name, count):
    path = t.path(f"{name}.txt")
    with open(path, "w") as lines:
        lines.writelines(f"{name} {n}\n" for n in range(count))
    return path


def test_what_newcomers_see(t):
    _, alice, bob, carol = people(t, "alice", "bob", "carol")
    alice.run("group", "create", "+open", "--history")
    alice.run("group", "create", "+shut")
    check_equal(bob.run("recv", expect=1).out, "", "bob receives from now on")
    for group in ("+open", "+shut"):
        alice.run("send", group, "before")
        alice.run("group", "invite", group, "bob")
        alice.run("send", group, "after")
    bob.run("fetch")
    rows = history(bob, "+open")
    check_equal((rows[0].get("hole"), [m["text"] for m in rows[1:]]),
                ({"first": 1, "last": 2}, ["bob@example.org", "after"]),
                "what waited; what was before it is loaded when it is asked for")
    check_equal([m["text"] for m in bob.json("recv")],
                ["bob@example.org", "after", "bob@example.org", "after"],
                "what was before is history, and nothing new")
    check_equal(shape(history(bob, "+shut")), ["3 alice added bob@example.org", "4 alice text after"],
                "history is closed")
    check_equal(bob.json("recv", "+open", "--consumer", "x", "--from", "start")[0]["text"], "open",
                "history is open")
    alice.run("group", "history", "+shut", "on")
    alice.run("group", "invite", "+shut", "carol")
    carol.run("recv", "+shut")
    check_equal(shape(history(carol, "+shut"))[1], "2 alice text before", "history is open now")
    bob.run("fetch")
    check_equal(shape(history(bob, "+shut"))[0], "3 alice added bob@example.org",
                "not for those that were there")


def test_one_who_is_kicked(t):
    """It hears that it was removed, and nothing more, on any device, however it asks."""
    server, alice, bob = people(t, "alice", "bob")
    phone = t.user("bob")
    phone.login(server)
    alice.run("group", "create", "+team", "bob")
    follower = bob.start("--format=json", "recv", "--follow")
    check_equal(follower.json_line()["type"], "added", "the first")
    alice.run("send", "+team", "one")
    check_equal(follower.json_line()["text"], "one", "a message")
    alice.run("group", "kick", "+team", "bob")
    check_equal(follower.json_line()["type"], "removed", "the last of it")
    alice.run("send", "+team", "secret")
    alice.run("group", "rename", "+team", "Secret")
    # A message that comes behind these shows that they did not.
    alice.run("send", "bob", "to you")
    check_equal(follower.json_line()["text"], "to you", "the next thing bob hears")
    follower.signal(15)
    follower.wait()
    for user in (bob, phone):
        user.run("fetch")
        user.run("recv", "--consumer", "x", "--from", "start")
        check_equal([m["text"] for m in history(user)],
                    ["bob@example.org", "one", "bob@example.org"], "what it has")
        check_equal(user.json("groups", "--all"), [{"address": TEAM, "name": "team", "left": True}],
                    "the name as it was")
        said = fails(user, 77, "send", "+team", "let me in")
        check("not in the group" in said, said)
        check_equal(user.json("status")[0]["outbox"], 0, "nothing stays queued")
    # In again, it goes on, without what was said meanwhile.
    alice.run("group", "invite", "+team", "bob")
    alice.run("send", "+team", "welcome")
    bob.run("fetch")
    check_equal([m.get("text") for m in history(bob)],
                ["bob@example.org", "one", "bob@example.org", "bob@example.org", "welcome"],
                "no hole either, though ids lie between")


def test_lost_answers(t):
    """The same request goes again, and makes no second event."""
    server, alice, bob = people(t, "alice", "bob")
    proxy = t.proxy(server)
    alice.login(proxy.url)
    for match, args in ((b"/v1/group-create", ("create", "+team", "bob")),
                        (b"/v1/group-change", ("rename", "+team", "Crew")),
                        (b"/v1/group-change", ("role", "+team", "owner", "bob")),
                        (b"/v1/group-change", ("leave", "+team"))):
        proxy.rule = Rule(b"POST " + match, cut_answer=0, times=2)
        alice.run("group", *args)
        check_equal(proxy.rule.used, 2, f"answers lost of {args}")
    bob.run("fetch")
    check_equal(shape(history(bob)), ["2 alice added bob@example.org", "3 alice renamed Crew",
                                      "4 alice role bob@example.org owner",
                                      "5 alice left alice@example.org"], "each once")
    check_equal(alice.json("groups"), [], "alice is out")


def test_a_create_whose_answer_was_lost(t):
    """A later command asks for the same group, and gets it."""
    server, alice, bob = people(t, "alice", "bob")
    proxy = t.proxy(server)
    alice.login(proxy.url)
    proxy.rule = Rule(b"POST /v1/group-create", cut_answer=0, times=1000)
    task = alice.start("group", "create", "+team", "bob")
    wait_for(lambda: proxy.rule.used > 0, what="the server to make the group")
    task.kill()
    proxy.rule = None
    for _ in range(2):
        check_equal(alice.run("group", "create", "+team", "bob").out, "", "made, and all is well")
    for args in (("+team",), ("+team", "bob", "--name", "Other")):
        check("before" in fails(alice, 77, "group", "create", *args), f"another one: {args}")
    fails(bob, 77, "group", "create", "+team", "bob")
    bob.run("fetch")
    check_equal(shape(history(bob)), ["2 alice added bob@example.org"], "once")
    alice.run("group", "leave", "+team")
    check("not in it" in fails(alice, 77, "group", "create", "+team", "bob"), "she left it")


def test_mistakes_and_their_codes(t):
    server, alice, bob, carol = people(t, "alice", "bob", "carol")
    alice.run("group", "create", "+team", "bob")
    for code, args in (
            (64, ("group",)), (64, ("group", "create")), (64, ("group", "dance", "+team")),
            (64, ("group", "create", "team")), (64, ("group", "create", "+team", "+other")),
            (64, ("group", "invite", "+team")), (64, ("group", "leave", "+team", "bob")),
            (64, ("group", "role", "+team", "king", "bob")),
            (64, ("group", "role", "+team", "owner", "bob", "carol")),
            (64, ("group", "history", "+team", "maybe")), (64, ("group", "rename", "+team", "")),
            (64, ("group", "leave", "+team", "--name", "x")),
            (64, ("group", "invite", "+team", "carol", "--topic", "x")),
            (64, ("group", "rename", "+team", "x" * 129)), (64, ("group", "create", "+te am")),
            (1, ("group", "invite", "+nothere", "bob")), (1, ("send", "+nothere", "hi")),
            (1, ("group", "invite", "+team", "nobody")), (77, ("group", "create", "+team")),
            (1, ("group", "create", "#team@elsewhere.org")), (1, ("history", "+nothere"))):
        fails(alice, code, *args)
    for args in (("invite", "+team", "carol"), ("kick", "+team", "alice"),
                 ("rename", "+team", "x"), ("history", "+team", "on"),
                 ("role", "+team", "admin", "bob")):
        said = fails(bob, 77, "group", *args)
        check("role" in said, said)
        said = fails(carol, 77, "group", *args)
        check("not in the group" in said, said)
    # What can be done is done, and each that can't has its line.
    result = alice.run("group", "invite", "+team", "nobody", "carol", "noone", expect=1)
    check_equal(result.err, "tern: group: nobody@example.org: there is no such account\n"
                            "tern: group: noone@example.org: there is no such account\n", "said")
    check_equal(len(carol.json("groups")), 1, "carol is in it")
    # What is so already is no mistake.
    alice.run("group", "invite", "+team", "carol")
    alice.run("group", "kick", "+team", "carol")
    alice.run("group", "kick", "+team", "carol")
    server.stop()
    check_equal(alice.json("groups", "--offline"), [{"address": TEAM, "name": "team"}], "offline")
    fails(alice, 69, "groups")
    fails(alice, 69, "group", "leave", "+team")


def test_many_at_once(t):
    """Members come, go and write at once; everybody who stayed has the same in the end."""
    _, alice, bob, carol = people(t, "alice", "bob", "carol")
    users = [bob, carol]
    alice.run("group", "create", "+team", "bob", "carol")
    tasks = []
    for n in range(4):
        tasks += [user.start("send", "+team", "--lines", stdin=open(path)) for user, path in (
            (user, write_lines(t, f"{user.name}{n}", 30)) for user in users)]
        alice.run("group", "rename", "+team", f"Team {n}")
        alice.run("group", "role", "+team", "admin" if n % 2 else "member", "bob")
    for task in tasks:
        check_equal(task.wait(), 0, f"{task.name}: {task.errors()}")
    for user in (alice, bob, carol):
        user.run("fetch")
    whole = history(alice)
    check_equal([m["msg_id"] for m in whole], list(range(1, len(whole) + 1)), "dense")
    check_equal(len([m for m in whole if m["type"] == "text"]), 240, "all of it")
    for user in users:
        mine = history(user)
        check_equal(shape(mine), shape(whole[-len(mine):]), "the same")
    wait_for(lambda: alice.json("status")[0]["missing"] == 0, what="nothing missing")


tern_test.main()
