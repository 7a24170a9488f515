"""Acknowledgements: where they ride, what they move, and what is ignored."""
import tern_test
from tern_test import Api, check, check_equal

from tern_helpers import send_one


def acknowledged(api, conversation="alice@example.org"):
    """The member's last_ack_msg_id, as login-sync tells a new device.

    The server gathers acknowledgements in memory and writes them every few seconds, and when it
    stops: so it is stopped first.
    """
    api.server.stop()
    api.server.start()
    api.close()
    heads = api.call("login-sync", {})["conversations"]
    return {head["conversation"]: head["ack"] for head in heads}[conversation]


def conversation_of(t, count):
    server = t.server(fixed=True)
    alice, bob = Api(server).register("alice"), Api(server).register("bob")
    for n in range(count):
        send_one(alice, f"{n}")
    return server, alice, bob


def ack(api, *ranges, who="alice@example.org"):
    api.close()
    api.call("ack", {"acks": [[who, first, last] for first, last in ranges]})


def test_heads_grow_without_gaps(t):
    _, alice, bob = conversation_of(t, 10)
    check_equal(acknowledged(bob), 0, "at first")
    ack(bob, (2, 3))
    check_equal(acknowledged(bob), 0, "beyond a gap")
    ack(bob, (1, 3))
    check_equal(acknowledged(bob), 3, "from the start")
    ack(bob, (1, 2))
    check_equal(acknowledged(bob), 3, "it never goes back")
    ack(bob, (2, 5), (6, 7))
    check_equal(acknowledged(bob), 7, "overlapping, and one behind the other")
    ack(alice, (1, 10), who="bob@example.org")
    check_equal((acknowledged(alice, "bob@example.org"), acknowledged(bob)), (10, 7),
                "each member has its own")


def test_what_makes_no_sense_is_ignored(t):
    _, alice, bob = conversation_of(t, 3)
    ack(bob, (1, 1000000))
    top = acknowledged(bob)
    check(top in (0, 3), f"beyond the last: {top}")
    ack(bob, (1, 5), who="nobody@example.org")
    check_equal(acknowledged(bob), top, "of a conversation that isn't")
    wrong = bob.call("ack", {"acks": [["alice@example.org", 3, 1]]}, expect=400)
    check_equal(wrong["error"]["code"], "bad-field", "upside down")
    ack(bob, (1, 3))
    check_equal(acknowledged(bob), 3, "and it goes on")


def test_they_ride_on_other_methods(t):
    _, alice, bob = conversation_of(t, 6)
    bob.sync()
    bob.call("login-sync", {"cursor": bob.cursor, "acks": [["alice@example.org", 1, 1]]})
    check_equal(acknowledged(bob), 1, "on login-sync")
    bob.call("pull", {"want": [], "acks": [["alice@example.org", 2, 2]]})
    check_equal(acknowledged(bob), 2, "on pull")
    bob.call("events", {"cursor": bob.cursor, "wait": 1, "acks": [["alice@example.org", 3, 4]]})
    check_equal(acknowledged(bob), 4, "on events")


def test_the_highest_of_its_devices(t):
    server, alice, bob = conversation_of(t, 6)
    other = Api(server).register("bob", "login", "second")
    ack(bob, (1, 4))
    ack(other, (1, 2))
    check_equal((acknowledged(bob), acknowledged(other)), (4, 4), "the member's")
    ack(other, (3, 6))
    check_equal(acknowledged(bob), 6, "the other one's")


def test_they_survive_a_stop(t):
    _, alice, bob = conversation_of(t, 6)
    ack(bob, (1, 6))
    check_equal(acknowledged(bob), 6, "after a stop and a start")


def test_they_limit_nothing(t):
    _, alice, bob = conversation_of(t, 3)
    ack(bob, (1, 3))
    answer = bob.call("pull", {"want": [["alice@example.org", 1, 3]]})
    check_equal([m["msg_id"] for m in answer["pages"][0]["messages"]], [1, 2, 3], "pulled again")


tern_test.main()
