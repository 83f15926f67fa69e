"""The command line as a user meets it: quick help, exit codes, problem and remedy, no traceback."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path
from subprocess import PIPE

import pytest

from app.cli import main
from app.web import claim_port
from jiwang.errors import UsageError

VERBS = (
    "simulate", "ingest", "resolve", "build", "load", "detect", "patterns", "train", "score", "alert", "run",
    "app", "neo4j", "doctor", "demo", "bench",
)  # fmt: skip


def jiwang(*arguments: str, root: Path) -> subprocess.CompletedProcess[str]:
    code = "import sys; from app.cli import main; sys.exit(main())"
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=root, capture_output=True, text=True, check=False
    )


def test_help_names_every_verb_and_is_quick(repo_root):
    seconds = []
    for _ in range(3):
        started = time.perf_counter()
        done = jiwang("--help", root=repo_root)
        seconds.append(time.perf_counter() - started)
    assert done.returncode == 0
    assert all(f"\n  {verb} " in done.stdout for verb in VERBS)
    assert min(seconds) <= 0.5


def test_help_imports_no_engine(repo_root):
    code = (
        "import sys\nfrom app.cli import main\nmain(['--help'])\n"
        "engines = {'polars', 'duckdb', 'torch', 'streamlit', 'pydantic', 'ladybug', 'neo4j'}\n"
        "heavy = engines & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=repo_root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["run", "--region", "r"],
        ["app", "--workspace", "w", "--port", "99999"],
        ["run", "--region", "r", "--input", "i", "--workspace", "w", "--store", "paper"],
    ],
)
def test_unusable_arguments_end_with_2(arguments, capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    assert "Traceback" not in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_a_missing_hand_over_is_said_in_two_lines(tmp_path, capsys):
    arguments = ["run", "--region", "r", "--input", str(tmp_path / "no"), "--workspace", str(tmp_path / "w")]
    assert main(arguments) == 2
    error = capsys.readouterr().err
    problem, remedy = error.strip().splitlines()[-2:]
    assert str(tmp_path / "no") in problem
    assert "--input" in remedy
    assert "Traceback" not in error


def test_debug_shows_the_traceback(tmp_path, capsys):
    assert main(["--debug", "resolve", "--workspace", str(tmp_path / "none")]) == 2
    assert "Traceback" in capsys.readouterr().err


def test_a_stage_before_its_time_names_the_one_that_is_missing(tmp_path, capsys):
    from jiwang.workspace import Workspace

    Workspace.open(tmp_path / "w", create=True)
    assert main(["build", "--workspace", str(tmp_path / "w")]) == 2
    assert "jiwang resolve" in capsys.readouterr().err


def test_a_workspace_of_another_version_is_refused(tmp_path, capsys):
    (tmp_path / "workspace.json").write_text('{"format": 99}', encoding="utf-8")
    assert main(["build", "--workspace", str(tmp_path)]) == 2
    assert "format 99" in capsys.readouterr().err


def test_an_unexpected_error_never_quotes_its_message(monkeypatch, tmp_path, capsys):
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the row of " + "赵甲")

    monkeypatch.setattr("app.session.prepare", broken)
    assert main(["build", "--workspace", str(tmp_path)]) == 1
    error = capsys.readouterr().err
    assert "RuntimeError" in error
    assert "赵甲" not in error


def test_an_interrupt_ends_with_130_and_says_how_to_go_on(monkeypatch, tmp_path, capsys):
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("app.session.prepare", interrupted)
    assert main(["build", "--workspace", str(tmp_path)]) == 130
    assert "re-run to continue" in capsys.readouterr().err


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_served_app_whole(region, repo_root, ending):
    """A service manager's SIGTERM as much as Ctrl-C: no web server may outlive its command."""
    port = claim_port(18_760, settle=True)
    code = "import sys; from app.cli import main; sys.exit(main())"
    order = ["app", "--workspace", str(region.root), "--port", str(port)]
    with subprocess.Popen([sys.executable, "-c", code, *order], cwd=repo_root, stdout=PIPE) as served:
        try:
            assert f"localhost:{port}".encode() in served.stdout.readline()
            served.send_signal(ending)
            assert served.wait(30) == 0
            assert claim_port(port, settle=False) == port
        finally:
            served.kill()


def test_a_taken_port_is_refused_or_the_next_one_is_used():
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(UsageError, match=f"port {port} is taken") as caught:
            claim_port(port, settle=False)
        assert "--port" in caught.value.remedy
        assert claim_port(port, settle=True) > port
