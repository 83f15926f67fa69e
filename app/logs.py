"""Structured logs to stderr: the run's id bound, and what identifies a person masked should it slip in."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import structlog

# Longest first: a bank card holds what looks like a telephone, an id what looks like a card.
_NUMBERS = (
    re.compile(r"(?<![0-9A-Za-z])(\d{4})\d{13}([0-9Xx])(?![0-9A-Za-z])"),  # citizen id, 18
    re.compile(r"(?<![0-9A-Za-z])(\d{2})\d{10,19}(\d{2})(?![0-9A-Za-z])"),  # old id, bank card, account
    re.compile(r"(?<![0-9A-Za-z])(1[3-9])\d{7}(\d{2})(?![0-9A-Za-z])"),  # mobile telephone
)


def mask(text: str) -> str:
    """Return ``text`` with every number that may be a citizen id, an account or a telephone starred out."""
    for pattern in _NUMBERS:
        text = pattern.sub(lambda m: f"{m[1]}{'*' * (len(m[0]) - len(m[1]) - len(m[2]))}{m[2]}", text)
    return text


def mask_value(value: Any) -> Any:
    """Mask strings and long numbers at any depth of mappings and sequences; other values pass."""
    match value:
        case str():
            return mask(value)
        case bool() | float() | None:
            return value
        case int():
            return value if mask(str(value)) == str(value) else mask(str(value))
        case Mapping():
            return {mask_value(k): mask_value(v) for k, v in value.items()}
        case list() | tuple() | set() | frozenset():
            return [mask_value(v) for v in value]
        case _:
            return value if mask(str(value)) == str(value) else mask(str(value))


def _mask_event(_: Any, __: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    return {k: mask_value(v) for k, v in event.items()}


class _MaskFilter(logging.Filter):
    """Masks what libraries log through the standard library."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = mask(record.getMessage()), ()
        return True


def configure(*, as_json: bool = False, verbose: bool = False) -> None:
    """Set up logging for this process: warnings only, or everything from info up with ``verbose``."""
    level = logging.INFO if verbose else logging.WARNING
    last = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if as_json
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _mask_event,
            last,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(_MaskFilter())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)


def logger(**bound_values: Any) -> structlog.typing.FilteringBoundLogger:
    """Return a logger; before `configure` it is set up for warnings in plain text."""
    if not structlog.is_configured():
        configure()
    found: structlog.typing.FilteringBoundLogger = structlog.get_logger(**bound_values)
    return found


@contextmanager
def bound(**values: Any) -> Iterator[None]:
    """Bind values, such as the run's id, to every event logged inside."""
    with structlog.contextvars.bound_contextvars(**values):
        yield
