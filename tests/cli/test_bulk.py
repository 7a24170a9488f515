"""Ten thousand messages through the command line."""
import json

import tern_test
from tern_test import check_equal

from tern_helpers import pair

COUNT = 10000
BATCH = 1000


def test_ten_thousand(t):
    _, alice, bob = pair(t)
    for start in range(0, COUNT, BATCH):
        lines = "".join(f"message {n}\n" for n in range(start + 1, start + BATCH + 1))
        results = alice.json("send", "bob", "--lines", input=lines, limit=120)
        check_equal([r["msg_id"] for r in results],
                    list(range(start + 1, start + BATCH + 1)), "one result a line, in order")
    received = bob.run("--format=json", "recv", "--count", str(COUNT), "--timeout", "100",
                       limit=150)
    messages = [json.loads(line) for line in received.out.splitlines()]
    check_equal([m["msg_id"] for m in messages], list(range(1, COUNT + 1)), "msg_ids")
    check_equal([m["text"] for m in messages],
                [f"message {n}" for n in range(1, COUNT + 1)], "texts")
    bob.run("recv", expect=1)
    history = alice.json("history", "bob", "-n", str(COUNT))
    check_equal([m["msg_id"] for m in history], list(range(1, COUNT + 1)), "the sender's cache")


tern_test.main()
