"""A short run of chaos.py; HACKING.md tells of the long ones."""
import tern_test
from tern_test import check

from chaos import Chaos


def test_everything_at_once(t):
    chaos = Chaos(t, "fixed", 8)
    trouble = chaos.run()
    check(not trouble, "\n".join(trouble[:20]))
    check(len(chaos.messages) > 50, f"{len(chaos.messages)} messages")
    print(f"# {len(chaos.messages)} messages, {chaos.counts['handed on']} handed on")


tern_test.main()
