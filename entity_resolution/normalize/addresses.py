"""Addresses: keys that agree when two departments write one home differently.

``某某县红河街道和平街93号阳光新城37号楼1单元604室``, ``红河阳光新城37-1-604`` and ``阳光新城37栋604`` share
their estate and room; ``清河乡河岭村5组`` and ``某某县清河乡河岭村5组98号`` their village.
"""

from __future__ import annotations

import polars as pl

_UNIT = r"(\d+)(?:号楼|栋|幢|座|-)(?:(\d+)(?:单元|-))?(\d+)(?:室|号|户)?$"
_ESTATE = r"([\u4e00-\u9fff]{2,4})\d+(?:号楼|栋|幢|座|-)"
_VILLAGE = r"([\u4e00-\u9fff]{2})(?:村|屯|嘎查)"
_HOUSE = r"(\d+)号$"
_GROUP = r"(\d+)组"


def keys(addresses: pl.Series) -> pl.DataFrame:
    """Return the keys of a column of addresses.

    Returns:
        One row an address: ``home`` (estate or village with the number of the home; null where there is none)
        and ``place`` (estate or village alone).
    """
    a = pl.col("a").str.normalize("NFKC").str.replace_all(r"\s", "")
    frame = addresses.cast(pl.String).to_frame("a").select(a)
    unit = pl.col("a").str.extract_groups(_UNIT)
    estate = pl.col("a").str.extract(_ESTATE).str.slice(-3)
    village = pl.col("a").str.extract(_VILLAGE)
    house, group = pl.col("a").str.extract(_HOUSE), pl.col("a").str.extract(_GROUP)
    room = pl.concat_str(estate, pl.lit("#"), unit.struct.field("1"), pl.lit("-"), unit.struct.field("3"))
    number = pl.concat_str(village, pl.lit("村#"), house)
    cluster = pl.concat_str(village, pl.lit("村"), group, pl.lit("组"))
    return frame.select(
        pl.coalesce(room, number).alias("home"), pl.coalesce(estate, cluster, village).alias("place")
    )
