"""Makes these files importable for each other: ``pty`` itself is the standard library's name."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
