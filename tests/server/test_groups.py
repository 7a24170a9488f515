"""Groups, called directly: who is told what, repeats, wrong fields, several devices, revoked ones."""
import sqlite3

import tern_test
from tern_test import Api, Connection, check, check_equal

from tern_helpers import key, metric, pulled, send_one

TEAM = "#team@example.org"


def people(t, *names):
    server = t.server()
    apis = [Api(server).register(name) for name in names]
    for api in apis:
        api.sync()
    return apis


def create(api, number=1, members=(), **more):
    return api.call("group-create", {
        "key": key(number), "address": TEAM, "name": "Team", "history": False,
        "members": [f"{m}@example.org" for m in members], **more})


def change(api, action, *members, expect=200, **more):
    body = {"group": TEAM, "action": action, **more}
    if members:
        body["members"] = [f"{m}@example.org" for m in members]
    return api.call("group-change", body, expect=expect)


def refused(api, action, *members, **more):
    return change(api, action, *members, expect=None, **more)["error"]["code"]


def say(api, text, expect=None):
    result = send_one(api, text, TEAM)
    code = result["error"]["code"] if "error" in result else None
    check_equal(code, expect, f"sending {text}")
    return result


def events(api, wait=0):
    """All that waits for the device, once."""
    got = []
    while True:
        answer = api.call("events", {"cursor": api.cursor, "wait": wait})
        check("resync" not in answer, "events says resync")
        check_equal(answer["from"], api.cursor[1], "where the interval begins")
        more = answer.get("events", [])
        stamps = [e["stamp"] for e in more]
        check(stamps == sorted(set(stamps)), f"in the order of their stamps: {more}")
        check(all(answer["from"] < s <= answer["to"] for s in stamps), f"in the interval: {answer}")
        got += more
        api.cursor = [answer["generation"], answer["to"]]
        if not more:
            return got


def told(api):
    """The events, in short."""
    lines = []
    for e in events(api):
        if e["event"] == "message":
            lines.append(f"{e['msg_id']} {e['type']} {e['text']}" + (" key" if "key" in e else ""))
        elif e["event"] == "group":
            lines.append(f"{e['name']}" + (" left" if e.get("left") else ""))
        else:
            lines.append(f"{e['conversation']} {e['first']}-{e['last']}")
    return lines


def test_all_members_are_told(t):
    alice, bob, carol, dan = people(t, "alice", "bob", "carol", "dan")
    answer = create(alice, members=["bob", "carol", "nobody"])
    check_equal(answer["group"], {"address": TEAM, "name": "Team",
                                  "stamp": answer["group"]["stamp"]}, "the group")
    check_equal((answer["head"]["first"], answer["head"]["last"]), (1, 3), "the head")
    check_equal(answer["refused"], [["nobody@example.org", "no-recipient"]], "refused")
    say(bob, "hello")
    check_equal(told(alice), ["1 created Team", "2 added bob@example.org",
                              "3 added carol@example.org", f"{TEAM} 1-3", "Team", "4 text hello"],
                "what alice is told")
    check_equal(told(bob), ["2 added bob@example.org", "3 added carol@example.org", f"{TEAM} 2-3",
                            "Team"], "what bob is told")
    check_equal(told(carol), ["3 added carol@example.org", f"{TEAM} 3-3", "Team", "4 text hello"],
                "what carol is told")
    check_equal(told(dan), [], "what dan is told")
    # The same from login-sync.
    answer = Api(alice.server).register("carol", "login").sync()
    check_equal([(g["address"], g["name"]) for g in answer["groups"]], [(TEAM, "Team")], "groups")
    check_equal([(c["conversation"], c["first"], c["last"], c["ack"], c["read"])
                 for c in answer["conversations"]], [(TEAM, 3, 4, 2, 2)], "heads")
    check_equal([m["text"] for m in pulled(bob, TEAM)],
                ["bob@example.org", "carol@example.org", "hello"], "what bob pulls")


