"""What must hold, each by its name: over all of a run of replay.py, and at its end.

A part of tern that is added adds its own: a function with @at_the_end that takes the Run, with
run.stored (databases.Stored) and run.caches ({device: databases.Cache}) filled in, and yields a
sentence for each thing that is wrong.
"""
import collections
import json
import sqlite3

from tern_programs import check

import invariants_amend
from databases import UNSTEADY, Cache, Stored, both, content, hears_of_recall, peer

AT_THE_END = []


def at_the_end(function):
    AT_THE_END.append(function)
    return function


def check_all(run):
    """Everything that is to hold at the end; the server still runs."""
    run.stored = Stored(run.world.server.store, thorough=True)
    run.caches = {name: Cache(device.cache, thorough=True)
                  for name, device in run.world.devices.items()}
    for function in AT_THE_END:
        for text in function(run):
            run.complain(f"{function.__name__}: {text}")


def handed_on(text):
    """The messages among recv's lines. A kill may have cut one short, with another behind it."""
    found = []
    for line in text.splitlines():
        try:
            message = json.loads(line)
        except ValueError:
            try:
                message = json.loads(line[line.rfind('{"conversation":'):])
            except ValueError:
                continue
        # What a kill left of a line may be JSON by itself: a number.
        if isinstance(message, dict) and "msg_id" in message and "from" in message:
            found.append(message)
    return found


def lacks(run, name, consumer=None):
    """What the server has and the device's cache doesn't, or the consumer was not given yet."""
    device = run.world.devices[name]
    cache = Cache(device.cache)
    found = []
    stored = Stored(run.world.server.store)
    for conversation, (first, last, rows) in stored.of(device.address).items():
        ranges = cache.conversations.get(conversation, (0, []))[1]
        # What was in a group before is history, which sync asks for.
        came = max((row.msg_id for row in rows
                    if row.type == "added" and row.text == device.address), default=first)
        if last >= first and (not ranges or ranges[-1][0] > came or ranges[-1][1] != last):
            found.append(f"{conversation} {first}-{last}: {ranges}")
    found += [f"{key}: {place}" for key, place in cache.places.items()
              if key[0] == consumer and place[2] is not None]
    return found


# ---- while it runs ----

class Watch:
    """Looks at databases after each step."""

    def __init__(self, run):
        self.run = run
        self.known = {}    # name of a number: the highest seen
        self.ended = {}    # device without a login: how many messages its cache held then
        self.ever = {}     # device: {text: conversation} of what its cache ever held
        self.texts = {}    # (both sides, msg_id): the text of a message or an edit
        self.rows = {}     # both sides: {msg_id: Row} of all that the server ever had

    def forget(self):
        """The server's history is another one now; caches learn of it by and by."""
        self.known = {}

    def forget_cache(self, name):
        """What is not durable of a cache may be lost: it can be asked for again."""
        self.known = {key: value for key, value in self.known.items() if key[0] != name}

    def sample(self, names):
        """names: the devices whose caches may have changed."""
        run = self.run
        stored = Stored(run.world.server.store)
        for number, (pair, first, last) in stored.heads.items():
            self.rises((pair, "first"), first)
            self.rises((pair, "last"), last)
            self.remember(pair, stored.rows[number])
            self.rows.setdefault(pair, {}).update(
                {row.msg_id: row for row in stored.rows[number]})
        for (account, number), (ack, read) in stored.members.items():
            self.rises((account, number, "ack"), ack)
            self.rises((account, number, "read"), read)
        for (device, number), ack in stored.acks.items():
            self.rises(("device", device, number, "ack"), ack)
        for name in sorted(names):
            try:
                cache = Cache(run.world.devices[name].cache)
            except sqlite3.OperationalError:
                # To look at it takes a little room, too.
                if name not in run.limited:
                    raise
                continue
            self.look(name, cache, stored)

    def remember(self, pair, rows):
        """Texts, which a recall may take away."""
        self.texts.update({(frozenset(pair), row.msg_id): row.text for row in rows
                           if row.text and row.type in ("text", "edit")})

    def text(self, pair, row):
        """What a row's text is, or was before its recall; None where nobody saw it."""
        return row.text or self.texts.get((frozenset(pair), row.msg_id))

    def rises(self, what, value):
        if value < self.known.get(what, value):
            self.run.complain(f"nothing_goes_back: {what} was {self.known[what]} and is {value}")
        self.known[what] = value

    def look(self, name, cache, stored):
        run = self.run
        if not run.restored:
            for conversation, head in cache.heads.items():
                for column in ("first", "last", "read", "read_told", "ack", "acked", "stamp",
                               "peer_ack", "peer_read"):
                    self.rises((name, conversation, column), head[column])
            self.rises((name, "cursor"), cache.cursor)
        if not run.restored or cache.generation == list(stored.generations)[-1]:
            for text in cursor_is_backed(cache, stored):
                run.complain(f"{name}: {text}")
        for text in ranges_partition(cache):
            run.complain(f"{name}: {text}")
        for conversation, rows in cache.messages.items():
            self.remember(both(cache.address, conversation), rows)
        held = sum(map(len, cache.messages.values()))
        if run.logged_in[name] is not False:
            self.ended.pop(name, None)
        elif held > self.ended.setdefault(name, held):
            run.complain(f"nothing_reaches_the_revoked: {name} held {self.ended[name]} messages "
                         f"when its login ended, and holds {held}")
        self.ever.setdefault(name, {}).update(
            {row.text: conversation for conversation, rows in cache.messages.items()
             for row in rows if row.type == "text" and row.text})


