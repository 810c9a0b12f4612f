"""Runs a PostgreSQL in a folder for as long as any process holds a lock on its file `holders`; then removes it all.

    pg_keeper.py FOLDER PROGRAMS

Writes the folder of the socket into FOLDER/ready when the server can be used. PostgreSQL refuses to run as root: started by
root it runs as `nobody`, from a copy of its programs when `nobody` cannot reach them where they are.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

# Nothing here has to survive the machine, much has to be quick.
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_connections": "300",
    "shared_buffers": "128MB",
    "autovacuum": "off",  # it would sit in a template while that is being copied
    "checkpoint_timeout": "1h",
    "max_wal_size": "4GB",
    "deadlock_timeout": "200ms",
    "jit": "off",
    "log_min_messages": "fatal",
    "dynamic_shared_memory_type": "mmap",  # containers have little /dev/shm
}


def main(folder: Path, programs: Path) -> None:
    who = _somebody(folder)
    programs = _reachable(programs, folder, who)
    data = folder / "data"
    data.mkdir(mode=0o700)
    if who:
        os.chown(data, who["user"], who["group"])
    initdb = [programs / "initdb", "-D", data, "-U", "postgres", "--auth=trust", "--no-sync", "--encoding=UTF8"]
    # A language on purpose: no order may depend on it.
    for language in (["--locale-provider=icu", "--icu-locale=en-US", "--locale=C"], ["--locale=C"]):
        if subprocess.run([*initdb, *language], **who).returncode == 0:
            break
        shutil.rmtree(data)
        data.mkdir(mode=0o700)
        if who:
            os.chown(data, who["user"], who["group"])
    given = [f"-c{name}={value}" for name, value in {**SETTINGS, "unix_socket_directories": str(data)}.items()]
    server = subprocess.Popen([programs / "postgres", "-D", data, *given], preexec_fn=_goes_with_us, **who)
    try:
        while not _answers(programs, data):
            if server.poll() is not None:
                sys.exit("the server ended")
            time.sleep(0.02)
        (folder / "new").write_text(str(data), "utf-8")
        (folder / "new").rename(folder / "ready")
        with (folder / "holders").open("r+") as holders:
            fcntl.flock(holders, fcntl.LOCK_EX)  # waits until nobody holds it any more
            (folder / "ready").unlink()
            _end(server, folder)
    finally:
        _end(server, folder)


def _somebody(folder: Path) -> dict[str, Any]:
    """How to run a program as somebody who is not root."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    folder.chmod(0o711)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _reachable(programs: Path, folder: Path, who: dict[str, Any]) -> Path:
    if not who or subprocess.run(["test", "-x", programs / "postgres"], **who).returncode == 0:
        return programs
    shutil.copytree(programs.parent, folder / "programs")
    subprocess.run(["chmod", "-R", "go+rX", folder / "programs"], check=True)
    return folder / "programs" / programs.name


def _goes_with_us() -> None:
    """The server ends when we are killed (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGQUIT)


def _answers(programs: Path, data: Path) -> bool:
    return subprocess.run([programs / "pg_isready", "-q", "-h", data]).returncode == 0


def _end(server: subprocess.Popen[bytes], folder: Path) -> None:
    if server.poll() is None:
        server.send_signal(signal.SIGQUIT)
        server.wait(30)
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    main(Path(sys.argv[1]), Path(sys.argv[2]))
