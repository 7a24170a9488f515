"""What must hold after a run of chaos.py, or while it goes on."""
import json
import sqlite3


def open_database(path):
    database = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30)
    database.execute("PRAGMA query_only = 1")
    return database


def peer(pair, own):
    """How a conversation is called by one of its two."""
    return pair[1] if pair[0] == own else pair[0]


class Stored:
    """All that the server has."""

    def __init__(self, path):
        db = open_database(path)
        db.execute("BEGIN")
        self.sound = db.execute("PRAGMA integrity_check").fetchone()[0]
        self.heads = {}     # conversation_id: ((address, address), first, last)
        self.rows = {}      # conversation_id: [(msg_id, from, time, stamp, text, key)]
        for number, a, b, first, last in db.execute(
                "SELECT conversation_id, a.address, b.address, first_msg_id, last_msg_id"
                " FROM conversation c JOIN account a ON a.account_id = account_a"
                " JOIN account b ON b.account_id = account_b"):
            self.heads[number] = ((a, b), first, last)
            self.rows[number] = []
        for number, *row in db.execute(
                "SELECT conversation_id, msg_id, address, time, m.stamp, body, key FROM message m"
                " JOIN account ON account_id = sender_id ORDER BY conversation_id, msg_id"):
            row[4] = json.loads(row[4])
            self.rows[number].append(tuple(row))
        self.keys = {(key, address): (number, msg_id) for key, address, number, msg_id in
                     db.execute("SELECT key, address, conversation_id, msg_id FROM message_key"
                                " JOIN account USING (account_id)")}
        self.contacts = {}
        for owner, *row in db.execute(
                "SELECT o.address, c.address, name, c.stamp, removed FROM contact c"
                " JOIN account o ON o.account_id = owner_id ORDER BY 1, 2"):
            self.contacts.setdefault(owner, []).append(tuple(row))
        self.generations = dict(db.execute("SELECT generation, stamp FROM generation"))
        db.close()

    def of(self, account):
        """The account's conversations: {peer: (first, last, rows)}."""
        return {peer(pair, account): (first, last, self.rows[number])
                for number, (pair, first, last) in self.heads.items() if account in pair}


def check_cursors(chaos, devices=None):
    """Up to its cursor a cache holds everything, or knows that it misses it. What the device has
    sent itself and not yet been answered is in its outbox."""
    caches = [(device, Cache(device.user.cache)) for device in devices or chaos.devices]
    stored = Stored(chaos.server.store)
    for device, cache in caches:
        for conversation, (_, _, rows) in stored.of(device.user.address).items():
            last, held = cache.conversations.get(conversation, (0, []))
            ids = {n for a, b in held for n in range(a, b + 1)}
            there = {row[0] for row in cache.messages.get(conversation, [])}
            if ids != there:
                chaos.complain(f"{device.name} {conversation}: held {held}, rows {sorted(there)}")
            for msg_id, _, _, stamp, text, key in rows:
                if stamp <= cache.cursor and msg_id > last and key not in cache.outbox:
                    chaos.complain(
                        f"{device.name}: cursor {cache.cursor} is beyond {conversation} "
                        f"{msg_id} ({text[:30]!r}, stamp {stamp}), which no hole shows")


class Cache:
    """What a device's cache holds."""

    def __init__(self, path):
        db = open_database(path)
        db.execute("BEGIN")
        self.generation, self.cursor = db.execute(
            "SELECT generation, cursor FROM account").fetchone()
        names = dict(db.execute("SELECT conversation_id, address FROM conversation"))
        self.conversations = {
            names[number]: (last, db.execute(
                "SELECT first, last FROM held WHERE conversation_id = ? ORDER BY first",
                (number,)).fetchall())
            for number, last in db.execute("SELECT conversation_id, last FROM conversation")}
        self.counts = {names[number]: (held, own, read) for number, held, own, read in db.execute(
            "SELECT conversation_id, held, own, read FROM conversation")}
        self.messages = {}
        for number, *row in db.execute(
                "SELECT conversation_id, msg_id, sender, time, stamp, text, key FROM message"
                " ORDER BY conversation_id, msg_id"):
            self.messages.setdefault(names[number], []).append(tuple(row))
        self.outbox = {key: failure for key, failure in
                       db.execute("SELECT key, failure FROM outbox")}
        self.contacts = db.execute(
            "SELECT address, name, stamp, removed FROM contact ORDER BY address").fetchall()
        self.sound = (db.execute("PRAGMA integrity_check").fetchone()[0],
                      db.execute("PRAGMA foreign_key_check").fetchall())
        self.waiting = db.execute("SELECT count(*) FROM place WHERE next IS NOT NULL").fetchone()[0]
        db.close()


