"""Logs never carry a number that names a person, wherever it slips in."""

from __future__ import annotations

import json
import logging

import pytest

from app import logs

PHONE = "138" + "0013" + "8000"
CARD = "6222" + "0202" + "0001" + "2345" + "678"
CITIZEN = "110101" + "19900101" + "001" + "X"


@pytest.fixture(autouse=True)
def json_logs():
    import structlog

    yield
    structlog.reset_defaults()
    logging.basicConfig(force=True)


@pytest.mark.parametrize("number", [PHONE, CARD, CITIZEN, CITIZEN[:6] + CITIZEN[8:17]])
def test_numbers_are_masked_at_any_depth(number, capsys):
    logs.configure(as_json=True, verbose=True)
    with logs.bound(run_id="run-1"):
        logs.logger(stage="s").info("row", text=f"见{number}。", nested={"list": [number]}, count=12)
    line = capsys.readouterr().err
    event = json.loads(line)
    assert number not in line
    assert (event["run_id"], event["stage"], event["count"]) == ("run-1", "s", 12)


def test_libraries_are_masked_too(capsys):
    logs.configure()
    logging.getLogger("some.library").warning("row %s", CITIZEN)
    assert CITIZEN not in capsys.readouterr().err


def test_hashes_and_small_numbers_pass():
    assert (
        logs.mask("p12ab 2024-01-01 4,711 rows r0123456789012345678a")
        == "p12ab 2024-01-01 4,711 rows r0123456789012345678a"
    )
