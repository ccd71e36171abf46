"""The two commands on a machine that lacks something: one sentence with the fix."""

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cryoclinic.embedded import PROJECT

# Of the make that may be running these tests: it is another one that is tested.
ENVIRONMENT = {key: os.environ[key] for key in os.environ if not key.startswith(("MAKE", "MFLAGS"))}
OLD = "exit 1\n"
WITHOUT_VENV = (
    f'case "$*" in *ensurepip*) exit 1;; *) exec {shlex.quote(sys.executable)} "$@";; esac\n'
)


@pytest.fixture
def make() -> str:
    return shutil.which("make") or pytest.skip("no make on this machine")


def set_up(make: str, folder: Path, *variables: str) -> subprocess.CompletedProcess[str]:
    """What ``make run`` does first, for a virtual environment in ``folder``."""
    target = folder / "venv" / "bin" / "pip"
    return subprocess.run(
        [make, "--silent", f"VENV={folder}/venv", *variables, str(target)],
        capture_output=True,
        check=False,
        cwd=PROJECT,
        env=ENVIRONMENT,
        text=True,
    )


def fake_python(folder: Path, script: str) -> str:
    program = folder / "python"
    program.write_text(f"#!/bin/sh\n{script}")
    program.chmod(0o755)
    return f"PYTHON={program}"


def first_line(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode != 0
    return done.stderr.splitlines()[0]


def test_set_up_names_a_python_that_is_too_old(make: str, tmp_path: Path) -> None:
    said = first_line(set_up(make, tmp_path, fake_python(tmp_path, OLD)))
    assert said == (
        f"CryoClinic needs Python 3.11 or newer and {tmp_path}/python is older or missing: install "
        f"it, or name another: make PYTHON=python3.11 {tmp_path}/venv/bin/pip"
    )


def test_set_up_says_when_there_is_no_python(make: str, tmp_path: Path) -> None:
    said = first_line(set_up(make, tmp_path, "PYTHON="))
    assert said == (
        "CryoClinic needs Python 3.11 or newer and finds none: install it, or name it: "
        f"make PYTHON=/path/to/python3.11 {tmp_path}/venv/bin/pip"
    )


def test_set_up_names_the_package_of_a_missing_venv(make: str, tmp_path: Path) -> None:
    said = first_line(set_up(make, tmp_path, fake_python(tmp_path, WITHOUT_VENV)))
    assert said == (
        "Python's venv module is missing: install it (Debian, Ubuntu: apt install python3-venv) "
        "and try again."
    )


def test_help_lists_every_command(make: str) -> None:
    done = subprocess.run(
        [make], capture_output=True, check=True, cwd=PROJECT, env=ENVIRONMENT, text=True
    )
    listed = {line.split()[1] for line in done.stdout.splitlines()}
    assert listed == {
        "help", "setup", "run", "stop", "test", "e2e", "check", "prove", "bench", "format", "lock",
        "messages", "clean",
    }  # fmt: skip
