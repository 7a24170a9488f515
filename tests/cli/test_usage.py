"""Wrong use of every command: one sentence on stderr and 64, nothing on stdout."""
import tern_test
from tern_test import check, check_equal

WRONG = [
    ["nothing-like-this"],
    ["--nothing"], ["--format=xml", "status"], ["--format"], ["-a"],
    ["-a", "not an address", "status"],
    ["chat", "bob", "carol"], ["chat", "--nothing"],
    ["register"], ["register", "alice@example.org", "extra", "--server", "http://127.0.0.1:1"],
    ["register", "not an address", "--server", "http://127.0.0.1:1", "--password-stdin"],
    ["register", "x@example.org", "--server", "ftp://127.0.0.1", "--password-stdin"],
    ["register", "x@example.org", "--server", "not a url", "--password-stdin"],
    ["register", "x@example.org", "--server"],
    ["login"], ["login", "a@b", "c@d"], ["login", "--nothing", "alice@example.org"],
    ["logout", "extra"], ["logout", "--nothing"],
    ["send"], ["send", "--nothing", "bob", "x"], ["send", "bob", "x", "--timeout", "soon"],
    ["send", "not an address", "x"], ["send", "bob", "x", "--key", "no-key"],
    ["send", "bob", "x", "--lines"], ["send", "bob", "x", "--timeout", "-1"],
    ["send", "bob", "x", "--reply", "0"], ["send", "bob", "x", "--reply", "one"],
    ["edit"], ["edit", "bob"], ["edit", "bob", "x", "y"], ["edit", "not an address", "1", "x"],
    ["recall", "bob"], ["recall", "bob", "1", "2"], ["recall", "bob", "99999999999999999999"],
    ["react", "bob", "1"], ["react", "bob", "1", ""], ["react", "bob", "1", "x", "--nothing"],
    ["read", "not an address"], ["read", "bob", "0"], ["read", "bob", "1", "2"], ["read", "bob", "--timeout", "x"],
    ["receipts"], ["receipts", "bob"], ["receipts", "bob", "x"], ["receipts", "bob", "1", "2"],
    ["recv", "--nothing"], ["recv", "not an address"], ["recv", "bob", "carol"],
    ["recv", "--count", "many"], ["recv", "--count", "0"], ["recv", "--count", "-3"],
    ["recv", "--from", "yesterday"], ["recv", "--timeout", "soon"],
    ["fetch", "extra"], ["fetch", "--nothing"],
    ["history"], ["history", "bob", "carol"], ["history", "bob", "-n", "x"],
    ["history", "bob", "-n"], ["history", "bob", "-n", "0"], ["history", "not an address"],
    ["done"], ["done", "default", "bob"], ["done", "default", "bob", "x"],
    ["sync", "--all", "bob"], ["sync", "--since", "soon"], ["sync", "--newest", "0"],
    ["export"], ["export", "bob", "carol"], ["history", "bob", "--since", "soon"],
    ["search"], ["search", "x", "-n", "0"], ["search", "from:"], ["search", "***"],
    ["contacts", "extra"], ["contacts", "--nothing"],
    ["contact"], ["contact", "add"], ["contact", "remove"], ["contact", "paint", "bob"],
    ["contact", "show"], ["contact", "show", "+g"], ["contact", "show", "bob", "--name", "x"],
    ["contact", "add", "bob", "--offline"], ["contact", "show", "not an address"],
    ["profile", "paint"], ["profile", "set"], ["profile", "set", "name"], ["profile", "set", "=x"],
    ["profile", "set", "Name=x"], ["profile", "set", "a=" + 1025 * "x"], ["profile", "show", "bob"],
    ["profile", "set", "a=b", "--offline"], ["profile", "--nothing"],
    ["profile", "set", *[f"f{n}=x" for n in range(33)]],
    ["devices", "paint"], ["devices", "revoke"], ["devices", "revoke", "a", "b"],
    ["devices", "--nothing"], ["passwd", "extra"], ["passwd", "--nothing"],
    ["group", "show"], ["group", "show", "#g", "x"], ["group", "show", "#g", "--profiles"],
    ["group", "members", "#g", "--profiles", "--offline"], ["group", "leave", "#g", "--offline"],
    ["contact", "add", "not an address"], ["contact", "add", "bob", "--nothing"],
    ["groups", "extra"], ["groups", "--nothing"],
    ["group"], ["group", "paint", "#g"], ["group", "create"], ["group", "invite", "#g"],
    ["group", "create", "bob"], ["group", "role", "#g", "bob", "king"],
    ["group", "kick", "#g", "not an address"],
    ["status", "extra"], ["status", "--nothing"],
    ["verify", "bob"], ["verify", "--repair=x"], ["verify", "--timeout", "x"],
    ["config", "--dump", "--check"], ["config", "a", "b"], ["config", "--nothing"],
    ["--format=json", "config"],
    ["version", "extra"], ["help", "nothing-like-this"],
]


