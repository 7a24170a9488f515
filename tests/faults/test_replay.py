"""A few short schedules of replay.py, always the same; `make check-faults` runs long ones."""
import tern_test
from tern_test import check, check_equal

import disks
import replay

STEPS = 40


def run(t, seed, steps, restore=False):
    done = replay.Run(t, seed, replay.schedule(seed, steps, restore))
    trouble = done.run()
    check(not trouble, "\n".join([*trouble[:10], "again: " + replay.again(
        seed, {"restore": restore, "steps": steps})]))
    how = "" if disks.mounts else "; full disks only by a limit on files: mounting is not permitted"
    print(f"# {len(done.messages)} messages, {sum(done.faults.values())} faults{how}")
    return done


def test_seed_1(t):
    run(t, 1, STEPS)


def test_seed_2(t):
    run(t, 2, STEPS)


def test_backups_are_put_back(t):
    done = run(t, 6, STEPS, restore=True)
    check(done.restored, "a backup was put back")


def test_same_again(t):
    """The same seed is the same run, where nothing runs beside another: this one follows nobody, and
    kills no server at a boundary, which its own timers pass as well."""
    others = [tern_test.Test(), tern_test.Test()]
    first, second = (run(other, 16, STEPS // 2).lines for other in others)
    for other in others:
        check_equal(other.close(), [], "complaints")
        other.remove()
    check_equal(first, second, "what was said")


disks.private_mounts()
tern_test.main()
