"""Each seventeenth boundary of what boundaries.py knows; run by hand it tries all."""
import tern_test
from tern_test import check

import boundaries

STEP = 17


def test_killed_at_boundaries(t):
    world = boundaries.prepare(t)
    sum_tried = 0
    complaints = []
    for index, case in enumerate(boundaries.CASES):
        found, tried = boundaries.try_case(
            world, case, wanted=lambda side, number: (number + 3 * side + index) % STEP == 0)
        complaints += found
        sum_tried += tried
    check(not complaints, "\n".join(complaints))
    check(sum_tried > 20, f"only {sum_tried} boundaries")
    print(f"# {sum_tried} boundaries")


tern_test.main()
