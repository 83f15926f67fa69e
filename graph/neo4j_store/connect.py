"""The way to a server: address, trust, and patience with one that is just starting."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import neo4j
from neo4j.exceptions import ServiceUnavailable

from graph.neo4j_store.failures import explained
from jiwang.errors import StoreError

PAUSE = 0.5  # seconds between two knocks


def connect(uri: str, auth: tuple[str, str] | None, timeout: float, ca_file: str = "") -> neo4j.Driver:
    """Open a driver and wait up to ``timeout`` seconds for a server that is just starting.

    Args:
        uri: ``bolt://`` or, to be routed within a cluster, ``neo4j://``; with ``+s`` the connection is
            encrypted and the certificate checked, with ``+ssc`` encrypted only.
        auth: user and password, or None.
        timeout: seconds to wait.
        ca_file: PEM file of the authority to trust; the connection is then encrypted, and the address has no
            ``+s``.

    Raises:
        StoreError: nobody answers, or the server does not let us in.
    """
    end = time.monotonic() + timeout
    if ca_file and not Path(ca_file).is_file():
        raise StoreError(f"there is no certificate {ca_file}", "correct JIWANG_NEO4J_CA_FILE")
    trust: dict[str, Any] = (
        {"encrypted": True, "trusted_certificates": neo4j.TrustCustomCAs(ca_file)} if ca_file else {}
    )
    with explained(uri):
        driver = neo4j.GraphDatabase.driver(
            uri,
            auth=auth,
            connection_timeout=timeout,
            connection_acquisition_timeout=timeout,
            max_transaction_retry_time=30.0,
            # A label without nodes yet is no news: the schema says that it exists.
            notifications_min_severity="OFF",
            warn_notification_severity="OFF",
            telemetry_disabled=True,
            **trust,
        )
        try:
            _await(driver, end)
        except BaseException:
            driver.close()
            raise
        return driver


def _await(driver: neo4j.Driver, end: float) -> None:
    while True:
        try:
            return driver.verify_connectivity()
        except ServiceUnavailable:
            if time.monotonic() + PAUSE > end:
                raise
            time.sleep(PAUSE)
