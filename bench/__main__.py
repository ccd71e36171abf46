"""``make bench``: one JSON line per figure; ``ONLY=planner`` takes those of that first part.

Ends with an error where a figure misses its goal.
"""

import importlib
import json
import sys
from pathlib import Path

PARTS = ["planner", "booking", "mail", "board", "search", "load"]
# A part of several modules; any other is the module of its name.
MODULES = {"planner": ["planner_http", "planner"]}


def main(only: str | None) -> int:
    present = [part for part in PARTS if (Path(__file__).parent / f"{part}.py").exists()]
    if only and only not in present:
        print(f"There is no part “{only}”; there are: {', '.join(present)}.", file=sys.stderr)
        return 2
    missed = 0
    for part in [only] if only else present:
        for module in MODULES.get(part, [part]):
            for record in importlib.import_module(f"bench.{module}").run():
                print(json.dumps(record, ensure_ascii=False), flush=True)
                missed += not record.get("ok", True)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else None))
