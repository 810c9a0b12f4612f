"""The PostgreSQL from the wheel: whoever starts it and is interrupted leaves nothing running."""

from __future__ import annotations

import os

import pytest

from collect_tui.server.embedded import Embedded
from support import pg


def test_an_interrupted_start_leaves_no_process(tmp_path, monkeypatch):
    pg.need()
    database = Embedded(tmp_path / "postgresql")
    started = []

    def interrupted():
        started.append(database._process.pid)
        raise KeyboardInterrupt

    monkeypatch.setattr(database, "_ensure_database", interrupted)
    with pytest.raises(KeyboardInterrupt):
        database.start()
    assert database._process.poll() is not None, "it would run on for nobody"
    assert not (database.data / "postmaster.pid").exists()
    monkeypatch.undo()
    database.start()
    database.stop()
    with pytest.raises(ProcessLookupError):
        os.kill(started[0], 0)
