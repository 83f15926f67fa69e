"""The pattern library: one read-only Cypher query a file, with all that must be known of it in front.

A pattern is ``cypher/<family>/<id>.cypher``. The file begins with TOML between ``/* ---`` and ``--- */``, so
that it pastes into Neo4j Browser as it is; the rest is one query in the subset that both engines share. Its
columns are fixed:

    ==========  ===============  ============================================================
    subject     string           id of the node that the hit is about
    members     list of strings  ids of the nodes that belong to it (lists may nest)
    amount      float            yuan at stake, or null
    first_day   int              first and last day of what is seen, days since 1970-01-01,
    last_day    int              or null
    edges       list of strings  ``eid`` of the edges that bear it (lists may nest)
    ==========  ===============  ============================================================

Values are ``$parameters`` declared under ``[params]``; ``$limit`` is given by the runner.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Iterator, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    BeforeValidator,
    Field,
    StrictFloat,
    StrictInt,
    StrictStr,
    StringConstraints,
    ValidationError,
    model_validator,
)

from jiwang.errors import PatternError
from jiwang.ontology import Data, Kind, Label

Severity = Literal["red", "orange", "yellow"]
Fund = Literal["pension", "unemployment", "injury", "maternity", "medical"]
Value = StrictInt | StrictFloat | StrictStr | tuple[StrictStr, ...]
Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
# A text may be given once, or in both languages.
Text = Annotated[
    Label, BeforeValidator(lambda text: {"zh": text, "en": text} if isinstance(text, str) else text)
]

COLUMNS = ("subject", "members", "amount", "first_day", "last_day", "edges")
LIMIT = "limit"
_PYTHON: Mapping[str, tuple[type, ...]] = {
    "int": (int,),
    "float": (float, int),
    "str": (str,),
    "list": (tuple, list),
}
_FILE = re.compile(
    r"\A\s*/\*[ \t]*---[ \t]*\n(?P<meta>.*?)\n[ \t]*---[ \t]*\*/[ \t]*\n(?P<body>.*)\Z", re.DOTALL
)


class Param(Data):
    """One ``$parameter``: its type, default, range (inclusive) and what it means."""

    type: Literal["int", "float", "str", "list"]
    default: Value
    min: float | None = None
    max: float | None = None
    doc: Text

    def problem(self, value: object) -> str | None:
        """Return what is wrong with ``value`` for this parameter, or None."""
        if isinstance(value, bool) or not isinstance(value, _PYTHON[self.type]):
            return f"{value!r} is no {self.type}"
        if isinstance(value, tuple | list):
            return (
                None if all(isinstance(item, str) for item in value) else f"{value!r} is no list of strings"
            )
        if isinstance(value, str):
            return None
        low = -math.inf if self.min is None else self.min
        high = math.inf if self.max is None else self.max
        inside = isinstance(value, int | float) and low <= value <= high
        return None if inside else f"{value!r} is not within {low:g} to {high:g}"

    @model_validator(mode="after")
    def _default_fits(self) -> Param:
        if problem := self.problem(self.default):
            raise ValueError(f"default: {problem}")
        return self


class Returns(Data):
    """What each column stands for in this pattern; ``kind`` is the kind of entity of the subject."""

    kind: Kind
    subject: Text
    members: Text
    amount: Text
    first_day: Text
    last_day: Text
    edges: Text


class Pattern(Data):
    """One pattern: its metadata, and the query.

    Attributes:
        family: name of the folder that it lies in.
        source: file that it was read from, relative to the library.
        body: the query, as sent to an engine.
        requires: edge types without which it cannot find anything.
        regions: parameters that differ in some regions.
        status: only active ones are run by `graph.detect`.
    """

    id: Identifier
    typology: str
    funds: tuple[Fund, ...] = Field(min_length=1)
    severity: Severity
    version: int = Field(ge=1)
    status: Literal["active", "draft", "retired"] = "active"
    title: Label
    params: Mapping[Identifier, Param] = Field(default_factory=dict)
    regions: Mapping[str, Mapping[Identifier, Value]] = Field(default_factory=dict)
    returns: Returns
    false_positives: tuple[Text, ...] = Field(min_length=1)
    triage: Text
    basis: str
    requires: tuple[str, ...] = ()
    family: str
    source: str
    body: str

    @model_validator(mode="after")
    def _regions_fit(self) -> Pattern:
        for region, values in self.regions.items():
            for name, value in values.items():
                problem = self.params[name].problem(value) if name in self.params else "no such parameter"
                if problem:
                    raise ValueError(f"regions.{region}.{name}: {problem}")
        return self

    def values(self, region: str = "", overrides: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Return every parameter's value: default < the region's < ``overrides``.

        Raises:
            PatternError: an override that this pattern does not have, or of the wrong type or range.
        """
        chosen = {name: param.default for name, param in self.params.items()} | dict(
            self.regions.get(region, {})
        )
        for name, value in (overrides or {}).items():
            known = f"its parameters are {', '.join(sorted(self.params)) or 'none'}"
            if name not in self.params:
                raise PatternError(f"{self.source}: there is no parameter {name}", known)
            if problem := self.params[name].problem(value):
                raise PatternError(
                    f"{self.source}: parameter {name}: {problem}", "give a value within its range"
                )
            chosen[name] = value
        return {name: self._typed(name, chosen[name]) for name in sorted(chosen)}

    def _typed(self, name: str, value: Any) -> Any:
        if self.params[name].type == "float":
            return float(value)
        return list(value) if isinstance(value, tuple) else value


