"""Settings: one frozen object, file < environment (``JIWANG_*``) < flags, passed in and never global."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from jiwang.errors import SettingsError

SETTINGS_FILE = "jiwang.toml"


class ScenarioSetting(BaseModel):
    """One ``[[scenarios]]`` of ``jiwang.toml``: a pattern's switch and thresholds in some regions.

    ``name`` "default" changes the scenario that every active pattern has; another name adds one beside it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    pattern: str
    name: str = Field("default", pattern=r"^[a-z][a-z0-9_]*$")
    regions: tuple[str, ...] = ()
    enabled: bool = True
    params: dict[str, int | float | str | list[str]] = Field(default_factory=dict)


class Settings(BaseSettings):
    """Everything that can be set, with its default.

    Read from ``jiwang.toml`` in the workspace, then from the environment, then from the command line.
    """

    model_config = SettingsConfigDict(env_prefix="JIWANG_", frozen=True, extra="forbid")

    store: Literal["embedded", "neo4j"] = Field("embedded", description="Graph store that patterns run on.")
    neo4j_uri: str = Field("bolt://127.0.0.1:7687", description="Address of the Neo4j server.")
    neo4j_user: str = Field("neo4j", description="User of the Neo4j server.")
    neo4j_password: SecretStr = Field(
        SecretStr(""), description="Password; empty: the one kept in the workspace, if any."
    )
    neo4j_database: str = Field("neo4j", description="Name of the Neo4j database.")
    neo4j_timeout: float = Field(10.0, gt=0, description="Seconds to wait for the server to answer.")
    neo4j_ca_file: str = Field(
        "", description="PEM file of the authority that signed the server's certificate; empty: the system's."
    )
    neo4j_sessions: int = Field(2, ge=1, le=64, description="Sessions that load at the same time.")
    neo4j_import_rows: int = Field(
        1_000_000,
        ge=0,
        description="From so many rows on, a first load into a server started here is an offline import.",
    )
    pattern_timeout: float = Field(120.0, gt=0, description="Seconds that one pattern may take.")
    pattern_limit: int = Field(10_000, ge=1, description="Rows that one pattern may return.")
    scenarios: tuple[ScenarioSetting, ...] = Field(
        (), description="Switches and thresholds of patterns; see the how-to on patterns."
    )
    store_memory_mb: int = Field(
        1_024, ge=64, description="Memory of the embedded store, in MiB; a load takes some 400 more."
    )
    threads: int = Field(2, ge=1, description="Threads of the table engines and the embedded store.")
    seed: int = Field(20_240_101, description="Seed of everything drawn at random.")
    device: str = Field("cpu", description="Device of the graph model: cpu, cuda or cuda:N.")
    gnn_epochs: int = Field(30, ge=1, description="Epochs of the graph model.")
    base_rate: float = Field(
        0.01, gt=0, lt=0.2, description="Share of people believed to cheat: the mean score of all persons."
    )
    quarantine_share: float = Field(
        0.01,
        ge=0,
        le=1,
        description="Share of quarantined rows in a file above which a run ends with exit code 3.",
    )
    quarantine_min_rows: int = Field(
        1_000, ge=1, description="Files with fewer rows never cause exit code 3."
    )
    sources: Path | None = Field(
        None, description="Folder of dialects of one's own, looked in before those that ship."
    )
    language: Literal["zh", "en"] = Field("zh", description="Language of the app when it opens.")
    app_port: int = Field(8501, ge=1, le=65_535, description="Port of the app.")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Keep the environment as the only implicit source; `load` puts the file below it, flags above."""
        del settings_cls, dotenv_settings, file_secret_settings
        return init_settings, env_settings

    def fingerprint(self, *names: str) -> dict[str, Any]:
        """Return the named settings as plain values, for the fingerprint of a stage."""
        return {n: getattr(self, n) for n in sorted(names)}


def load(workspace: Path | None = None, **flags: Any) -> Settings:
    """Read settings: the workspace's ``jiwang.toml``, then ``JIWANG_*``, then ``flags`` that are not None.

    Raises:
        SettingsError: a file that is no TOML, an unknown name, or a value out of range.
    """
    from_file: dict[str, Any] = {}
    path = workspace / SETTINGS_FILE if workspace else None
    if path and path.is_file():
        try:
            from_file = tomllib.loads(path.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise SettingsError(
                f"{path}: {error}", "mend the file; it is TOML with one setting a line"
            ) from error
    try:
        environment = Settings().model_dump(exclude_unset=True)
        given = {k: v for k, v in flags.items() if v is not None}
        return Settings(**(from_file | environment | given))
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(p) for p in first["loc"])
        where = f"{path} or JIWANG_{name.upper()}" if path else f"JIWANG_{name.upper()}"
        raise SettingsError(
            f"setting {name}: {first['msg']}", f"correct it in {where}, or in the flag"
        ) from error
