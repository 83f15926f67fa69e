"""A first load into a server of our own: imported offline into a fresh home, then swapped for what is there.

The running server is stopped only for the swap, two renames. An import that fails, or is killed, leaves the
old graph as it was; a swap that was cut in two is undone at the next `up`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from graph import neo4j_server
from graph.neo4j_files import write_files
from graph.neo4j_jars import find_jars, find_java
from graph.neo4j_process import argument_file, tail
from graph.neo4j_server import STORES, Server, java_flags
from graph.schema import GraphSchema
from jiwang.errors import StoreError
from jiwang.progress import Progress

HEAP_MB = 1024
TOOL = "org.neo4j.cli.AdminTool"


def import_whole(
    server: Server,
    schema: GraphSchema,
    nodes: Mapping[str, Path],
    edges: Mapping[str, Path],
    tag: str,
    progress: Progress,
    check: Callable[[], object],
) -> Server:
    """Replace everything that ``server`` holds by these tables; return it, started again.

    ``check`` looks at the tables while they are imported; what it raises is raised here, and nothing is
    replaced. The graph is whole when a store has been opened on it and told to load the same tables: that
    makes the constraints.

    Raises:
        StoreError: the import failed, and the old graph stands.
    """
    home = Path(server.home)
    fresh = home / "import.new"
    shutil.rmtree(fresh, ignore_errors=True)
    try:
        with progress.task("neo4j: offline import") as task:
            files = fresh / "files"
            write = partial(write_files, schema, nodes, edges, tag, files)
            task.say(_checked(check, lambda: _imported(fresh, files, write(), progress)))
        with progress.task("neo4j: restarting on it"):
            neo4j_server.down(home)
            _swap(home, fresh)
            return neo4j_server.up(
                home,
                server.port,
                auth=server.auth,
                heap_mb=server.heap_mb,
                page_cache_mb=server.page_cache_mb,
            )
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _checked(check: Callable[[], object], work: Callable[[], str]) -> str:
    """Do the work beside the check; what is wrong with the tables the check says better than the importer."""
    with ThreadPoolExecutor(1) as beside:
        checked = beside.submit(check)
        try:
            return work()
        finally:
            checked.result()


def _imported(fresh: Path, files: Path, arguments: list[str], progress: Progress) -> str:
    """Run the importer on ``files`` with ``fresh`` as its home; return its line about what came in."""
    java = find_java()
    _, lib = find_jars(java, progress)
    (fresh / "conf").mkdir(parents=True)
    (fresh / "conf" / "neo4j.conf").write_text("dbms.usage_report.enabled=false\n", encoding="utf-8")
    tool = [TOOL, "database", "import", "full", "neo4j", *arguments]
    given = argument_file(fresh / "import.args", [*java_flags(java, HEAP_MB), "-cp", f"{lib}/*", *tool])
    environment = os.environ | {"NEO4J_HOME": str(fresh), "NEO4J_CONF": str(fresh / "conf")}
    done = subprocess.run(
        [java.path, f"@{given}"], env=environment, cwd=files, capture_output=True, text=True, check=False
    )
    if done.returncode or not (fresh / STORES[0]).is_dir():
        said = tail(done.stderr or done.stdout)
        remedy = "free disk space or memory and run `jiwang load` again; the graph of before is still there"
        raise StoreError(f"the offline import failed: {said}", remedy)
    lines = [line.strip() for line in done.stdout.splitlines()]
    return next((line for line in lines if line.startswith("IMPORT DONE")), "done")


def _swap(home: Path, fresh: Path) -> None:
    """Put the fresh stores in the place of the old ones; `neo4j_server.up` undoes what is left half-way."""
    for name in STORES:
        old = home / f"{name}.old"
        shutil.rmtree(old, ignore_errors=True)
        if (home / name).exists():
            (home / name).rename(old)
    for name in reversed(STORES):  # the database itself comes last: with it there, the swap is whole
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (fresh / name).rename(home / name)
    for name in STORES:
        shutil.rmtree(home / f"{name}.old", ignore_errors=True)
