"""What must hold of amendments and groups at the end of a run: see invariants.py, which uses this."""
import json
import os
import sqlite3
import uuid

from tern_programs import check

from databases import hears_of_recall, peer
from world import SUFFIXES


def replay(rows):
    """What all events of a conversation make of its texts, one after another: {msg_id: state}."""
    texts = {}
    for row in sorted(rows, key=lambda row: row.msg_id):
        if row.type == "text":
            texts[row.msg_id] = {"from": row.sender, "text": row.text, "edited": None,
                                 "recalled": False, "reactions": set()}
        target = texts.get(row.target) if row.type != "text" else None
        if target is None:
            continue
        if row.type == "recall":
            target.update(recalled=True, text="")
        elif row.type == "edit" and row.text and not target["recalled"] \
                and row.sender == target["from"]:
            target.update(text=row.text, edited=row.msg_id)
        elif row.type == "react":
            target["reactions"].add((row.sender, row.text))
        elif row.type == "unreact":
            target["reactions"].discard((row.sender, row.text))
    return texts


def folded_equals_replay(run):
    """What history shows, of rows that came in any order, is what they make in their order."""
    for name, cache in run.caches.items():
        for conversation in run.stored.of(cache.address):
            want = replay(cache.messages.get(conversation, []))
            done = run.world.run(run.world.devices[name], "--format=json", "history", conversation,
                                 "-n", "100000")
            check(done.code == 0, f"{done}")
            shown = [json.loads(line) for line in done.out.splitlines()]
            got = {m["msg_id"]: {
                "from": m["from"], "text": m.get("text", ""),
                "edited": None if m.get("recalled") else m.get("edited"),
                "recalled": m.get("recalled", False),
                "reactions": {(r["from"], r["reaction"]) for r in m.get("reactions", [])}}
                for m in shown if m.get("type") == "text" and "msg_id" in m}
            for state in want.values():
                if state["recalled"]:
                    state.update(edited=None, reactions=set())
            yield from (f"{name} {conversation} {number}: {got.get(number)}, not {want.get(number)}"
                        for number in sorted(want.keys() | got.keys())
                        if got.get(number) != want.get(number))


def recalled_texts(run):
    """What was taken back, of what anybody ever saw: messages, and the edits of them."""
    for number, (pair, _, _) in run.stored.heads.items():
        gone = {row.target for row in run.stored.rows[number] if row.type == "recall"}
        for row in run.stored.rows[number]:
            if row.msg_id in gone or (row.type == "edit" and row.target in gone):
                text = run.watch.texts.get((frozenset(pair), row.msg_id))
                if text:
                    yield (pair, row), text.split(" ")[0]


def concerns(run, name, pair, row):
    """Whether the device has to have heard of the recall."""
    own = run.caches[name].address
    if not pair[0].startswith("#"):
        return True
    return hears_of_recall(run.stored.of(own).get(pair[0], (0, 0, []))[2], row)


def recalled_text_is_nowhere(run):
    """Neither in a file of any cache or of the server, nor among the words to search for."""
    recalled = list(recalled_texts(run))
    for (pair, row), word in recalled:
        if row.text:
            yield f"the server has {pair} {row.msg_id} {word}"
    run.world.stop_server()
    files = {name: device.cache for name, device in run.world.devices.items()}
    files["server"] = run.world.server.store
    for name, path in files.items():
        for end in SUFFIXES:
            if not os.path.exists(path + end):
                continue
            with open(path + end, "rb") as file:
                data = file.read()
            yield from (f"{os.path.basename(path + end)} of {name} holds {word}: {pair} {row.msg_id}"
                        for (pair, row), word in recalled if word.encode() in data
                        and (name == "server" or concerns(run, name, pair, row)))
    for name in run.caches:
        db = sqlite3.connect(f"file:{files[name]}?mode=ro", uri=True)
        yield from (f"{name} finds {word}" for (pair, row), word in recalled
                    if concerns(run, name, pair, row) and db.execute(
                        "SELECT rowid FROM search WHERE search MATCH ?",
                        (f'"{word}"',)).fetchone())
        db.close()
    run.world.start_server()


def amendments_survive(run):
    """What the commands said against what the server has."""
    for key, amendment in run.amendments.items():
        place = run.stored.keys.get((uuid.UUID(key).bytes, amendment.account))
        outcomes = {outcome for _, outcome in amendment.tries}
        what = f"{amendment.kind} of {amendment.to} {amendment.target}: {amendment.tries}"
        failed = any(row["key"] == uuid.UUID(key).bytes and row["failure"]
                     for cache in run.caches.values() for row in cache.queue)
        if place is None:
            # What came last on each device holds: one that was kept may have been refused since.
            last = dict(amendment.tries).values()
            if "sent" in outcomes or ("kept" in last and not failed):
                yield f"lost: {what}"
            continue
        if outcomes == {"not"}:
            yield f"it was said not to be sent: {what}"
        row = next((r for r in run.stored.rows[place[0]] if r.msg_id == place[1]), None)
        to = peer(run.stored.heads[place[0]][0], amendment.account)
        if row and (row.type, row.target, to) != (amendment.kind, amendment.target, amendment.to):
            yield f"astray: {what}: {to} {row}"


def members_are_what_events_say(run):
    """Nobody is added who is in, or leaves who isn't; and who is in sees what comes, and no other."""
    for number, (pair, first, _) in run.stored.heads.items():
        if not pair[0].startswith("#") or first > 1:
            continue
        inside = set()
        for row in run.stored.rows[number]:
            who = {"created": row.sender, "left": row.sender}.get(row.type, row.text)
            if row.type in ("created", "added"):
                if who in inside:
                    yield f"{pair[0]} {row.msg_id}: {who} was in already"
                inside.add(who)
            elif row.type in ("left", "removed"):
                if who not in inside:
                    yield f"{pair[0]} {row.msg_id}: {who} was not in"
                inside.discard(who)
        stored = {account for (account, n), (role, _) in run.stored.roles.items()
                  if n == number and role}
        if stored != inside:
            yield f"{pair[0]}: {sorted(stored)} are in, by events {sorted(inside)}"
        seeing = {account for (account, n), spans in run.stored.spans.items()
                  if n == number and spans[-1][1] is None}
        if seeing != inside:
            yield f"{pair[0]}: {sorted(seeing)} see on, {sorted(inside)} are in"
        owners = [account for (account, n), (role, _) in run.stored.roles.items()
                  if n == number and role == OWNER]
        if len(owners) != bool(inside):
            yield f"{pair[0]}: owners {owners}"


OWNER = 3
ALL = (folded_equals_replay, amendments_survive, members_are_what_events_say)