def cursor_is_backed(cache, stored):
    """Up to its cursor a cache holds everything, or knows that it misses it. What the device sent
    itself and was not answered yet is in its outbox."""
    for conversation, (first, _, rows) in stored.of(cache.address).items():
        last = cache.conversations.get(conversation, (0, []))[0]
        if any(row.type == "added" and row.text == cache.address and row.stamp > cache.cursor
               for row in rows):
            continue  # what it may see of this group grew since then
        for row in rows:
            if (row.stamp <= cache.cursor and row.msg_id > last and row.msg_id >= first
                    and row.key not in cache.outbox):
                yield (f"cursor_is_backed: {cache.cursor} is beyond {conversation} {row.msg_id} "
                       f"({row.text[:30]!r}, stamp {row.stamp}), which no hole shows")


def ranges_partition(cache):
    """Ranges and holes are all of [first, last], and what is held is there."""
    for conversation, (last, ranges) in cache.conversations.items():
        head = cache.heads[conversation]
        what = f"ranges_partition: {conversation} {head['first']}-{last}: {ranges}"
        end = head["first"] - 1
        for first, until in ranges:
            if not (first > end + (end >= head["first"]) and until >= first and until <= last):
                yield what
            end = until
        if head["held"] != sum(until - first + 1 for first, until in ranges):
            yield f"{what}, counted as {head['held']}"
        there = {row.msg_id for row in cache.messages.get(conversation, [])}
        held = {n for first, until in ranges for n in range(first, until + 1)}
        if held - there and not conversation.startswith("#"):
            yield f"{what}: no rows of {sorted(held - there)}"
        beyond = {n for n in there - held if n >= head["first"]}
        if beyond:
            yield f"{what}: rows of {sorted(beyond)} are in a hole"
        untold = {n for first, until in cache.acks.get(conversation, [])
                  for n in range(first, until + 1)}
        early = {n for n in untold - held if n >= head["first"]}
        if early:
            yield f"{what}: to be acknowledged: {sorted(early)}"


# ---- at the end: the server ----

@at_the_end
def databases_are_sound(run):
    yield from run.stored.complaints
    for name, cache in run.caches.items():
        for text in cache.complaints:
            yield f"{name}: {text}"


@at_the_end
def ids_are_dense(run):
    for number, (pair, first, last) in run.stored.heads.items():
        ids = [row.msg_id for row in run.stored.rows[number]]
        if ids != list(range(first, last + 1)):
            yield f"{pair}: {ids} are not {first}-{last}"


@at_the_end
def stamps_grow(run):
    for number, (pair, _, _) in run.stored.heads.items():
        stamps = [row.stamp for row in run.stored.rows[number]]
        if any(a >= b for a, b in zip(stamps, stamps[1:])) or max(stamps, default=0) > \
                run.stored.stamp:
            yield f"{pair}"


@at_the_end
def one_msg_id_for_each_key(run):
    seen = {}
    for number, rows in run.stored.rows.items():
        for row in rows:
            place = (number, row.msg_id)
            if row.key is None:  # what became of a group
                continue
            if seen.setdefault((row.key, row.sender), place) != place:
                yield f"{row.key.hex()} of {row.sender}: {seen[(row.key, row.sender)]}, {place}"
            named = run.stored.keys.get((row.key, row.sender))
            if named != place:
                yield f"{row.key.hex()} of {row.sender} is {place}, and names {named}"