def test_wrong_use(t):
    server = t.server()
    alice = t.user("alice", server)
    for args in WRONG:
        result = alice.run(*args, input="password\n", expect=None)
        check_equal((result.code, result.out), (64, ""), f"{args}: {result.err!r}")
        check_equal(result.err.count("\n"), 1, f"one sentence for {args}: {result.err!r}")
        check(result.err.startswith("tern: "), f"it begins with the program: {result.err!r}")


def test_no_command(t):
    alice = t.user("alice")
    for args in ([], ["-v"], ["--format=json"], ["--"]):
        result = alice.run(*args, expect=64)
        check_equal((result.out, result.err.count("\n")), ("", 1), f"{args}: {result}")
        check("tern help" in result.err, f"it says what to do: {result.err!r}")


def test_mistyped_command(t):
    alice = t.user("alice")
    for args in (["sned"], ["help", "sned"], ["sned", "--help"]):
        result = alice.run(*args, expect=64)
        check("'send'" in result.err, f"it names the nearest command: {result.err!r}")


def test_every_command_is_tried(t):
    """A new command gets its line above."""
    alice = t.user("alice")
    listed = [line.split()[0] for line in alice.run("help").out.splitlines()
              if line.startswith("  ") and line[2:3].isalpha()]
    check(len(listed) >= 11, f"commands in help: {listed}")
    tried = {word for args in WRONG for word in args[:1]}
    missing = [command for command in listed if command not in tried]
    check_equal(missing, [], "commands without a wrong use")


def test_help_and_version(t):
    alice = t.user("alice")
    general = alice.run("help")
    check("usage" in general.out.lower(), f"{general.out!r}")
    check_equal(alice.run("--help").out, general.out, "--help")
    check(alice.run("version").out.startswith("tern "), "version")
    check_equal(alice.run("--version").out, alice.run("version").out, "--version")
    for args in WRONG:
        if args[0].isalpha() and args[0] not in ("help", "version"):
            text = alice.run(args[0], "--help").out
            check(args[0] in text, f"{args[0]} --help: {text!r}")
            check_equal(alice.run("help", args[0]).out, text, f"help {args[0]}")


def test_nobody_logged_in(t):
    alice = t.user("alice")
    for args in (["send", "bob@example.org", "x"], ["recv"], ["fetch"],
                 ["history", "bob@example.org"], ["contacts"], ["contact", "add", "bob@example.org"],
                 ["status"], ["logout"]):
        result = alice.run(*args, expect=78)
        check_equal((result.out, result.err.count("\n")), ("", 1), f"{args}: {result.err!r}")
        check("tern login" in result.err or "tern register" in result.err,
              f"it says what to do: {result.err!r}")


def test_no_home(t):
    """help and version need none; whatever needs a cache says what is missing."""
    alice = t.user("alice")
    for name in ("HOME", "XDG_DATA_HOME"):
        alice.env.pop(name)
    alice.run("version")
    alice.run("help")
    for args in (["status"], ["-a", alice.address, "status"],
                 ["login", alice.address, "--server", "http://127.0.0.1:1", "--password-stdin"]):
        result = alice.run(*args, input="correct horse\n", expect=78)
        check_equal((result.out, result.err.count("\n")), ("", 1), f"{args}: {result}")
        check("HOME" in result.err, f"it says what to do: {result.err!r}")


def test_data_directory_that_is_a_file(t):
    alice = t.user("alice")
    with open(alice.env["HOME"] + "/data", "w"):
        pass
    result = alice.run("status", expect=74)
    check_equal((result.out, result.err.count("\n")), ("", 1), f"{result}")
    check(alice.env["HOME"] in result.err, f"it names the place: {result.err!r}")


def test_several_accounts(t):
    server = t.server()
    home = t.user("alice", server)
    work = t.user("work", home=home.home)
    work.register(server)
    ambiguous = home.run("status", expect=64)
    check("-a" in ambiguous.err, f"it says what to do: {ambiguous.err!r}")
    for name in ("work@example.org", "WORK@Example.org", "work", "Work"):
        check_equal(home.json("-a", name, "status")[0]["address"], "work@example.org", name)
    home.run("-a", "wor", "status", expect=78)
    home.run("-a", "nobody@example.org", "status", expect=78)


tern_test.main()
