"""Mentions: which entity each name and number of a note means, and which are sure enough to be links.

A name that one entity bears is shown with that entity. It becomes a link only with more than the bare name:
an id, phone or account beside it, the employer or clinic that the note speaks of and the person belongs to,
or the home. An age chooses among namesakes, but makes no link.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl
from spacy.language import Language

from entity_resolution.normalize import addresses
from entity_resolution.notes.folding import Folded
from entity_resolution.notes.pipeline import NOBODY, SPANS, build, run
from jiwang.tables import Mentions

_AGE = re.compile(r"(?<!\d)(\d{2,3})(?:周)?岁")
_BESIDE = 6  # characters between a name and the id, phone or account that confirms it
Found = tuple[str, int, int, str]  # label, start and end in the folded text, folded text
Meant = tuple[str, int, int, str | None, str | None]  # label, start, end, entity, how


@dataclass
class Registry:
    """What is known of entities, for looking up.

    Attributes:
        names: label → folded name → entity ids.
        persons_of: citizen id, phone → entity ids of persons.
        accounts: account number → entity id of the account.
        tails: last four digits → entity ids of accounts.
        owners: entity id of an account → entity ids of its owners.
        ties: person → employers and clinics that they have records with.
        homes: person → keys of homes and places, as `addresses.keys` gives them.
        born: person → year of birth.
    """

    names: Mapping[str, Mapping[str, set[str]]]
    persons_of: Mapping[str, set[str]]
    accounts: Mapping[str, str]
    tails: Mapping[str, set[str]]
    owners: Mapping[str, set[str]]
    ties: Mapping[str, set[str]]
    homes: Mapping[str, set[str]] = field(default_factory=dict)
    born: Mapping[str, int] = field(default_factory=dict)


def spans(
    texts: Sequence[str], names: Mapping[str, Iterable[str]]
) -> Iterator[list[tuple[str, int, int, bool]]]:
    """Yield for each text its spans as label, start and end in the text as written, and is it registered?

    Args:
        texts: notes as written.
        names: label (person, employer, clinic) → folded names.
    """
    folded = [Folded(t) for t in texts]
    nlp = build(names, [t.text for t in folded])
    for text, found in _found(nlp, folded):
        yield [(label, *text.span(a, b), known) for label, a, b, _, known in found]


def _found(
    nlp: Language, texts: Iterable[Folded]
) -> Iterator[tuple[Folded, list[tuple[str, int, int, str, bool]]]]:
    for folded in texts:
        doc, text = run(nlp, folded.text, folded.joints), folded.text
        yield (
            folded,
            [(s.label_, s.start, s.end, text[s.start : s.end], s.id_ != NOBODY) for s in doc.spans[SPANS]],
        )


def read(notes: pl.DataFrame, registry: Registry) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Find and link the mentions of notes.

    Args:
        notes: ``record_id, text``, and ``year`` in which each was taken down, or null.
        registry: what is known.

    Returns:
        `Mentions`, and ``record_id, kind, entity_id, how`` of the mentions that are links.
    """
    rows, links = [], []
    told = notes.select("record_id", "text", "year").sort("record_id").rows()
    texts = [Folded(raw) for _, raw, _ in told]
    nlp = build(registry.names, [t.text for t in texts])
    read_ = _found(nlp, texts)
    for (record, raw, year), (folded, marked) in zip(told, read_, strict=True):
        found = [(label, a, b, text) for label, a, b, text, _ in marked]
        context = Context.of(folded.text, found, year)
        for label, start, end, entity, how in _resolve(found, registry, context):
            a, b = folded.span(start, end)
            rows.append((record, a, b, raw[a:b], label, entity))
            if entity and how:
                links.append((record, _kind(label), entity, how))
    mentions = pl.DataFrame(rows, schema={c: t.dtype for c, t in Mentions.columns().items()}, orient="row")
    linked = pl.DataFrame(
        links, schema=dict.fromkeys(("record_id", "kind", "entity_id", "how"), pl.String), orient="row"
    )
    linked = linked.sort("record_id", "kind", "entity_id", "how").unique(
        subset=["record_id", "kind", "entity_id"], keep="first"
    )
    return mentions.sort("record_id", "start", "end"), linked.sort("record_id", "kind", "entity_id")


