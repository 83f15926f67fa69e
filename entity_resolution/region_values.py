"""What the profiles of a region say: read once, and shown in each round as the links so far let it be seen.

Which rows make a person changes from round to round, and with it what some of them say: an id that is not the
person's own is not shown, a firm is shown where it may be shared, and who has no employer in any row is said
to have one that is nobody else's. Texts do not change: they are normalised here, and rounds choose of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from entity_resolution.engine import values
from entity_resolution.engine.profile import Profile
from entity_resolution.engine.values import NONE, Said
from jiwang.ontology import record_tables

TOLD = ("death",)  # families of tables whose birth dates relatives tell, by the lunar calendar perhaps
OWNER = "legal_person"  # is named beside the firm; need not be insured by it
IDLE = "idle "  # and a number: the employer of one who has none
_TOLD_IN = [t.name for t in record_tables().values() if t.family in TOLD]
_COLUMNS = ("key", "former", "sex", "phone", "home", "place", "household_no", "account", "cid")
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class RegionValues:
    """All that the profiles of a region say.

    Attributes:
        rules: the profile ``region``.
        said: of each profile, by its number: every text that it may show.
    """

    rules: Profile
    said: Said

    def shown(self, rows: pl.DataFrame, person: pl.Expr) -> Said:
        """Return what rows say, given whom they belong to.

        An id that is not its cell's own is not shown. A person whom no row gives an employer has one that is
        nobody else's: that the pool knows of none speaks against a claim that names one.

        Args:
            rows: profiles, each with its ``cell``.
            person: which of them are persons'.
        """
        at = rows["profile"].to_numpy()
        last = pl.int_range(pl.len()).over("cell") == pl.len().over("cell") - 1
        owner = pl.col("role") == OWNER
        seen = rows.select(
            own=(pl.col("cell") == "citizen:" + pl.col("cid")).fill_null(value=False),
            idle=person & last & pl.col("employer").is_null().all().over("cell"),
            firm=owner | person,
        )
        said = Said(rows.height, self.said.values, stated=self.said.stated)
        said.codes = {name: [codes[at] for codes in columns] for name, columns in self.said.codes.items()}
        of = self.rules.of("id")
        read_out = [name for name in (of.birth, *of.dates, of.sex) if name]
        strange = ~seen["own"].to_numpy()
        for codes in (said.codes["id"][0], *(said.codes[name][said.stated[name]] for name in read_out)):
            codes[strange] = NONE
        said.codes["employer"][1][~seen["idle"].to_numpy()] = NONE
        said.codes["firm"][0][~seen["firm"].to_numpy()] = NONE
        homes = self.said.values["household_no"].texts  # those that kin give are among them
        said.codes["household_no"] = [values.codes_of(rows["household_no"].str.strip_chars(), homes)]
        return said


def read(profiles: pl.DataFrame, rules: Profile) -> RegionValues:
    """Read all profiles as `people.gather` gives them; they are numbered by their place."""
    hidden = pl.lit("*").repeat_by(18 - pl.col("head").str.len_chars() - pl.col("tail").str.len_chars())
    masked = pl.concat_str("head", hidden.list.join(""), "tail")
    whole = pl.when(pl.col("bad").str.contains(r"^[0-9X]{14,}$")).then("bad")
    told, born = pl.col("table").is_in(_TOLD_IN), pl.col("birth_date").dt.strftime("%Y%m%d")
    texts = profiles.select(
        *_COLUMNS,
        other_id=pl.coalesce(whole, masked),
        birth_date=pl.when(~told).then(born),
        birth_told=pl.when(told).then(born),
        born=pl.col("born").cast(pl.String),
        employer=pl.when(pl.col("role") != OWNER).then("employer"),
        idle=pl.when(pl.col("employer").is_null()).then(pl.format(IDLE + "{}", "profile")),
        firm="employer",
    )
    return RegionValues(rules, values.read(texts, rules))
