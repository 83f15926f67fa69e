"""Started as a child process: ``python -m simulation``."""

import signal
import sys

from simulation.cli import main

# Who is told to end takes away what is half made.
signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
sys.exit(main())