def pattern_root() -> Traversable:
    """Return the library: inside the installed package, or beside it in a checkout."""
    packed = files("graph") / "cypher"
    return packed if packed.is_dir() else Path(__file__).resolve().parents[1] / "cypher"


def load_library(root: Traversable | None = None) -> list[Pattern]:
    """Read every pattern below ``root`` (default: the library that comes with Jiwang), sorted by id.

    Raises:
        PatternError: a file that cannot be read, naming file and key, or two patterns of one id.
    """
    root = root or pattern_root()
    patterns: dict[str, Pattern] = {}
    for family, file in pattern_files(root):
        pattern = parse(file.read_text(encoding="utf-8"), family, file.name)
        if pattern.id in patterns:
            other = patterns[pattern.id].source
            raise PatternError(
                f"{pattern.source}: id {pattern.id} is taken by {other}", "give it an id of its own"
            )
        patterns[pattern.id] = pattern
    return [patterns[name] for name in sorted(patterns)]


def pattern_files(root: Traversable) -> Iterator[tuple[str, Traversable]]:
    """Yield (family, file) of every pattern below ``root``, in order."""
    families = (
        sorted((f for f in root.iterdir() if f.is_dir()), key=lambda f: f.name) if root.is_dir() else []
    )
    for family in families:
        for file in sorted(family.iterdir(), key=lambda f: f.name):
            if file.name.endswith(".cypher"):
                yield family.name, file


def parse(text: str, family: str, name: str) -> Pattern:
    """Read one pattern from the text of its file ``<family>/<name>``.

    Raises:
        PatternError: no front matter, no TOML, a key missing, unknown or wrong.
    """
    source = f"{family}/{name}"
    found = _FILE.match(text)
    if not found or not found["body"].strip():
        raise PatternError(
            f"{source}: no front matter and query", "begin with /* ---, TOML, --- */, then the query"
        )
    try:
        meta = tomllib.loads(found["meta"])
        return Pattern(**{**meta, "family": family, "source": source, "body": found["body"].strip()})
    except tomllib.TOMLDecodeError as error:
        raise PatternError(f"{source}: front matter: {error}", "correct the TOML") from error
    except (ValidationError, TypeError) as error:
        raise PatternError(f"{source}: {first_problem(error)}", "correct the front matter") from error


def first_problem(error: ValidationError | TypeError) -> str:
    """Return the first thing that is wrong in data, with the key where it is."""
    if isinstance(error, TypeError):
        return str(error)
    first = error.errors()[0]
    return f"{'.'.join(str(part) for part in first['loc'])} {first['msg']}".strip()
