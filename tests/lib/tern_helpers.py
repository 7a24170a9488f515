"""What several end-to-end tests do alike."""
import time
import uuid

from tern_test import Api, Connection, check, check_equal, wait_for


def send_one(api, text="hi", to="bob@example.org"):
    """Sends a message; its result."""
    batch = [{"to": to, "key": str(uuid.uuid4()), "type": "text", "text": text}]
    return api.call("send", {"messages": batch})["results"][0]


def key(number):
    """Keys that sort by their number."""
    return str(uuid.UUID(int=(0x018f << 112) | (0x7 << 76) | (0x8 << 60) | number))


def pulled(api, conversation, first=1, last=1000000):
    """All messages of the range that the account may see, page by page."""
    messages = []
    while True:
        answer = api.call("pull", {"want": [[conversation, first, last]]})
        for page in answer["pages"]:
            check_equal(page["conversation"], conversation, "a page's conversation")
            messages += page["messages"]
            first = page["to"] + 1
        if not answer.get("more"):
            return messages


def metric(server, name):
    """A number that the server shows in /metrics: with the label that the name has, else the first
    of that name. None where there is no such line."""
    connection = Connection(server.port)
    connection.request("/metrics", b"", verb="GET")
    _, _, body = connection.answer()
    connection.close()
    for line in body.decode().splitlines():
        if not line.startswith("#") and name in (line.rsplit(" ", 1)[0],
                                                 line.split("{")[0].split(" ")[0]):
            return float(line.split()[-1])
    return None


def held_polls(server, count):
    """Opens that many held polls of as many devices, spread over accounts, and waits for them."""
    before = metric(server, "ternd_polls_held")
    polls = []
    api = None
    for n in range(count):
        if n % 50 == 0:
            name = f"holder{n // 50}-{time.monotonic_ns()}"
            login = "register"
        else:
            login = "login"
        if api is not None:
            api.close()
        api = Api(server).register(name, login, f"device {n}")
        api.sync()
        connection = Connection(server.port)
        connection.request("/v1/events", {"cursor": api.cursor, "wait": 80000}, api.token)
        polls.append(connection)
    api.close()
    wait_for(lambda: metric(server, "ternd_polls_held") == before + count, what="held polls")
    check(len(polls) == count, "as many as wanted")
    return polls


def pair(t, **options):
    """A server, and alice and bob who are registered there."""
    server = t.server(**options)
    return server, t.user("alice", server), t.user("bob", server)


def texts_of(user, *args):
    """The texts that recv hands on now; none where there is nothing."""
    return [message["text"] for message in user.json("recv", *args, expect=(0, 1))]