@at_the_end
def acknowledged_sends_survive(run):
    """What the commands said against what the server has."""
    where = {}
    unseen = collections.Counter()  # messages whose text was recalled before anybody looked
    for number, (pair, _, _) in run.stored.heads.items():
        for row in run.stored.rows[number]:
            text = run.watch.text(pair, row)
            if row.type == "text" and text is None:
                unseen[row.sender, peer(pair, row.sender)] += 1
            elif row.type == "text":
                where.setdefault(text, []).append((row.sender, peer(pair, row.sender), row.msg_id))
        for row in pruned(run, number):
            text = run.watch.text(pair, row)
            if row.type == "text" and text is not None:
                where.setdefault(text, []).append((row.sender, peer(pair, row.sender), row.msg_id))
    for text in where.keys() - run.messages.keys():
        yield f"nobody wrote {text[:80]!r}: {where[text]}"
    for text, message in run.messages.items():
        there = where.get(text, [])
        outcomes = {outcome for _, _, _, outcome, _ in message.tries}
        what = f"{text[:30]!r} {there} {message.tries}"
        if len(there) > 1:
            yield f"twice: {what}"
        if there and there[0][:2] != (message.account, message.to):
            yield f"astray: {what}"
        if not there and unseen[message.account, message.to] and outcomes & {"sent", "kept"}:
            unseen[message.account, message.to] -= 1
        elif not there and ("sent" in outcomes or
                            ("kept" in outcomes and not is_refused(run, message))):
            yield f"lost: {what}"
        if outcomes == {"not"} and there and not run.restored:
            yield f"it was said not to be sent: {what}"


@at_the_end
def nothing_vanishes(run):
    """What a cache ever held is there, or was set aside where it can be seen: also where the server
    lost it."""
    for name, held in run.watch.ever.items():
        cache = run.caches[name]
        there = {(conversation, row.text) for conversation, (_, _, rows) in
                 run.stored.of(cache.address).items() for row in rows}
        there |= {(conversation, row.text) for conversation, rows in cache.messages.items()
                  for row in rows}
        recalled = {run.watch.text(both(cache.address, conversation), row)
                    for conversation, (_, _, rows) in
                    run.stored.of(cache.address, run.watch.rows).items()
                    for row in rows if row.type == "text" and not row.text}
        aside = {row["text"] for row in cache.aside}
        for text, conversation in held.items():
            if (conversation, text) not in there and text not in aside | recalled:
                yield f"{name} held {text[:30]!r} of {conversation}"


def may_fail(run, entry):
    """Whether the outbox may hold it for good, as one that failed: kept for so long that it can't be
    sent again safely, but only by a clock that was wrong; or refused, since somebody had left a
    group, or a message was recalled, when it came to be sent."""
    failure = entry["failure"] or ""
    if failure.startswith("unsure"):
        return run.shifted
    return bool(failure) and (entry["type"] != "text" or entry["conversation"].startswith("#"))


def pruned(run, number):
    """What the server had of a conversation, and has pruned."""
    pair, first, _ = run.stored.heads[number]
    return [row for _, row in sorted(run.watch.rows.get(pair, {}).items()) if row.msg_id < first]


def is_refused(run, message):
    """Kept, and not sent in the end, and shown so, or told by the same send later."""
    last = {device: outcome for device, _, _, outcome, _ in message.tries}
    return (message.to.startswith("#") and "kept" not in last.values()) or any(row["text"] == message.text and may_fail(run, row)
               for cache in run.caches.values() for row in cache.queue)


@at_the_end
def sender_order(run):
    """Of a device, to a conversation: what was written before stands before."""
    where = {run.watch.text(pair, row): row.msg_id for number, (pair, _, _) in
             run.stored.heads.items() for row in run.stored.rows[number] if row.type == "text"}
    streams = {}
    for text, message in run.messages.items():
        devices = {device for device, *_ in message.tries}
        if text in where and len(devices) == 1:
            streams.setdefault((devices.pop(), message.to), []).append((where[text], message))
    for (device, to), stream in streams.items():
        latest, lines = (0, None), {}
        for msg_id, message in sorted(stream, key=lambda entry: entry[0]):
            # One that was sent under its key again may have been taken back in between.
            start = min(start for _, start, *_ in message.tries)
            end = max(end for _, _, end, *_ in message.tries)
            if end < latest[0]:
                yield (f"{device} to {to}: {msg_id} {message.text[:20]!r} was written before "
                       f"{latest[1]}, and stands behind")
            latest = max(latest, (start, f"{msg_id} {message.text[:20]!r}"))
            order = message.tries[0][4]
            if order < lines.get(start, -1):
                yield f"{device} to {to}: {msg_id}: lines out of order"
            lines[start] = order


# ---- at the end: caches ----