def test_a_message_writes_no_other_members_row(t):
    alice, bob, carol = people(t, "alice", "bob", "carol")
    create(alice, members=["bob", "carol"])

    def rows():
        store = sqlite3.connect(f"file:{alice.server.store}?mode=ro", uri=True)
        found = {row[0]: row[1:] for row in store.execute(
            "SELECT address, member.* FROM member JOIN account USING (account_id) WHERE kind = 2")}
        store.close()
        return found

    before = rows()
    check_equal(len(before), 3, "members")
    say(bob, "one")
    after = rows()
    check_equal([name for name in before if before[name] != after[name]], ["bob@example.org"],
                "rows that a message in the group changed")


def test_one_who_is_removed_hears_nothing_more(t):
    """Not even by what waits for it already, or by a poll that is held."""
    alice, bob = people(t, "alice", "bob")
    phone = Api(alice.server).register("bob", "login")
    phone.sync()
    create(alice, members=["bob"])
    told(phone)
    held = Connection(alice.server.port)
    held.request("/v1/events", {"cursor": phone.cursor, "wait": 60000}, phone.token)
    say(alice, "before")
    _, answer = held.answer_json()
    check_equal([e["text"] for e in answer["events"]], ["before"], "what the held poll got")
    phone.cursor = [answer["generation"], answer["to"]]
    change(alice, "remove", "bob")
    say(alice, "after")
    change(alice, "rename", name="Secret")
    for api in (bob, phone):
        lines = told(api)
        check_equal(lines[-3:], ["4 removed bob@example.org", f"{TEAM} 2-4", "Team left"],
                    "the end of it")
        check(not any("after" in line or "Secret" in line for line in lines), f"{lines}")
        check_equal(told(api), [], "and nothing more")
        check_equal([m["text"] for m in pulled(api, TEAM)],
                    ["bob@example.org", "before", "bob@example.org"], "what it may still pull")
        say(api, "let me in", "not-member")
        api.cursor = None
        answer = api.sync()
        check("Secret" not in str(answer), f"{answer}")
        check_equal(answer["groups"][0]["left"], True, "left")
    for action, more in (("rename", {"name": "x"}), ("history", {"history": True})):
        check_equal(refused(bob, action, **more), "not-member", action)
    check_equal(refused(bob, "add", "bob"), "not-member", "adding itself")
    check_equal(bob.call("receipts", {"conversation": TEAM, "msg_id": 3}, expect=None)["error"]
                ["code"], "not-member", "receipts")
    # In again: what was said meanwhile stays closed, covered by a page without messages.
    change(alice, "add", "bob")
    page = bob.call("pull", {"want": [[TEAM, 1, 100]]})["pages"][0]
    check_equal(([m["msg_id"] for m in page["messages"]], page["from"], page["to"], page["first"],
                 page["last"]), ([2, 3, 4, 7], 1, 7, 2, 7), "the page")


def test_repeats_make_nothing(t):
    alice, bob = people(t, "alice", "bob")
    first = create(alice, members=["bob"])
    told(bob)
    check_equal(create(alice, members=["bob"]), first, "the same request again")
    for api, number, name, code in ((alice, 1, "Other", "key-conflict"), (alice, 2, "Team", "exists"),
                                    (bob, 1, "Team", "exists")):
        answer = api.call("group-create", {"key": key(number), "address": TEAM, "name": name},
                          expect=None)
        check_equal(answer["error"]["code"], code, f"key {number} for {name}")
    for action, members, more in (
            ("add", ["bob"], {}), ("role", ["bob"], {"role": "admin"}),
            ("rename", [], {"name": "Crew", "topic": "Rowing"}), ("history", [], {"history": True}),
            ("remove", ["bob"], {}), ("add", ["bob"], {}), ("role", ["bob"], {"role": "owner"}),
            ("leave", [], {})):
        once = change(alice, action, *members, **more)
        stamp = metric(alice.server, "ternd_committed_stamp")
        check_equal(change(alice, action, *members, **more), once, f"{action} again")
        check_equal(metric(alice.server, "ternd_committed_stamp"), stamp, f"{action} again")
    check_equal([l for l in told(bob) if l[0].isdigit()],
                ["3 role bob@example.org admin", "4 renamed Crew", "5 removed bob@example.org",
                 "6 added bob@example.org", "7 role bob@example.org owner",
                 "8 left alice@example.org"], "what bob is told")


