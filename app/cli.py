"""The command line, ``jiwang VERB``. Heavy imports stand inside their verbs, so that ``--help`` is quick."""

from __future__ import annotations

import os
import signal
import sys
import threading
import traceback
from pathlib import Path
from typing import Annotated

import typer

from app.verbs import bench, demo, doctor, explain, patterns, run, server, simulate, source, stages, web
from jiwang import __version__
from jiwang.errors import JiwangError

INTERRUPTED = 130

cli = typer.Typer(
    name="jiwang",
    help="稽网 Jiwang: departmental exports in, one graph, ranked and explained alerts out.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
simulate.register(cli)
source.register(cli)
stages.register_before_patterns(cli)
patterns.register(cli)
stages.register_after_patterns(cli)
run.register(cli)
explain.register(cli)
web.register(cli)
server.register(cli)
doctor.register(cli)
demo.register(cli)
bench.register(cli)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"jiwang {__version__}")
        raise typer.Exit


@cli.callback()
def common(
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
    log_json: Annotated[
        bool, typer.Option("--log-json", help="Write log events as JSON lines to stderr.")
    ] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Log what is going on, not only warnings.")
    ] = False,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and leave."),
    ] = False,
) -> None:
    """Options of every verb; they stand before it: ``jiwang --debug run …``."""
    del version
    os.environ["JIWANG_DEBUG"] = "1" if debug else ""
    if log_json or verbose:
        from app import logs

        logs.configure(as_json=log_json, verbose=verbose or log_json)


def main(arguments: list[str] | None = None) -> int:
    """Run one verb and return its exit code (DESIGN §3); `sys.exit` it.

    An error of ours becomes two lines on stderr, the problem and the remedy; ``--debug`` adds the traceback.
    """
    _end_gently()
    arguments = sys.argv[1:] if arguments is None else arguments
    debug = "--debug" in arguments
    try:
        code = cli(arguments, prog_name="jiwang", standalone_mode=False)
    except JiwangError as error:
        _tell(error.problem, error.remedy, debug=debug)
        return error.exit_code
    except (KeyboardInterrupt, typer.Abort):
        code = INTERRUPTED
    except Exception as error:  # the last resort: a user never meets a bare traceback
        return _unexpected(error, debug=debug)
    if code == INTERRUPTED:  # typer turns some interrupts into this number itself
        sys.stderr.write("\njiwang: interrupted; what was finished is kept, re-run to continue\n")
    return code if isinstance(code, int) else 0


def _end_gently() -> None:
    """Let a service manager's or a container's SIGTERM end a verb as Ctrl-C does, its children with it."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, signal.default_int_handler)


def _unexpected(error: Exception, *, debug: bool) -> int:
    show, code = getattr(error, "show", None), getattr(error, "exit_code", None)
    if callable(show) and isinstance(code, int):  # an argument that typer could not use
        show(file=sys.stderr)
        return code
    where = traceback.extract_tb(error.__traceback__)[-1]
    # Never the message: a library may quote a person's row in it.
    place = f"{Path(where.filename).name}:{where.lineno}"
    problem = f"unexpected {type(error).__name__} in {where.name} ({place})"
    _tell(problem, "run again with `jiwang --debug …` and report what it shows", debug=debug)
    return 1


def _tell(problem: str, remedy: str, *, debug: bool) -> None:
    if debug:
        traceback.print_exc()
    sys.stderr.write(f"jiwang: {problem}\n        {remedy}\n")


if __name__ == "__main__":
    sys.exit(main())
