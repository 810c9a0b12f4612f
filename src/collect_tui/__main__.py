"""`python -m collect_tui`."""

import sys

from collect_tui.cli import main

sys.exit(main())
