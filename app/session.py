"""What a verb that works on a workspace needs: settings, and a quiet environment for the engines."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jiwang.config import Settings


def prepare(workspace: Path | None, **flags: Any) -> Settings:
    """Read the settings, and hold the table engines to their threads before they are imported.

    Raises:
        SettingsError: a setting cannot be read or is out of range.
    """
    from jiwang.config import load

    settings = load(workspace, **{k: getattr(v, "value", v) for k, v in flags.items()})
    os.environ.setdefault("POLARS_MAX_THREADS", str(settings.threads))
    # A service manager stops us with SIGTERM: end as on Ctrl-C, so that half-written folders are removed.
    signal.signal(signal.SIGTERM, _interrupt)
    return settings


def _interrupt(number: int, frame: FrameType | None) -> None:
    del number, frame
    raise KeyboardInterrupt
