"""Fail on what must not be committed: secrets, compiled files, registry addresses, long files."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

LINES = 350
GENERATED = re.compile(r"\.lock$|package-lock\.json$|(^|/)migrations/|\.po$")
NEVER = re.compile(r"\.(mo|pyc|sqlite3|pem|key|p12)$|(^|/)(\.env|node_modules|var)(/|$)")
SECRETS = {
    "private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
    "access token": re.compile(r"\b(ghp|gho|glpat|xox[abp]|sk_live|AKIA)[-_A-Za-z0-9]{16,}"),
    "package registry": re.compile(r"//(pypi\.org/simple|registry\.npmjs\.org|registry\.yarnpkg)"),
}


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], capture_output=True, check=True, text=True)
    return [Path(name) for name in listed.stdout.split("\0") if name and Path(name).is_file()]


def faults(path: Path) -> Iterator[str]:
    if NEVER.search(path.as_posix()):
        yield f"{path}: does not belong into the repository"
        return
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return
    if path != Path("tools/repository.py"):
        yield from (f"{path}: {what}" for what, mark in SECRETS.items() if mark.search(text))
    if path.suffix in {".py", ".html", ".js", ".css"} and not GENERATED.search(path.as_posix()):
        count = text.count("\n")
        if count > LINES:
            yield f"{path}: {count} lines, {LINES} are the limit"


def main() -> int:
    problems = [fault for path in tracked() for fault in faults(path)]
    print("\n".join(problems) or "The repository holds nothing that it should not.")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
