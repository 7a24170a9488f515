"""devices, device-revoke, passwd, called directly."""
import os
import select

import tern_test
from tern_test import PASSWORD, Api, Connection, check, check_equal, wait_for

from tern_helpers import metric, send_one


def poll(api):
    connection = Connection(api.server.port)
    connection.request("/v1/events", {"cursor": api.cursor, "wait": 60000}, api.token)
    return connection


def holds(server, count):
    wait_for(lambda: metric(server, "ternd_polls_held") == count, what=f"{count} held polls")


def two_devices(server, name="alice"):
    """The same account, logged in twice."""
    phone = Api(server).register(name, device="phone")
    laptop = Api(server).register(name, "login", device="laptop")
    phone.sync(), laptop.sync()
    return phone, laptop


def device_ids(api):
    return {d["name"]: d["device_id"] for d in api.call("devices")["devices"]}


def test_list(t):
    server = t.server()
    phone, laptop = two_devices(server)
    Api(server).register("bob")
    devices = phone.call("devices")["devices"]
    check_equal(sorted(d["name"] for d in devices), ["laptop", "phone"], "one's own, and no others'")
    check_equal([d["name"] for d in devices if d.get("current")], ["phone"], "the one that asks")
    check(all(d["seen"] > 10**15 and d["stamp"] > 0 for d in devices), f"{devices}")


def test_revoke(t):
    server = t.server()
    phone, laptop = two_devices(server)
    bob = Api(server).register("bob")
    bob.sync()
    held, others = poll(laptop), poll(phone)
    holds(server, 2)
    ids = device_ids(phone)
    phone.call("device-revoke", {"device_id": ids["laptop"]})
    check_equal(held.answer()[0], 401, "the held poll ends")
    holds(server, 1)
    check_equal(laptop.call("login-sync", expect=401)["error"]["code"], "unauthorized", "the token")
    check_equal(list(device_ids(phone)), ["phone"], "the list")
    send_one(bob, "x", "alice@example.org")
    check_equal(len(others.answer_json()[1]["events"]), 1, "the other device's poll goes on")
    phone.call("device-revoke", {"device_id": ids["laptop"]})
    # A login of somebody else's is left alone, and so is what never was.
    phone.call("device-revoke", {"device_id": device_ids(bob)["test"]})
    phone.call("device-revoke", {"device_id": 10**12})
    bob.sync()
    for wrong in ({}, {"device_id": 0}, {"device_id": "1"}, {"device_id": 1.5}):
        phone.call("device-revoke", wrong, expect=400)
    phone.call("device-revoke", {"device_id": ids["phone"]})
    phone.call("devices", expect=401)


def answered(connection):
    """True where an answer has come already."""
    return bool(select.select([connection.socket], [], [], 0)[0])


def test_nothing_leaves_after_a_revoke(t):
    """Also not what a worker was at when the login ended, or what waited for the worker."""
    server = t.server()
    phone = Api(server).register("alice", device="phone")
    for _ in range(20):
        send_one(phone, "x" * 60000, "alice@example.org")
    want = {"want": [["alice@example.org", 1, 20]]}
    late = 0
    for busy in (0, 0, 0, 0, 0, 0, 0, 0, 20, 20):
        laptop = Api(server).register("alice", "login", device="laptop")
        ids = device_ids(phone)
        others = [Connection(server.port) for _ in range(busy)]
        for connection in others:
            connection.request("/v1/pull", want, phone.token)
        waiting = Connection(server.port)
        waiting.request("/v1/pull", want, laptop.token)
        phone.call("device-revoke", {"device_id": ids["laptop"]})
        if not answered(waiting):
            late += 1
            check_equal(waiting.answer()[0], 401, "a pull answered after the revoke")
        for connection in others:
            check_equal(connection.answer()[0], 200, "the other device's pulls")
            connection.close()
        waiting.close()
        for method in ("pull", "send", "ack", "login-sync"):
            laptop.call(method, want, expect=401)
        laptop.close()
    check(late >= 2, f"only {late} pulls were answered after the revoke")


def test_passwd(t):
    server = t.server()
    phone, laptop = two_devices(server)
    held = poll(laptop)
    holds(server, 1)
    change = {"password": PASSWORD, "new": "battery staple"}
    wrong = phone.call("passwd", {"password": "wrong password", "new": "whatever it is"}, expect=403)
    check_equal(wrong["error"]["code"], "denied", "a wrong old one")
    for bad in ({}, {"password": PASSWORD}, {"password": PASSWORD, "new": "short"},
                {"password": PASSWORD, "new": 12345678},
                {"password": PASSWORD, "new": "x" * 1025}):
        check(phone.call("passwd", bad, expect=None)["error"]["code"] in ("bad-field", "too-large"),
              f"{bad}")
    check_equal(metric(server, "ternd_polls_held"), 1, "nothing has happened yet")
    phone.call("passwd", change)
    check_equal(held.answer()[0], 401, "the other login's poll")
    laptop.call("devices", expect=401)
    phone.call("passwd", change)  # the answer was lost, say
    check_equal(list(device_ids(phone)), ["phone"], "this login stays")
    old = {"address": "alice@example.org", "password": PASSWORD, "device": "x"}
    Api(server).call("login", old, expect=403)
    Api(server).call("login", {**old, "password": "battery staple"})
    check_equal(len(device_ids(phone)), 2, "the new one logs in")


def test_passwd_ends_logins_under_way(t):
    """Whoever began to log in with the old password is out once the new one is set."""
    server = t.server()
    phone = Api(server).register("alice", device="phone")
    body = {"address": "alice@example.org", "password": PASSWORD, "device": "thief"}
    logins = [Connection(server.port) for _ in range(20)]
    for login in logins:
        login.request("/v1/login", body)
    phone.call("passwd", {"password": PASSWORD, "new": "battery staple"})
    for login in logins:
        status, answer = login.answer_json()
        if status == 200:
            login.request("/v1/devices", {}, answer["token"])
            check_equal(login.answer()[0], 401, "a token of the old password's")
        else:
            check_equal(answer["error"]["code"], "denied", "a login with the old one")
    check_equal(list(device_ids(phone)), ["phone"], "nobody else is in")


def test_seen(t):
    """Kept without a write a request, and saved when the server ends."""
    server = t.server(fixed=True)
    phone, laptop = two_devices(server)
    before = {d["name"]: d["seen"] for d in phone.call("devices")["devices"]}
    size = os.path.getsize(server.store + "-wal")
    for _ in range(50):
        phone.call("devices")
        phone.sync()
    check_equal(os.path.getsize(server.store + "-wal"), size, "bytes written")
    server.stop()
    server.start()
    laptop.close(), phone.close()
    after = {d["name"]: d["seen"] for d in phone.call("devices")["devices"]}
    check(after["phone"] > before["phone"], f"{before} {after}")
    check(after["phone"] > after["laptop"] >= before["laptop"], f"{before} {after}")


tern_test.main()
