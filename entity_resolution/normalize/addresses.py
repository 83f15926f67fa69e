"""Addresses: keys that agree when two departments write one home differently.

``某某县红河街道和平街93号阳光新城37号楼1单元604室``, ``红河阳光新城37-1-604`` and ``阳光新城37栋604`` share
their estate and room; ``清河乡河岭村5组`` and ``某某县清河乡河岭村5组98号`` their village.
"""

from __future__ import annotations

import polars as pl

from entity_resolution.normalize.places import locate

_UNIT = r"(\d+)(?:号楼|栋|幢|座|-)(?:(\d+)(?:单元|-))?(\d+)(?:室|号|户)?$"
_ESTATE = r"([\u4e00-\u9fff]{2,4})\d+(?:号楼|栋|幢|座|-)"
_VILLAGE = r"([\u4e00-\u9fff]{2})(?:村|屯|嘎查)"
_HOUSE = r"(\d+)号$"
_GROUP = r"(\d+)组"
_ROAD = r"([\u4e00-\u9fff]{2,8}?(?:大道|大街|路|街|巷|弄|胡同))(\d+)(?:号|弄)"
_TOWN = r"([\u4e00-\u9fff]{2,6}?(?:街道|镇|乡|苏木))"


def parts(addresses: pl.Series) -> pl.DataFrame:
    """Take addresses apart, each distinct text once.

    Returns:
        One row an address: ``division`` (code of today's division that it begins with, 2 to 6 digits),
        ``town``, ``road`` (with its number: 中山东路175), and ``home`` and ``place`` as `keys` gives them.
    """
    texts = _clean(addresses)
    distinct = texts.drop_nulls().unique().to_list()
    found = [locate(a) for a in distinct]
    table = pl.DataFrame(
        {
            "a": distinct,
            "division": [code for code, _ in found],
            "rest": [a[n:] for a, (_, n) in zip(distinct, found, strict=True)],
        },
        schema={"a": pl.String, "division": pl.String, "rest": pl.String},
    )
    road = pl.col("rest").str.replace(_TOWN, "").str.extract_groups(_ROAD)
    frame = texts.to_frame("a").join(table, on="a", how="left", maintain_order="left")
    frame = frame.select(
        "division",
        town=pl.col("rest").str.extract(_TOWN),
        road=pl.concat_str(road.struct.field("1"), road.struct.field("2")),
    )
    return pl.concat([frame, keys(addresses)], how="horizontal")


def _clean(addresses: pl.Series) -> pl.Series:
    text = pl.col("a").str.normalize("NFKC").str.replace_all(r"\s", "")
    return addresses.cast(pl.String).to_frame("a").select(text)["a"]


def keys(addresses: pl.Series) -> pl.DataFrame:
    """Return the keys of a column of addresses.

    Returns:
        One row an address: ``home`` (estate or village with the number of the home; null where there is none)
        and ``place`` (estate or village alone).
    """
    frame = _clean(addresses).to_frame("a")
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
