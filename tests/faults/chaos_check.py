"""What must hold after a run of chaos.py, or while it goes on."""
import json

from databases import Cache, Stored, peer


def check_cursors(chaos, devices=None):
    """Up to its cursor a cache holds everything, or knows that it misses it. What the device has
    sent itself and not yet been answered is in its outbox."""
    caches = [(device, Cache(device.user.cache)) for device in devices or chaos.devices]
    stored = Stored(chaos.server.store)
    for device, cache in caches:
        for conversation, (_, _, rows) in stored.of(device.user.address).items():
            last, held = cache.conversations.get(conversation, (0, []))
            ids = {n for a, b in held for n in range(a, b + 1)}
            there = {row.msg_id for row in cache.messages.get(conversation, [])}
            if ids != there:
                chaos.complain(f"{device.name} {conversation}: held {held}, rows {sorted(there)}")
            for row in rows:
                if (row.stamp <= cache.cursor and row.msg_id > last
                        and row.key not in cache.outbox):
                    chaos.complain(
                        f"{device.name}: cursor {cache.cursor} is beyond {conversation} "
                        f"{row.msg_id} ({row.text[:30]!r}, stamp {row.stamp}), "
                        f"which no hole shows")


def check_all(chaos):
    stored = Stored(chaos.server.store, thorough=True)
    check_server(chaos, stored)
    check_promises(chaos, stored)
    for device in chaos.devices:
        check_cache(chaos, device, stored)
        for consumer in device.consumers:
            check_consumer(chaos, device, consumer, stored)


def check_server(chaos, stored):
    if stored.complaints:
        chaos.complain(f"the store: {stored.complaints}")
    messages = 0
    for number, (pair, first, last) in stored.heads.items():
        rows = stored.rows[number]
        messages += len(rows)
        ids = [row.msg_id for row in rows]
        if ids != list(range(1, last + 1)) or first != 1:
            chaos.complain(f"{pair}: msg_ids are not 1..{last}: {ids}")
        stamps = [row.stamp for row in rows]
        if any(a >= b for a, b in zip(stamps, stamps[1:])):
            chaos.complain(f"{pair}: stamps do not grow")
        for row in rows:
            if stored.keys.get((row.key, row.sender)) != (number, row.msg_id):
                chaos.complain(f"{pair} {row.msg_id}: its key names "
                               f"{stored.keys.get((row.key, row.sender))}")
    if messages != len(stored.keys):
        chaos.complain(f"{messages} messages, {len(stored.keys)} keys")


def check_promises(chaos, stored):
    """What the commands said against what the server has."""
    where = {}
    for number, (pair, _, _) in stored.heads.items():
        for row in stored.rows[number]:
            where.setdefault(row.text, []).append((row.sender, peer(pair, row.sender), row.msg_id))
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
    cache = Cache(device.user.cache, thorough=True)
    own = device.user.address
    if cache.complaints:
        chaos.complain(f"{device.name}: {cache.complaints}")
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
        expected = [row if row.sender == own else row._replace(key=None) for row in rows]
        got = cache.messages.get(conversation, [])
        if got != expected:
            wrong = [(g, e) for g, e in zip(got, expected) if g != e][:3]
            chaos.complain(f"{what}: {len(got)} messages, {len(expected)} on the server; {wrong}")
        if cache.conversations[conversation] != (last, [(1, last)]):
            chaos.complain(f"{what}: {cache.conversations[conversation]}, not {last}")
        held, count, read = cache.counts[conversation]
        unread = sum(row.type == "text" and row.sender != own and row.msg_id > read for row in rows)
        if (held, count) != (last, unread):
            chaos.complain(f"{what}: counts {held} held, {count} unread, not {last}, {unread}")
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
    expected = {conversation: [row for row in rows if consumer == "own" or row.sender != own]
                for conversation, (_, _, rows) in stored.of(own).items()}
    places = {conversation: None if consumer == "now" else 0 for conversation in expected}
    repeats = {}
    total = 0
    for message in handed(device, consumer):
        total += 1
        conversation, msg_id = message["conversation"], message["msg_id"]
        rows = expected[conversation]
        index = next((i for i, row in enumerate(rows) if row.msg_id == msg_id), None)
        if index is None or rows[index].text != message["text"]:
            chaos.complain(f"{what}: not a message of the server: {message}")
            return
        place = places[conversation]
        if place is None:
            place = index
        again = message.get("repeated", False)
        if index > place or (index < place and not again):
            chaos.complain(f"{what}: {conversation} {msg_id} came where "
                           f"{rows[place].msg_id if place < len(rows) else 'the end'} was next"
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