@at_the_end
def every_cache_equals_the_server(run):
    for name, cache in run.caches.items():
        own = cache.address
        theirs = run.stored.of(own)
        if cache.conversations.keys() != theirs.keys():
            yield f"{name}: {sorted(cache.conversations)}, not {sorted(theirs)}"
            continue
        for conversation, (first, last, rows) in theirs.items():
            expected = [row if row.sender == own else row._replace(key=None) for row in rows]
            got = [row for row in cache.messages.get(conversation, []) if row.msg_id >= first]
            kept = {row.msg_id: row for row in got}
            expected = [kept.get(row.msg_id, row) if not row.text and row.type in ("text", "edit")
                        and not hears_of_recall(rows, row) else row for row in expected]
            if run.pruned:  # what it has and the server hasn't any more stays
                first = min(first, cache.heads[conversation]["first"])
            if got != expected:
                wrong = [(g, e) for g, e in zip(got, expected) if g != e][:2]
                yield (f"{name} {conversation}: {len(got)} messages, {len(expected)} on the "
                       f"server; {wrong}")
            ranges = [(first, last)] if last >= first else []
            if cache.conversations[conversation] != (last, ranges):
                yield f"{name} {conversation}: {cache.conversations[conversation]}, not {ranges}"
        if cache.groups != run.stored.groups(own):
            yield f"{name}: groups {cache.groups}, not {run.stored.groups(own)}"
        if cache.contacts != run.stored.contacts.get(own, []):
            yield (f"{name}: contacts {cache.contacts}, not {run.stored.contacts.get(own, [])}")
        if cache.generation not in run.stored.generations:
            yield f"{name}: generation {cache.generation!r} is unknown"


@at_the_end
def outboxes_are_empty(run):
    for name, cache in run.caches.items():
        left = [row for row in cache.queue if not may_fail(run, row)]
        if left:
            yield f"{name}: {[(row['text'][:30], row['failure']) for row in left]}"


@at_the_end
def all_is_acknowledged(run):
    """An acknowledgement may be lost with a server; not all that come after it."""
    for name, cache in run.caches.items():
        if cache.acks:
            yield f"{name}: not told: {cache.acks}"


@at_the_end
def nothing_waits_for_consumers(run):
    for name, cache in run.caches.items():
        waiting = {key: place for key, place in cache.places.items() if place[2] is not None}
        if waiting:
            yield f"{name}: {waiting}"


@at_the_end
def unread_is_what_is_counted(run):
    for name, cache in run.caches.items():
        counted = 0
        for conversation, rows in cache.messages.items():
            read = max(cache.heads[conversation]["read"], cache.heads[conversation]["first"] - 1)
            counted += sum(row.msg_id > read and row.sender != cache.address
                           and row.type == "text" for row in rows)
        done = run.world.run(run.world.devices[name], "--format=json", "status")
        said = json.loads(done.out.splitlines()[0])
        if (said["unread"], said["missing"]) != (counted, 0):
            yield f"{name}: status says {said}, {counted} are unread"


@at_the_end
def nothing_reaches_non_members(run):
    for name, cache in run.caches.items():
        theirs = run.stored.of(cache.address)
        for conversation, rows in cache.messages.items():
            may = {row.msg_id for row in theirs.get(conversation, (1, 0, []))[2]}
            first = theirs.get(conversation, (1, 0, []))[0]
            more = [row.msg_id for row in rows if row.msg_id not in may and row.msg_id >= first]
            if more:
                yield f"{name} {conversation}: {more}"


@at_the_end
def consumers_get_all_in_order(run):
    """Each message once, in order; again only where a run was disturbed, and then marked."""
    for (name, consumer), messages in run.handed.items():
        own = run.caches[name].address
        expected = {conversation: [row for row in rows if consumer == "own" or row.sender != own]
                    for conversation, (_, _, rows) in run.stored.of(own, run.watch.rows).items()}
        check_one = check_consumer_after_restore if run.restored else check_consumer
        yield from check_one(run, name, consumer, expected, messages)


def check_consumer_after_restore(run, name, consumer, expected, messages):
    """What was lost comes again under another number, to those that had not had it."""
    what = f"{name} consumer {consumer}"
    got = set()
    # Sent again by one who was never told that the server had it, and so can't say that it was this.
    unknown = {row["text"] for row in run.caches[name].aside}
    for message in messages:
        there = (message["conversation"], message.get("text"))
        if there in got and not message.get("repeated", False) and there[1] not in unknown:
            yield f"{what}: {message} came twice, and is not marked"
        got.add(there)
    missed = {(conversation, row.text) for conversation, rows in expected.items()
              for row in rows} - got
    if missed and consumer != "now":
        yield f"{what}: not handed on: {sorted(text[:30] for _, text in missed)}"