def test_keys_go_to_the_senders_devices_alone(t):
    alice, bob = people(t, "alice", "bob")
    laptop = Api(alice.server).register("alice", "login")
    laptop.sync()
    create(alice, members=["bob"])
    for api in (alice, laptop, bob):
        told(api)
    say(alice, "hello")
    check_equal(told(laptop), ["3 text hello key"], "the sender's other device")
    check_equal(told(bob), ["3 text hello"], "a member's")
    check_equal(told(alice), [], "the sending device")
    check_equal(["key" in m for m in pulled(laptop, TEAM)], [False, False, True], "pulled")
    check("key" not in pulled(bob, TEAM)[-1], "pulled by a member")


def test_a_revoked_device_is_out(t):
    alice, bob = people(t, "alice", "bob")
    create(alice, members=["bob"])
    told(bob)
    held = Connection(alice.server.port)
    held.request("/v1/events", {"cursor": bob.cursor, "wait": 60000}, bob.token)
    spare = Api(alice.server)
    spare.token = bob.token
    spare.call("logout")
    say(alice, "after")
    status, answer = held.answer_json()
    check_equal((status, answer["error"]["code"]), (401, "unauthorized"), "the held poll")
    for method, body in (("group-change", {"group": TEAM, "action": "leave"}),
                         ("group-create", {"key": key(9), "address": "#b@example.org", "name": "B"}),
                         ("receipts", {"conversation": TEAM, "msg_id": 1}),
                         ("pull", {"want": [[TEAM, 1, 9]]})):
        check_equal(spare.call(method, body, expect=None)["error"]["code"], "unauthorized", method)


def test_history_for_newcomers(t):
    alice, bob, carol = people(t, "alice", "bob", "carol")
    create(alice, history=True)
    say(alice, "one")
    change(alice, "add", "bob")
    check_equal(told(bob), ["3 added bob@example.org", f"{TEAM} 1-3", "Team"], "bob")
    check_equal([m["msg_id"] for m in pulled(bob, TEAM)], [1, 2, 3], "what bob may see")
    change(alice, "history", history=False)
    change(alice, "add", "carol")
    check_equal([m["msg_id"] for m in pulled(carol, TEAM)], [4], "what carol may see")
    check_equal([m["msg_id"] for m in pulled(bob, TEAM)], [1, 2, 3, 4], "bob as before")
    heads = [Api(alice.server).register(who, "login").sync()["conversations"][0]
             for who in ("alice", "bob", "carol")]
    check_equal([(head["first"], head.get("joined")) for head in heads],
                [(1, None), (1, 3), (4, None)], "where they came in, unless they see nothing older")


def test_receipts(t):
    alice, bob, carol = people(t, "alice", "bob", "carol")
    create(alice, members=["bob", "carol"])
    number = say(alice, "hello")["msg_id"]

    def receipts(api, conversation, msg_id):
        answer = api.call("receipts", {"conversation": conversation, "msg_id": msg_id}, expect=None)
        if "error" in answer:
            return answer["error"]["code"]
        return answer["members"], answer["acked"], answer["read"]

    check_equal(receipts(alice, TEAM, number), (2, 0, 0), "at first")
    bob.call("ack", {"acks": [[TEAM, 2, number]]})
    tern_test.wait_for(lambda: receipts(alice, TEAM, number) == (2, 1, 0), what="bob's receipt")
    # Of those that may see it: carol came with message 3.
    check_equal(receipts(alice, TEAM, 2), (1, 1, 0), "an older one")
    check_equal(receipts(carol, TEAM, 2), "bad-target", "one that carol may not see")
    check_equal(receipts(alice, TEAM, number + 1), "bad-target", "one that isn't there")
    check_equal(receipts(alice, "#other@example.org", 1), "not-member", "no such group")
    send_one(alice, "to bob", "bob@example.org")
    send_one(alice, "to me", "alice@example.org")
    check_equal(receipts(alice, "bob@example.org", 1), (1, 0, 0), "a direct conversation")
    check_equal(receipts(alice, "alice@example.org", 1), (0, 0, 0), "notes")
    check_equal(receipts(alice, "carol@example.org", 1), "bad-target", "none yet")


