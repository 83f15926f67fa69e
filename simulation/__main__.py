"""Started as a child process: ``python -m simulation``."""

import sys

from simulation.cli import main

sys.exit(main())
