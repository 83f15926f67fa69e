"""Starts Streamlit with what the first page needs already imported: its first visitor does not wait."""

from __future__ import annotations

from importlib import import_module

FIRST_PAGE = ("polars", "pandas", "pyarrow", "app.views.queue")


def main() -> None:
    """Import, then hand over to Streamlit's own command line."""
    for module in FIRST_PAGE:
        import_module(module)
    from streamlit.web.cli import main as streamlit

    streamlit(prog_name="streamlit")


if __name__ == "__main__":
    main()
