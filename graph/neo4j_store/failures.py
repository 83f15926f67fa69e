"""From the driver's many errors to ours, each with what to do about it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from neo4j.exceptions import AuthError, ConfigurationError, DriverError, Neo4jError, ServiceUnavailable

from jiwang.errors import PatternError, StoreError

START = "start it (`jiwang neo4j up` starts one here), or correct JIWANG_NEO4J_URI"
LOAD = "run `jiwang load`"
SHOWN = 300  # characters of a message; the parser lists every word it knows
CREDENTIALS = "correct JIWANG_NEO4J_USER and JIWANG_NEO4J_PASSWORD"


@contextmanager
def explained(uri: str, timeout: float = 0.0) -> Iterator[None]:
    """Turn the driver's errors into `StoreError` and `PatternError`.

    Args:
        uri: the server, for the message.
        timeout: seconds that the query inside was given.
    """
    try:
        yield
    except AuthError as error:
        raise StoreError(f"{uri} refuses user or password: {_line(error)}", CREDENTIALS) from error
    except ConfigurationError as error:
        raise StoreError(f"{uri}: {_line(error)}", "correct JIWANG_NEO4J_URI") from error
    except Neo4jError as error:
        raise _failure(uri, error, timeout) from error
    except ServiceUnavailable as error:
        raise StoreError(f"{uri} does not answer: {_line(error)}", START) from error
    except (DriverError, OSError) as error:
        raise StoreError(f"{uri}: {_line(error)}", START) from error


def _failure(uri: str, error: Neo4jError, timeout: float) -> StoreError:
    code, said = error.code or "", _line(error)
    if "TransactionTimedOut" in code or ("Terminated" in code and timeout):
        return PatternError(
            f"a query took more than {timeout:g} s", "make it stricter, or raise pattern_timeout"
        )
    if "AccessMode" in code:
        return PatternError(f"a query tries to write: {said}", "patterns only read")
    if any(name in code for name in ("ReadOnly", "Forbidden", "NotALeader")):
        remedy = (
            "load into a database that can be written; within a cluster, name it by neo4j:// to be routed"
        )
        return StoreError(f"{uri} is read-only: {said}", remedy)
    if "No space left" in said or "DatabaseUnavailable" in code:
        remedy = "free space on the server's disk, restart it, and run `jiwang load` again: it goes on"
        return StoreError(f"{uri} cannot write: {said}", remedy)
    if "DatabaseNotFound" in code:
        return StoreError(f"{uri}: {said}", "correct JIWANG_NEO4J_DATABASE; Neo4j Community has only `neo4j`")
    if "OutOfMemory" in code:
        return PatternError(f"a query needs more memory: {said}", "make it stricter, or give the server more")
    if ".Statement." in code:
        return PatternError(f"a query failed: {said}", "correct the query")
    return StoreError(f"{uri}: {code} {said}", "look at the server's log")


def _line(error: Exception) -> str:
    text = error.message if isinstance(error, Neo4jError) and error.message else str(error)
    return " ".join(text.split())[:SHOWN]