def fits(row, rows, message):
    """A message as it was, or as an edit made it, or without what was recalled."""
    texts = {row.text} | {edit.text for edit in rows
                          if edit.type == "edit" and edit.target == row.msg_id}
    return message["type"] == row.type and (
        not row.text or message.get("text", "") in texts or message.get("recalled", False))


def skip_pruned(rows, place, first, upto=None):
    """The place behind what the server has not any more: nobody who lacks it can ask for it."""
    while place < (len(rows) if upto is None else upto) and rows[place].msg_id < first:
        place += 1
    return place


def coming(rows, own):
    """Where among the rows that is by which somebody came into a group the last time; -1: nowhere."""
    return max((index for index, row in enumerate(rows)
                if row.type == "added" and row.text == own), default=-1)


def check_consumer(run, name, consumer, expected, messages):
    what = f"{name} consumer {consumer}"
    own = run.caches[name].address
    places = {conversation: None if consumer == "now" else 0 for conversation in expected}
    first = {conversation: head[0] for conversation, head in run.stored.of(own).items()}
    begun = set()
    for message in messages:
        conversation, msg_id = message["conversation"], message["msg_id"]
        rows = expected.get(conversation, [])
        index = next((i for i, row in enumerate(rows) if row.msg_id == msg_id), None)
        if index is None or not fits(rows[index], rows, message):
            yield f"{what}: not a message of the server: {message}"
            return
        place = index if places[conversation] is None else places[conversation]
        if conversation not in begun and index <= coming(rows, own):
            place = index  # what was there before it came into the group may be history to it
        begun.add(conversation)
        place = skip_pruned(rows, place, first[conversation], index)
        again = message.get("repeated", False)
        if index > place or (index < place and not again):
            yield (f"{what}: {conversation} {msg_id} came where "
                   f"{rows[place].msg_id if place < len(rows) else 'the end'} was next"
                   f"{', marked as repeated' if again else ''}")
            return
        if again and (name, consumer) not in run.disturbed:
            yield f"{what}: {conversation} {msg_id} is repeated, and nothing happened"
        places[conversation] = max(place, index + 1)
    for conversation, place in places.items():
        if place is not None:
            place = skip_pruned(expected[conversation], place, first[conversation])
        if place is not None and place != len(expected[conversation]):
            yield (f"{what}: {conversation}: {place} handed on, "
                   f"{len(expected[conversation])} are there")


for function in invariants_amend.ALL:
    at_the_end(function)


# ---- at the end: once more ----

@at_the_end
def up_to_date_costs_one_round_trip(run):
    """Nothing is left to do, and nothing changes."""
    for name, device in run.world.devices.items():
        before = content(device.cache, UNSTEADY)
        done = run.world.run(device, "fetch")
        if (done.code, done.requests) != (0, ["login-sync 200"]):
            yield f"{done}"
        after = content(device.cache, UNSTEADY)
        yield from (f"{name}: {table} changed: {before[table]}, {rows}"
                    for table, rows in after.items() if rows != before[table])


@at_the_end
def verify_finds_nothing(run):
    for name, device in run.world.devices.items():
        done = run.world.run(device, "verify")
        if (done.code, done.out) != (0, ""):
            yield f"{done}: {done.out}"


@at_the_end
def repeated_answers_change_nothing(run):
    """All lists come again, to a cache without a cursor, and all pages, to one without ranges."""
    for name, device in run.world.devices.items():
        before = run.caches[name]
        database = sqlite3.connect(device.cache)
        database.execute("UPDATE account SET generation = '', cursor = 0")
        database.execute("DELETE FROM held")
        database.execute("UPDATE conversation SET held = 0")
        database.commit()
        database.close()
        done = run.world.run(device, "recv", "--consumer", "again")
        check(done.code in (0, 1), f"{done}")
        after = Cache(device.cache)
        for what in ("conversations", "counts", "messages", "queue", "contacts", "groups", "folds",
                     "reactions"):
            if run.pruned and what in ("conversations", "counts"):
                continue  # what was pruned does not come again
            if getattr(before, what) != getattr(after, what):
                yield f"{name}: {what}: {getattr(before, what)}, {getattr(after, what)}"
        places = {key: place for key, place in after.places.items() if key[0] != "again"}
        if places != before.places:
            yield f"{name}: places {before.places}, {places}"


at_the_end(invariants_amend.recalled_text_is_nowhere)  # the last: it starts the server anew
