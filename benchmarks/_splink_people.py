"""Splink's side of the persons' benchmark: models as its documentation builds them, and connected components.

Called as a child process: ``python benchmarks/_splink_people.py hard FILE`` prints a JSON line of thresholds.
On the hard population it gets our normalised columns: what is compared is linkage, not reading.
"""

from __future__ import annotations

import json
import logging
import sys
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl
import splink.comparison_library as cl
from _clusters import agreement
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

THRESHOLDS = (0.2, 0.5, 0.95, 0.99, 0.9999)
Rules = list[Any]


def features(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the hard population's columns, read and normalised by our codecs."""
    from entity_resolution.engine import profile, values  # noqa: PLC0415 - only this set needs them

    said = values.read(frame, profile.load("person_cn"))
    columns = {}
    for name, codes in said.codes.items():
        texts = said.values[name].texts
        at = pl.Series(codes[0].astype("int64"))
        columns[name] = texts.gather(at.set(at >= len(texts), None))
    columns["sound"] = (
        said.values["name"]
        .parts["sound"]
        .gather(
            (at := pl.Series(said.codes["name"][0].astype("int64"))).set(
                at >= len(said.values["name"].texts), None
            )
        )
    )
    return pl.DataFrame(columns).with_columns(
        birth=pl.coalesce("birth", pl.col("id").str.slice(6, 8)).str.to_date("%Y%m%d", strict=False),
        given=pl.col("sound"),
    )


def hard() -> tuple[list[Any], Rules, Rules, Rules]:
    """Return comparisons, blocks, and the rules that train it, for the hard population."""
    compare = [
        cl.LevenshteinAtThresholds("id", [1, 2]),
        cl.CustomComparison(
            output_column_name="name",
            comparison_levels=[
                {
                    "sql_condition": "name_l is null or name_r is null",
                    "label_for_charts": "null",
                    "is_null_level": True,
                },
                {
                    "sql_condition": "name_l = name_r",
                    "label_for_charts": "same",
                    "tf_adjustment_column": "name",
                },
                {"sql_condition": "sound_l = sound_r", "label_for_charts": "sound"},
                {"sql_condition": "levenshtein(name_l, name_r) <= 1", "label_for_charts": "near"},
                {"sql_condition": "ELSE", "label_for_charts": "other"},
            ],
        ),
        cl.AbsoluteDateDifferenceAtThresholds(
            "birth", input_is_string=False, metrics=["month", "year"], thresholds=[2, 1]
        ),
        cl.ExactMatch("sex"),
        cl.ExactMatch("phone").configure(term_frequency_adjustments=True),
        cl.ExactMatch("home").configure(term_frequency_adjustments=True),
        cl.ExactMatch("employer").configure(term_frequency_adjustments=True),
    ]
    blocks = [block_on("id"), *(block_on("sound", c) for c in ("birth", "phone", "home", "employer")),
              block_on("phone", "birth"), block_on("birth", "home")]  # fmt: skip
    return compare, blocks, [block_on("id")], [block_on("id"), block_on("sound", "birth")]


def fake() -> tuple[list[Any], Rules, Rules, Rules]:
    """Return the documented model of the fake people."""
    compare = [
        cl.NameComparison("first_name"),
        cl.NameComparison("surname"),
        cl.LevenshteinAtThresholds("dob", [1, 2]),
        cl.ExactMatch("city").configure(term_frequency_adjustments=True),
        cl.EmailComparison("email"),
    ]
    blocks = [block_on(*c) for c in (("first_name", "city"), ("surname",), ("first_name", "dob"), ("email",))]
    blocks.append(block_on("dob", "city"))
    sure = [
        block_on("first_name", "dob"),
        block_on("email"),
        "l.surname = r.surname and levenshtein(r.dob, l.dob) <= 1",
    ]
    return compare, blocks, sure, [block_on("first_name", "surname"), block_on("dob")]


def febrl() -> tuple[list[Any], Rules, Rules, Rules]:
    """Return the documented model of FEBRL4."""
    compare = [
        cl.NameComparison("given_name"),
        cl.NameComparison("surname"),
        cl.LevenshteinAtThresholds("date_of_birth", [1, 2]),
        cl.LevenshteinAtThresholds("soc_sec_id", [1, 2]),
        cl.ExactMatch("street_number").configure(term_frequency_adjustments=True),
        cl.LevenshteinAtThresholds("postcode", [1, 2]),
    ]
    blocks = [block_on("given_name", "surname"), block_on("date_of_birth"), block_on("soc_sec_id"),
              block_on("postcode", "surname"), block_on("street_number", "given_name")]  # fmt: skip
    return compare, blocks, [block_on("soc_sec_id")], [block_on("date_of_birth"), block_on("postcode")]


def historical() -> tuple[list[Any], Rules, Rules, Rules]:
    """Return the documented model of the historical figures."""
    compare = [
        cl.ForenameSurnameComparison(
            "first_name", "surname", forename_surname_concat_col_name="first_name_surname_concat"
        ),
        cl.DateOfBirthComparison("dob", input_is_string=True),
        cl.PostcodeComparison("postcode_fake"),
        cl.ExactMatch("birth_place").configure(term_frequency_adjustments=True),
        cl.ExactMatch("occupation").configure(term_frequency_adjustments=True),
    ]
    area = "substr(postcode_fake,1,3)"
    blocks = [
        block_on("substr(first_name,1,3)", "substr(surname,1,4)"),
        block_on("surname", "dob"),
        block_on("first_name", "dob"),
        block_on("postcode_fake", "first_name"),
        block_on("postcode_fake", "surname"),
        block_on("dob", "birth_place"),
        block_on(area, "dob"),
        block_on(area, "first_name"),
        block_on(area, "surname"),
        block_on("substr(first_name,1,2)", "substr(surname,1,2)", "substr(dob,1,4)"),
    ]
    sure = [
        block_on("first_name", "surname", "dob"),
        "substr(l.first_name,1,2) = substr(r.first_name,1,2) and l.surname = r.surname"
        " and substr(l.postcode_fake,1,2) = substr(r.postcode_fake,1,2)",
        block_on("dob", "postcode_fake"),
    ]
    return compare, blocks, sure, [block_on("first_name", "surname"), block_on("dob")]


MODELS: Mapping[str, Any] = {"hard": hard, "fake": fake, "febrl": febrl, "historical": historical}


def main(model: str, path: Path) -> None:
    """Train, predict, cluster; print the agreement at every threshold."""
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    frame = pl.read_parquet(path)
    table = features(frame) if model == "hard" else frame.drop("record_id", "person")
    if model == "historical":
        both = pl.concat_str("first_name", "surname", separator=" ")
        table = table.with_columns(first_name_surname_concat=both)
    table = table.with_row_index("unique_id")
    compare, blocks, sure, training = MODELS[model]()
    settings = SettingsCreator(
        link_type="dedupe_only", comparisons=compare, blocking_rules_to_generate_predictions=blocks
    )
    linker = Linker(DuckDBAPI().register(table.to_arrow(), dataset_display_name="rows"), settings)
    linker.training.estimate_probability_two_random_records_match(sure, recall=0.7)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, min_count_per_level=20)
    for rule in training:
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    edges = linker.inference.predict(threshold_match_probability=min(THRESHOLDS))
    found = {}
    for threshold in THRESHOLDS:
        clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(edges, threshold)
        labels = clusters.as_duckdbpyrelation().pl().sort("unique_id")["cluster_id"].cast(pl.String)
        found[str(threshold)] = vars(agreement(frame["person"], labels))
    sys.stdout.write("RESULT " + json.dumps(found) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