def _kind(label: str) -> str:
    return {"citizen_id": "person", "account_tail": "account"}.get(label, label)


@dataclass(frozen=True)
class Context:
    """What a note says besides names: homes as keys, and years of birth that ages come to."""

    homes: frozenset[str]
    born: frozenset[int]

    @classmethod
    def of(cls, text: str, found: Sequence[Found], year: int | None) -> Context:
        """Read the context of a folded text."""
        said = [t for label, _, _, t in found if label == "address"]
        keys = addresses.keys(pl.Series(said, dtype=pl.String)) if said else pl.DataFrame()
        homes = {k for column in keys.iter_columns() for k in column.drop_nulls()}
        ages = [int(m[1]) for m in _AGE.finditer(text)] if year and "岁" in text else []
        return cls(frozenset(homes), frozenset(year - a - d for a in ages for d in (-1, 0, 1) if year))


def _resolve(found: Sequence[Found], registry: Registry, context: Context) -> list[Meant]:
    """Return ``label, start, end, entity, how`` of each span; ``how`` only where the mention is a link."""
    organisations = set()
    for label, _, _, text in found:
        if label in ("employer", "clinic") and len(bearers := registry.names[label].get(text, set())) == 1:
            organisations |= bearers
    resolved = []
    for label, start, end, text in sorted(found, key=lambda f: (f[1], f[2])):
        entity, how = None, None
        if label == "person":
            beside = [
                f
                for f in found
                if 0 <= f[1] - end <= _BESIDE or (f[0] == "account_tail" and 0 <= f[1] - end <= 2 * _BESIDE)
            ]
            entity, how = _person(
                registry.names[label].get(text, set()), beside, organisations, registry, context
            )
        elif label in ("employer", "clinic"):
            bearers = registry.names[label].get(text, set())
            entity, how = (next(iter(bearers)), "mention+name") if len(bearers) == 1 else (None, None)
        elif label == "citizen_id":
            owners = registry.persons_of.get(text.upper(), set())
            entity, how = (next(iter(owners)), "mention+citizen_id") if len(owners) == 1 else (None, None)
        elif label == "account" and text in registry.accounts:
            entity, how = registry.accounts[text], "mention+account_no"
        resolved.append((label, start, end, entity, how))
    return _tails(resolved, found, registry)


def _person(
    bearers: set[str], beside: Sequence[Found], organisations: set[str], registry: Registry, context: Context
) -> tuple[str | None, str | None]:
    """Choose among the bearers of a name: what stands beside it, organisations of the note, home, age."""
    for label, _, _, text in beside:
        if label in ("citizen_id", "phone"):
            meant = bearers & registry.persons_of.get(text.upper(), set())
        elif label == "account":
            meant = bearers & registry.owners.get(registry.accounts.get(text, ""), set())
        elif label == "account_tail":
            meant = {
                o for a in registry.tails.get(text, set()) for o in registry.owners.get(a, set()) & bearers
            }
        else:
            continue
        if len(meant) == 1:
            return meant.pop(), f"mention+{label}"
    tied = {b for b in bearers if registry.ties.get(b, set()) & organisations}
    if len(tied) == 1:
        return tied.pop(), "mention+organisation"
    at_home = {b for b in bearers if registry.homes.get(b, set()) & context.homes}
    if len(at_home) == 1:
        return at_home.pop(), "mention+address"
    of_age = {b for b in bearers if registry.born.get(b) in context.born}
    if len(of_age) == 1:
        return of_age.pop(), None
    return (next(iter(bearers)), None) if len(bearers) == 1 else (None, None)


def _tails(
    resolved: list[Meant],
    found: Sequence[Found],
    registry: Registry,
) -> list[Meant]:
    """Give account tails the account of a person of the note that ends so, if it is one."""
    people = {entity for label, _, _, entity, _ in resolved if label == "person" and entity}
    texts = {(start, end): text for _, start, end, text in found}
    out = []
    for label, start, end, entity, how in resolved:
        if label == "account_tail":
            ending = {
                a
                for a in registry.tails.get(texts[start, end], set())
                if registry.owners.get(a, set()) & people
            }
            entity, how = (ending.pop(), "mention+account_tail") if len(ending) == 1 else (None, None)  # noqa: PLW2901
        out.append((label, start, end, entity, how))
    return out