def test_wrong_fields(t):
    (alice,) = people(t, "alice")
    good = {"key": key(1), "address": TEAM, "name": "Team"}
    for wrong in ({"key": 1}, {"key": "x"}, {"address": "alice@example.org"}, {"address": "#team"},
                  {"name": ""}, {"name": 1}, {"name": None}, {"history": 1}, {"members": "x"},
                  {"members": [TEAM]}, {"members": [1]}, {"members": ["Bob@example.org"]}):
        answer = alice.call("group-create", {**good, **wrong}, expect=None)
        check_equal(answer.get("error", {}).get("code"), "bad-field", f"{wrong}: {answer}")
    for large in ({"name": "x" * 129}, {"members": ["bob@example.org"] * 1001}):
        answer = alice.call("group-create", {**good, **large}, expect=None)
        check_equal(answer["error"]["code"], "too-large", f"{str(large)[:50]}")
    answer = alice.call("group-create", {**good, "address": "#team@elsewhere.org"}, expect=None)
    check_equal(answer["error"]["code"], "no-recipient", "another domain")
    check_equal(refused(alice, "leave"), "no-recipient", "no such group")
    create(alice, members=[])
    for wrong in ({"action": "x"}, {"action": 1}, {"action": None}, {"action": "add"},
                  {"action": "add", "members": [TEAM]}, {"action": "remove", "members": None},
                  {"action": "role", "members": []}, {"action": "role", "role": "admin"},
                  {"action": "role", "members": [], "role": "none"},
                  {"action": "role", "members": [], "role": "owner"},
                  {"action": "role", "members": ["a@b.c", "d@e.f"], "role": "owner"},
                  {"action": "rename"}, {"action": "rename", "name": ""},
                  {"action": "rename", "name": "x", "topic": 1}, {"action": "history"}):
        answer = alice.call("group-change", {"group": TEAM, **wrong}, expect=None)
        check_equal(answer.get("error", {}).get("code"), "bad-field", f"{wrong}: {answer}")
    answer = change(alice, "rename", name="x", topic="y" * 1025, expect=None)
    check_equal(answer["error"]["code"], "too-large", "a topic")
    for wrong in ({}, {"conversation": TEAM}, {"conversation": TEAM, "msg_id": 0},
                  {"conversation": "x", "msg_id": 1}):
        check_equal(alice.call("receipts", wrong, expect=None)["error"]["code"], "bad-field",
                    f"{wrong}")
    check_equal([m["type"] for m in pulled(alice, TEAM)], ["created"], "nothing was done")


def test_a_thousand_at_once(t):
    """All that a request may name: one page of events after the other."""
    (alice,) = people(t, "alice")
    server = alice.server
    names = [f"m{n:04}" for n in range(40)]
    members = {name: Api(server).register(name) for name in names}
    last = members[names[-1]]
    last.sync()
    answer = create(alice, members=[names[n % 40] if n < 999 else "none" for n in range(1000)])
    check_equal(answer["head"]["last"], 41, "each is added once")
    check_equal(answer["refused"], [["none@example.org", "no-recipient"]], "refused")
    check_equal(told(last), [f"41 added {names[-1]}@example.org", f"{TEAM} 41-41", "Team"],
                "the last one")
    say(last, "hello")
    check_equal(told(alice)[-1], "42 text hello", "what alice is told")


tern_test.main()
