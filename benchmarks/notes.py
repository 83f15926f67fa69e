"""Entities in notes of unseen wording: ours beside a gazetteer with regular expressions and a trained tagger.

Run: ``python benchmarks/notes.py [N]`` (default 4,000 notes). The registry holds all of the names, then
80 % of them. F is of whole spans with their label. Notes per CPU second include what the registry takes.
"""

from __future__ import annotations

import os
import random
import sys
import time
from collections.abc import Callable, Sequence

os.environ.setdefault("POLARS_MAX_THREADS", "1")

import _notes
from _notes import People, Span

SEEDS = {"seen": 11, "unseen": 12}
KNOWN_SHARES = (1.0, 0.8)
PERSONS, EMPLOYERS, CLINICS = 50_000, 5_000, 200
Notes = list[tuple[str, list[Span]]]
Found = list[set[tuple[str, int, int]]]


def registry_of(people: People, share: float, seed: int) -> dict[str, list[str]]:
    """Return the names that a register with this share of all knows."""
    rng = random.Random(seed)
    every = {"person": people.persons, "employer": people.employers, "clinic": people.clinics}
    return {label: [n for n in names if rng.random() < share] for label, names in every.items()}


def ours(texts: Sequence[str], known: dict[str, list[str]]) -> Found:
    """Read the notes as the stage does; say apart what the registry and the teaching took."""
    from entity_resolution.notes.mentions import spans  # noqa: PLC0415 - loads spaCy
    from entity_resolution.notes.registry import lookup  # noqa: PLC0415

    started = time.process_time()
    reading = spans(texts, lookup(texts, known))
    first = next(reading)  # the registry is built, and the finder of names taught, before the first note
    built = time.process_time()
    found = [{(label, a, b) for label, a, b, _ in spans_} for spans_ in (first, *reading)]
    rate = len(texts) / (time.process_time() - built)
    sys.stdout.write(f"{'':18} registry built in {built - started:.1f} CPU-s, then {rate:,.0f} notes/CPU-s\n")
    return found


def gazetteer(texts: Sequence[str], known: dict[str, list[str]]) -> Found:
    """Find numbers by expression and names by plain look-up, longest first: no context, no unknown names."""
    import polars as pl  # noqa: PLC0415

    from entity_resolution.notes import rules  # noqa: PLC0415

    names = {name: label for label, every in known.items() for name in every}
    hits = pl.Series(texts).str.extract_many(sorted(names), overlapping=True, ascii_case_insensitive=False)
    found = []
    for text, words in zip(texts, hits.to_list(), strict=True):
        spans = {(label, a, b) for label, a, b in rules.identifiers(text) if label != "alias"}
        covered = bytearray(len(text))
        for word in sorted(set(words), key=lambda w: (-len(w), w)):
            at = text.find(word)
            while at >= 0:
                if not any(covered[at : at + len(word)]):
                    covered[at : at + len(word)] = b"\x01" * len(word)
                    spans.add((names[word], at, at + len(word)))
                at = text.find(word, at + 1)
        found.append(spans)
    return found


def tagger(texts: Sequence[str], training: Notes) -> Found:
    """Train spaCy's character network on the seen clauses, then tag: what a statistical tagger alone does."""
    import spacy  # noqa: PLC0415
    from spacy.training import Example  # noqa: PLC0415
    from spacy.util import minibatch  # noqa: PLC0415

    nlp = spacy.blank("zh")
    tok2vec = {
        "@architectures": "spacy.HashEmbedCNN.v2", "pretrained_vectors": None, "width": 64, "depth": 4,
        "embed_size": 2000, "window_size": 1, "maxout_pieces": 3, "subword_features": False,
    }  # fmt: skip
    model = {
        "@architectures": "spacy.TransitionBasedParser.v2", "state_type": "ner", "extra_state_tokens": False,
        "hidden_width": 64, "maxout_pieces": 2, "use_upper": True, "tok2vec": tok2vec,
    }  # fmt: skip
    ner = nlp.add_pipe("ner", config={"model": model})
    for label in _notes.LABELS.values():
        ner.add_label(label)
    examples = [
        Example.from_dict(nlp.make_doc(t), {"entities": [(a, b, label) for label, a, b, _ in s]})
        for t, s in training
    ]
    optimizer = nlp.initialize(lambda: examples)
    rng = random.Random(0)
    for _ in range(4):
        rng.shuffle(examples)
        for batch in minibatch(examples, 32):
            nlp.update(batch, sgd=optimizer, drop=0.2)
    return [{(e.label_, e.start_char, e.end_char) for e in doc.ents} for doc in nlp.pipe(texts)]


def figures(notes: Notes, found: Found) -> tuple[float, float, float, dict[str, float]]:
    """Return precision, recall and F of whole spans, and the F of each label."""
    hits: dict[str, list[int]] = {}
    for (_, gold), ours_ in zip(notes, found, strict=True):
        truth = {(label, a, b) for label, a, b, _ in gold}
        for label in {s[0] for s in truth | ours_}:
            t, f = {s for s in truth if s[0] == label}, {s for s in ours_ if s[0] == label}
            kept = hits.setdefault(label, [0, 0, 0])
            for i, n in enumerate((len(t & f), len(f), len(t))):
                kept[i] += n
    total = [sum(h[i] for h in hits.values()) for i in range(3)]
    each = {label: 2 * h[0] / max(h[1] + h[2], 1) for label, h in sorted(hits.items())}
    return (
        total[0] / max(total[1], 1),
        total[0] / max(total[2], 1),
        2 * total[0] / max(total[1] + total[2], 1),
        each,
    )


def main(count: int) -> None:
    """Print each system's figures on seen and on unseen clauses."""
    rng = random.Random(3)
    people = _notes.population(rng, PERSONS, EMPLOYERS, CLINICS)
    training = _notes.notes(_notes.WORDS["seen"], 900, people, random.Random(5))
    for which, seed in SEEDS.items():
        notes = _notes.notes(_notes.WORDS[which], count, people, random.Random(seed))
        texts = [t for t, _ in notes]
        for share in KNOWN_SHARES:
            known = registry_of(people, share, 7)
            sys.stdout.write(f"\n{which} clauses, {count:,} notes, {share:.0%} of the names registered\n")
            _report("jiwang", notes, lambda known=known, texts=texts: ours(texts, known))  # type: ignore[misc]
            _report("gazetteer + regex", notes, lambda known=known, texts=texts: gazetteer(texts, known))  # type: ignore[misc]
        _report("char-CNN tagger", notes, lambda texts=texts: tagger(texts, training))  # type: ignore[misc]


def _report(name: str, notes: Notes, system: Callable[[], Found]) -> None:
    started = time.process_time()
    found = system()
    spent = time.process_time() - started
    p, r, f, each = figures(notes, found)
    sys.stdout.write(f"{name:18} P {p:.3f} R {r:.3f} F {f:.3f}  {len(notes) / spent:8,.0f} notes/CPU-s\n")
    sys.stdout.write("    " + " ".join(f"{label} {score:.2f}" for label, score in each.items()) + "\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 4_000)
