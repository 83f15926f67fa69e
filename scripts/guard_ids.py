"""Refuse what must never be in the tree: real-looking citizen ids, package registries' hosts, private paths.

An 18-digit number with a plausible birth date and a right check digit (GB 11643-1999, weights 2^(17-i) mod
11) may be a living person's. Tests build such ids from parts at run time; the standard's own example is free.
Without arguments it reads what git tracks and would add (or, outside git, every file); with arguments just
those files, as pre-commit does. Exit code 1, and one line per finding, where there is any.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WEIGHTS = tuple(pow(2, 17 - place, 11) for place in range(17))
CHECK_DIGITS = "10X98765432"
ALLOWED_IDS = frozenset({"11010519491231002X"})
SKIPPED_FOLDERS = frozenset(
    {".git", ".venv", "site", "build", "dist", "__pycache__", "workspace", "demo-region"}
)

CITIZEN_ID = re.compile(
    rb"(?<!\d)\d{6}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?!\d)"
)
# Spelled in halves, so that this file passes its own guard.
HOST_HALVES = (
    ("python", "hosted.org"),
    ("pypi", ".org"),
    ("repo.", "maven.apache"),
    ("repo1.", "maven.org"),
    ("registry.", "npmjs"),
    ("registry.", "yarnpkg"),
    ("deb.", "debian.org"),
    ("security.", "debian.org"),
    ("archive.", "ubuntu.com"),
    ("download.", "pytorch.org"),
)
HOSTS = re.compile("|".join(re.escape(left + right) for left, right in HOST_HALVES).encode())
PRIVATE_PATH = re.compile(
    rb"(?<![A-Za-z0-9_.~*}/-])/(?:work|farm|root|opt/wheels|tmp/lab|tmp/bash\w*)(?![A-Za-z0-9_-])"
)


def has_valid_check_digit(number: str) -> bool:
    """Tell whether the 18th character of a citizen id follows from the first 17."""
    total = sum(int(digit) * weight for digit, weight in zip(number, WEIGHTS, strict=False))
    return CHECK_DIGITS[total % 11] == number[17].upper()


def masked(number: str) -> str:
    """Show enough of an id to find it, and no more."""
    return f"{number[:4]}{'*' * 12}{number[-2:]}"


def findings_in(content: bytes) -> Iterator[tuple[int, str]]:
    """Yield (line from 1, what is wrong) for each breach in one file's bytes."""
    for line, text in enumerate(content.splitlines(), start=1):
        for match in CITIZEN_ID.finditer(text):
            number = match.group().decode("ascii").upper()
            if number not in ALLOWED_IDS and has_valid_check_digit(number):
                yield line, f"citizen id with a valid check digit ({masked(number)}): build it from parts"
        for match in HOSTS.finditer(text):
            yield line, f"registry host {match.group().decode()}: the user's tools know theirs"
        for match in PRIVATE_PATH.finditer(text):
            yield line, f"path of one machine {match.group().decode()}: use a relative path or a setting"


def tree_files(root: Path) -> list[Path]:
    """List the files that git tracks or would add; where git cannot say, every file outside build folders."""
    git = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root, capture_output=True, check=False,
    )  # fmt: skip
    if git.returncode == 0:
        return [root / name for name in git.stdout.decode().split("\0") if name]
    return [
        path
        for path in root.rglob("*")
        if not SKIPPED_FOLDERS.intersection(path.relative_to(root).parts) and not path.name.endswith("_cache")
    ]


def report(paths: Iterable[Path]) -> list[str]:
    """Return one line `file:line: what` for each breach, in the order of the files."""
    lines = []
    for path in sorted(paths):
        if path.is_file() and not path.is_symlink():
            shown = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path
            lines += [f"{shown}:{line}: {what}" for line, what in findings_in(path.read_bytes())]
    return lines


def main(arguments: list[str]) -> int:
    """Check the named files, or the tree; return the exit code."""
    lines = report([Path(name).resolve() for name in arguments] or tree_files(ROOT))
    sys.stdout.writelines(f"{line}\n" for line in lines)
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
