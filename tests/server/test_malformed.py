"""Malformed requests: each gets its status and one JSON error, and the server goes on serving."""
import json

import tern_test
from tern_test import Api, Connection, check, check_equal, wait_for

OK_LOGIN = b'{"address":"nobody@example.org","password":"not the one","device":"d"}'


def head(path="/v1/login", verb="POST", version="HTTP/1.1", *headers):
    lines = [f"{verb} {path} {version}", "Host: x", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n"


def refused(server, data, status, code):
    """Sends bytes and wants that error; returns the connection."""
    connection = Connection(server.port)
    try:
        connection.send(data)
    except (ConnectionResetError, BrokenPipeError):
        pass  # it answered before everything was sent
    answer = connection.answer()
    check(answer is not None, f"no answer to {data[:80]!r}")
    check_equal(answer[0], status, f"status for {data[:80]!r} ({answer[2]!r})")
    body = json.loads(answer[2])
    check_equal(list(body), ["error"], "an error's object")
    check_equal(body["error"]["code"], code, f"code for {data[:80]!r}")
    check(len(body["error"]["text"]) > 5, f"a sentence for {data[:80]!r}: {body}")
    check_equal(answer[1].get("content-type", "application/json").split(";")[0],
                "application/json", "an error's content type")
    return connection


def closes(server, data, status, code):
    """As refused(), and the server closes the connection behind its answer."""
    connection = refused(server, data, status, code)
    wait_for(connection.closed_by_peer, what="the server to close")
    connection.close()


def still_serves(server):
    """A whole exchange works."""
    connection = Connection(server.port)
    connection.request("/healthz", b"", verb="GET")
    answer = connection.answer()
    check(answer is not None and answer[0] == 200, f"/healthz gives {answer}")
    connection.request("/v1/login", OK_LOGIN)
    check_equal(connection.answer_json()[0], 403, "login with a wrong password")
    connection.close()


def test_content_length(t):
    server = t.server()
    closes(server, head(), 411, "length-required")
    for lengths in (["7", "7"], ["7", "8"], ["+7"], ["-7"], ["0x7"], ["7 7"], ["7,7"], [""],
                    ["seven"], ["99999999999999999999999999"]):
        lines = [f"Content-Length: {length}" for length in lengths]
        connection = Connection(server.port)
        connection.send(head("/v1/login", "POST", "HTTP/1.1", *lines) + b"{     }")
        answer = connection.answer()
        check(answer is not None, f"no answer to {lengths}")
        expected = (413, "too-large") if lengths[0].startswith("999") else (400, "bad-request")
        got = (answer[0], json.loads(answer[2])["error"]["code"])
        check(got in (expected, (400, "bad-request")), f"{lengths}: {got}")
        connection.close()
    still_serves(server)


def test_encodings(t):
    server = t.server()
    closes(server, head("/v1/login", "POST", "HTTP/1.1", "Transfer-Encoding: chunked")
           + b"2\r\n{}\r\n0\r\n\r\n", 501, "unsupported")
    closes(server, head("/v1/login", "POST", "HTTP/1.1", "Transfer-Encoding: chunked",
                        "Content-Length: 2") + b"{}", 501, "unsupported")
    closes(server, head("/v1/login", "POST", "HTTP/1.1", "Content-Encoding: sdch",
                        "Content-Length: 2") + b"{}", 501, "unsupported")
    still_serves(server)


def test_sizes(t):
    server = t.server()
    # Told from the length alone: no byte of the body is sent.
    closes(server, head("/v1/login", "POST", "HTTP/1.1", "Content-Length: 104857600"),
           413, "too-large")
    closes(server, head("/v1/login", "POST", "HTTP/1.1", "Content-Length: 8193"),
           413, "too-large")
    closes(server, b"POST /v1/login HTTP/1.1\r\nX: " + b"a" * 9000 + b"\r\n\r\n",
           431, "head-too-large")
    closes(server, b"POST /" + b"a" * 9000, 431, "head-too-large")
    api = Api(server).register("alice")
    big = {"messages": [{"to": "alice@example.org", "type": "text", "text": "x" * 65537,
                         "key": "018f0000-0000-7000-8000-000000000001"}]}
    result = api.call("send", big, expect=None)
    code = (result.get("error") or result["results"][0]["error"])["code"]
    check_equal(code, "too-large", "a text over its limit")
    connection = Connection(server.port)
    body = b'{"x":"' + b"y" * (2 * 1024 * 1024) + b'"}'
    connection.send(head("/v1/send", "POST", "HTTP/1.1", f"Authorization: Bearer {api.token}",
                         f"Content-Length: {len(body)}"))
    check_equal(connection.answer()[0], 413, "a request over 2 MiB")
    still_serves(server)


def test_request_lines(t):
    server = t.server()
    closes(server, head("/v1/login", "POST", "HTTP/1.0", "Content-Length: 2") + b"{}",
           505, "version")
    closes(server, head("/v1/login", "POST", "HTTP/2.0", "Content-Length: 2") + b"{}",
           505, "version")
    for line in (b"hello\r\n\r\n", b"POST\r\n\r\n", b"POST /v1/login\r\n\r\n",
                 b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
                 b"POST /v1/login HTTP/1.1\r\nno colon here\r\n\r\n",
                 b"POST /v1/login HTTP/1.1\r\nBad Name: x\r\nContent-Length: 2\r\n\r\n{}",
                 b"POST /v1/login HTTP/1.1\r\nName : x\r\nContent-Length: 2\r\n\r\n{}",
                 b"POST /v1/login HTTP/1.1\r\nA: b\x00c\r\nContent-Length: 2\r\n\r\n{}"):
        closes(server, line, 400, "bad-request")
    still_serves(server)


def test_paths_and_verbs(t):
    server = t.server()
    for path in ("/", "/v1", "/v1/", "/v1/nothing", "/v1/login/", "/v2/login", "/v1/Login"):
        connection = Connection(server.port)
        connection.request(path, b"{}")
        status, body = connection.answer_json()
        check_equal((status, body["error"]["code"]), (404, "unknown-method"), path)
        # The connection goes on after an error that isn't HTTP's.
        connection.request("/v1/login", OK_LOGIN)
        check_equal(connection.answer_json()[0], 403, "the next request on it")
        connection.close()
    for verb in ("GET", "PUT", "DELETE", "HEAD", "OPTIONS"):
        connection = Connection(server.port)
        connection.request("/v1/login", b"{}", verb=verb)
        check_equal(connection.answer()[0], 405, f"{verb} /v1/login")
        connection.close()
    still_serves(server)


def test_json(t):
    server = t.server()
    connection = Connection(server.port)
    deep = b'{"a":' * 17 + b"1" + b"}" * 17
    very_deep = b"[" * 4000 + b"]" * 4000
    for body in (b"", b"{", b"[]", b"7", b"null", b'"x"', b"{}x", b"{} {}", b"{'a':1}",
                 b'{"a":1,}', b"{a:1}", b"\x00", deep, very_deep, b'{"a":' * 1500,
                 b'{"address":"\xff\xfe","password":"longenough"}',
                 b'{"address":"\xc0\xaf"}', b'{"address":"\xed\xa0\x80"}'):
        connection.request("/v1/login", body)
        status, answer = connection.answer_json()
        check_equal((status, answer["error"]["code"]), (400, "bad-json"), repr(body[:60]))
    still_serves(server)


def test_too_many_values(t):
    server = t.server()
    api = Api(server).register("alice")
    body = b'{"messages":[' + b",".join([b"0"] * 100001) + b"]}"
    connection = Connection(server.port)
    connection.request("/v1/send", body, api.token)
    status, answer = connection.answer_json()
    check_equal((status, answer["error"]["code"]), (400, "bad-json"), "100,001 values")
    still_serves(server)


def test_fields(t):
    server = t.server()
    api = Api(server).register("alice")
    wrong = {
        "login": [{}, {"address": 7, "password": "longenough", "device": "d"},
                  {"address": "alice@example.org", "password": ["x"], "device": "d"},
                  {"address": "alice@example.org", "password": None, "device": "d"},
                  {"address": "not an address", "password": "longenough", "device": "d"},
                  {"address": "Alice@example.org", "password": "longenough", "device": "d"},
                  {"address": "alice@example.org", "password": "longenough", "device": "d" * 129}],
        "send": [{}, {"messages": 7}, {"messages": {}}, {"messages": [7]}, {"messages": [{}]},
                 {"messages": [{"to": "alice@example.org", "key": "x", "type": "text",
                                "text": "t"}]}],
        "login-sync": [{"cursor": 7}, {"cursor": []}, {"cursor": ["g"]}, {"cursor": [1, 2]},
                       {"cursor": ["AAAAAAAAAAA", -1]}, {"cursor": ["AAAAAAAAAAA", 1.5]},
                       {"cursor": ["AAAAAAAAAAA", 1e300]}, {"until": "x"}, {"acks": 7},
                       {"acks": [["a"]]}],
        "events": [{}, {"cursor": "x"}, {"cursor": ["AAAAAAAAAAA", 1], "wait": -1},
                   {"cursor": ["AAAAAAAAAAA", 1], "wait": "x"}],
        "pull": [{}, {"want": 7}, {"want": [["alice@example.org", 1]]},
                 {"want": [[1, 2, 3]]}, {"want": [["alice@example.org", "1", 2]]}],
        "ack": [{"acks": [["alice@example.org", 1, "x"]]}, {"acks": "x"}],
        "contact-set": [{"contacts": [{}]}, {"contacts": [{"address": 7}]},
                        {"contacts": [{"address": "bob@example.org", "name": "n" * 129}]}],
    }
    for method, bodies in wrong.items():
        for body in bodies:
            answer = api.call(method, body, expect=None)
            check("error" in answer, f"{method} takes {body}: {answer}")
            check(answer["error"]["code"] in ("bad-field", "too-large"),
                  f"{method} with {body}: {answer}")
    still_serves(server)


def test_tokens(t):
    server = t.server()
    good = Api(server).register("alice")
    connection = Connection(server.port)
    for token in (None, "x", "A" * 43, "A" * 4000, good.token + "A", good.token[:-1], "é" * 20):
        for method in ("logout", "login-sync", "events", "pull", "send", "ack", "contact-set"):
            connection.request(f"/v1/{method}", {}, token)
            status, answer = connection.answer_json()
            check_equal((status, answer["error"]["code"]), (401, "unauthorized"),
                        f"{method} with {token!r}")
    good.call("login-sync")
    good.call("logout")
    check_equal(good.call("login-sync", expect=None)["error"]["code"], "unauthorized",
                "a token after logout")
    still_serves(server)


def test_slow_and_broken(t):
    server = t.server(options=["--request-timeout", "300", "--idle-timeout", "700"])
    slow = Connection(server.port)
    slow.send(head("/v1/login", "POST", "HTTP/1.1", "Content-Length: 70") + b'{"a"')
    status, answer = slow.answer_json()
    check_equal((status, answer["error"]["code"]), (408, "slow"), "a body that doesn't come")
    wait_for(slow.closed_by_peer, what="the server to close")
    slow_head = Connection(server.port)
    slow_head.send(b"POST /v1/login HT")
    status, answer = slow_head.answer_json()
    check_equal((status, answer["error"]["code"]), (408, "slow"), "a head that doesn't come")
    idle = Connection(server.port)
    wait_for(idle.closed_by_peer, what="an idle connection to be closed")
    for cut in (b"P", b"POST /v1/login HTTP/1.1\r\n", head("/v1/login", "POST", "HTTP/1.1",
                                                           "Content-Length: 70") + b"{"):
        broken = Connection(server.port)
        broken.send(cut)
        broken.close()
    still_serves(server)


def test_a_byte_at_a_time_and_pipelined(t):
    server = t.server()
    whole = head("/v1/login", "POST", "HTTP/1.1", f"Content-Length: {len(OK_LOGIN)}") + OK_LOGIN
    connection = Connection(server.port)
    for byte in whole:
        connection.send(bytes([byte]))
    check_equal(connection.answer_json()[0], 403, "a byte at a time")
    health = b"GET /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"
    connection.send(whole + health + whole)
    check_equal([connection.answer_json()[0] for _ in range(3)], [403, 200, 403],
                "three requests at once, answered in order")
    connection.send(head("/v1/login", "POST", "HTTP/1.1", "Expect: 100-continue",
                         f"Content-Length: {len(OK_LOGIN)}"))
    check(connection.first_line().startswith("HTTP/1.1 100"), "100 Continue")
    connection.send(OK_LOGIN)
    check_equal(connection.answer_json()[0], 403, "after Expect: 100-continue")


tern_test.main()
