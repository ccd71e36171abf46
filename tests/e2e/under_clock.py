"""Start a program under a false clock, which goes on from there:

python under_clock.py 2026-05-12T09:00:00+00:00 gunicorn --workers 2
"""

import runpy
import sys
from datetime import datetime

import time_machine


def main(moment: str, module: str, *arguments: str) -> None:
    time_machine.travel(datetime.fromisoformat(moment), tick=True).start()
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
