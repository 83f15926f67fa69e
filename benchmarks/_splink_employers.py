"""Splink's side of the employers' benchmark: the fields that ours reads, stock comparisons, clustering."""

from __future__ import annotations

import logging
import warnings

import polars as pl
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

THRESHOLD = 0.95


def link(frame: pl.DataFrame) -> pl.Series:
    """Return the cluster of each row.

    Args:
        frame: ``name, core, code, number``, the code read by our codec: Splink has none.
    """
    logging.disable(logging.CRITICAL)  # its progress would stand between the figures
    warnings.simplefilter("ignore")
    table = frame.select("name", "core", "code", "number").with_row_index("unique_id")
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=[
            cl.JaroWinklerAtThresholds("name", [0.95, 0.88]),
            cl.ExactMatch("core").configure(term_frequency_adjustments=True),
            cl.ExactMatch("code"),
            cl.ExactMatch("number"),
        ],
        blocking_rules_to_generate_predictions=[block_on("core"), block_on("code"), block_on("number")],
    )
    api = DuckDBAPI()
    linker = Linker(api.register(table.to_arrow(), dataset_display_name="rows"), settings)
    linker.training.estimate_probability_two_random_records_match([block_on("code")], recall=0.6)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6)
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("code"))
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("core"))
    edges = linker.inference.predict(threshold_match_probability=THRESHOLD)
    clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(edges, THRESHOLD)
    found = clusters.as_duckdbpyrelation().pl().sort("unique_id")
    return found["cluster_id"].cast(pl.String)
