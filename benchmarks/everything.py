"""Every figure of docs/performance.md and docs/scaling.md, one after the other; about half an hour on a quiet machine.

python benchmarks/everything.py
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

RUNS = (("run.py", "--docs"), ("load.py", "--docs"), ("faults.py", "--docs"))


def main() -> int:
    here = Path(__file__).parent
    failed = [
        name for name, *options in RUNS if subprocess.run([sys.executable, str(here / name), *options]).returncode
    ]
    if failed:
        print(f"not as it should be: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