def check_all(chaos):
    stored = Stored(chaos.server.store)
    check_server(chaos, stored)
    check_promises(chaos, stored)
    for device in chaos.devices:
        check_cache(chaos, device, stored)
        for consumer in device.consumers:
            check_consumer(chaos, device, consumer, stored)


def check_server(chaos, stored):
    if stored.sound != "ok":
        chaos.complain(f"the store: {stored.sound}")
    messages = 0
    for number, (pair, first, last) in stored.heads.items():
        rows = stored.rows[number]
        messages += len(rows)
        if [row[0] for row in rows] != list(range(1, last + 1)) or first != 1:
            chaos.complain(f"{pair}: msg_ids are not 1..{last}: {[row[0] for row in rows]}")
        stamps = [row[3] for row in rows]
        if any(a >= b for a, b in zip(stamps, stamps[1:])):
            chaos.complain(f"{pair}: stamps do not grow")
        for msg_id, sender, _, _, _, key in rows:
            if stored.keys.get((key, sender)) != (number, msg_id):
                chaos.complain(f"{pair} {msg_id}: its key names "
                               f"{stored.keys.get((key, sender))}")
    if messages != len(stored.keys):
        chaos.complain(f"{messages} messages, {len(stored.keys)} keys")


def check_promises(chaos, stored):
    """What the commands said against what the server has."""
    where = {}
    for number, (pair, _, _) in stored.heads.items():
        for msg_id, sender, _, _, text, _ in stored.rows[number]:
            where.setdefault(text, []).append((sender, peer(pair, sender), msg_id))
    for text in where.keys() - chaos.messages.keys():
        chaos.complain(f"nobody wrote {text[:80]!r}: {where[text]}")
    for text, message in chaos.messages.items():
        there = where.get(text, [])
        outcomes = {outcome for _, _, _, outcome, _ in message.tries}
        if len(there) > 1:
            chaos.complain(f"twice: {text[:30]!r} {there} {tries(message)}")
        if there and there[0][:2] != (message.account, message.to):
            chaos.complain(f"astray: {text[:30]!r} {there} {tries(message)}")
        if outcomes & {"sent", "kept"} and not there:
            chaos.complain(f"lost: {text[:30]!r} {tries(message)}")
        if outcomes == {"not"} and there:
            chaos.complain(f"it was said not to be sent: {text[:30]!r} {there} {tries(message)}")
    check_order(chaos, where)


def tries(message):
    return [(d.name, f"{start:.3f}", f"{end:.3f}", outcome, order)
            for d, start, end, outcome, order in message.tries]


def check_order(chaos, where):
    """Of a device, to a conversation: what was written before stands before."""
    streams = {}
    for text, message in chaos.messages.items():
        devices = {device for device, *_ in message.tries}
        if text in where and len(devices) == 1:
            streams.setdefault((devices.pop(), message.to), []).append(
                (where[text][0][2], message))
    for (device, to), stream in streams.items():
        stream.sort(key=lambda entry: entry[0])
        latest, lines = (0.0, None), {}
        for msg_id, message in stream:
            # A message that was sent under its key again may have been taken back in between.
            start = min(start for _, start, *_ in message.tries)
            end = max(end for _, _, end, *_ in message.tries)
            if end < latest[0]:
                chaos.complain(f"{device.name} to {to}: {msg_id} {message.text[:20]!r} was written "
                               f"before {latest[1]}, and stands behind")
            latest = max(latest, (start, f"{msg_id} {message.text[:20]!r}"))
            order = message.tries[0][4]
            if order < lines.get(start, -1):
                chaos.complain(f"{device.name} to {to}: {msg_id}: lines out of order")
            lines[start] = order


