"""What the drawing of a ring says at each node and edge: masked, in the screen's language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from app.i18n import Words
from app.services.drawing import Words as Captions
from app.services.masking import Mask
from app.services.network import Network, Node

_EPOCH = date(1970, 1, 1)
_TYPES = {"Person": "name", "Account": "account_no", "Phone": "phone"}
_LONGEST = 14  # characters of a label; the whole name stands in the title


def captions(network: Network, t: Words) -> Captions:
    """Return labels and titles of a network's nodes, and titles of its edges."""
    mask = Mask()
    nodes = {node.id: _node(node, mask, t) for node in network.nodes}
    names = {i: label for i, (label, _) in nodes.items()}
    return Captions(
        nodes, tuple(_edge(names[e.source], names[e.target], e.type, e.props, t) for e in network.edges)
    )


def _node(node: Node, mask: Mask, t: Words) -> tuple[str, str]:
    kind = t.known("node", node.label)
    name = mask.value(_TYPES.get(node.label, "org_name"), node.caption) if node.caption else kind
    if node.label == "Account":
        name = "…" + name[-4:]
    label = name if len(name) <= _LONGEST else name[: _LONGEST - 1] + "…"
    role = t.known("role", node.role) if node.role and node.role != node.label.lower() else ""
    return label, " · ".join(filter(None, (kind, name, role)))


def _edge(source: str, target: str, kind: str, props: Mapping[str, Any], t: Words) -> str:
    told = [f"{source} → {target}", t.known("edge", kind)]
    if isinstance(props.get("amount"), int | float):
        told.append(f"¥ {props['amount']:,.0f}")
    times = props.get("n") or props.get("days")
    if isinstance(times, int):
        told.append(f"× {times}")
    first, last = props.get("first_day"), props.get("last_day")
    if isinstance(first, int) and isinstance(last, int):
        told.append(f"{_EPOCH + timedelta(first)} — {_EPOCH + timedelta(last)}")
    return "\n".join(told)