def check_cache(chaos, device, stored):
    cache = Cache(device.user.cache)
    own = device.user.address
    if cache.sound != ("ok", []):
        chaos.complain(f"{device.name}: {cache.sound}")
    if cache.outbox:
        chaos.complain(f"{device.name}: outbox {cache.outbox}")
    if cache.waiting:
        chaos.complain(f"{device.name}: {cache.waiting} places have something to hand on")
    theirs = stored.of(own)
    if cache.conversations.keys() != theirs.keys():
        chaos.complain(f"{device.name}: {sorted(cache.conversations)}, not {sorted(theirs)}")
        return
    for conversation, (_, last, rows) in theirs.items():
        what = f"{device.name} {conversation}"
        expected = [(*row[:5], row[5] if row[1] == own else None) for row in rows]
        got = cache.messages.get(conversation, [])
        if got != expected:
            wrong = [(g, e) for g, e in zip(got, expected) if g != e][:3]
            chaos.complain(f"{what}: {len(got)} messages, {len(expected)} on the server; {wrong}")
        if cache.conversations[conversation] != (last, [(1, last)]):
            chaos.complain(f"{what}: {cache.conversations[conversation]}, not {last}")
        held, count, read = cache.counts[conversation]
        if (held, count) != (last, sum(row[1] == own and row[0] > read for row in rows)):
            chaos.complain(f"{what}: counts {held} held, {count} own")
    if cache.contacts != stored.contacts.get(own, []):
        chaos.complain(f"{device.name}: contacts {cache.contacts}, not "
                       f"{stored.contacts.get(own, [])}")
    if cache.generation not in stored.generations:
        chaos.complain(f"{device.name}: generation {cache.generation!r} is unknown")


# ---- consumers ----

def handed(device, consumer):
    """What a consumer wrote. A line that a kill cut short may have another one behind it."""
    with open(device.log(consumer), errors="replace") as log:
        for line in log:
            at = line.rfind('{"conversation":')
            try:
                yield json.loads(line)
            except ValueError:
                try:
                    yield json.loads(line[at:])
                except ValueError:
                    pass


def check_consumer(chaos, device, consumer, stored):
    own = device.user.address
    what = f"{device.name} consumer {consumer}"
    expected = {conversation: [row for row in rows if consumer == "own" or row[1] != own]
                for conversation, (_, _, rows) in stored.of(own).items()}
    places = {conversation: None if consumer == "now" else 0 for conversation in expected}
    repeats = {}
    total = 0
    for message in handed(device, consumer):
        total += 1
        conversation, msg_id = message["conversation"], message["msg_id"]
        rows = expected[conversation]
        index = next((i for i, row in enumerate(rows) if row[0] == msg_id), None)
        if index is None or rows[index][4] != message["text"]:
            chaos.complain(f"{what}: not a message of the server: {message}")
            return
        place = places[conversation]
        if place is None:
            place = index
        again = message.get("repeated", False)
        if index > place or (index < place and not again):
            chaos.complain(f"{what}: {conversation} {msg_id} came where "
                           f"{rows[place][0] if place < len(rows) else 'the end'} was next"
                           f"{', marked as repeated' if again else ''}")
            return
        if again and not device.disturbed[consumer]:
            chaos.complain(f"{what}: {conversation} {msg_id} is repeated, and nothing was killed")
        if index < place:
            repeats[conversation] = repeats.get(conversation, 0) + 1
        places[conversation] = max(place, index + 1)
    for conversation, place in places.items():
        if place is not None and place != len(expected[conversation]):
            chaos.complain(f"{what}: {conversation}: {place} handed on, "
                           f"{len(expected[conversation])} are there")
    chaos.counts["handed on"] = chaos.counts.get("handed on", 0) + total
    chaos.counts["repeated"] = chaos.counts.get("repeated", 0) + sum(repeats.values())
