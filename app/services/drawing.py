"""A network as one closed HTML page: pyvis without the network, and without a word of the data.

pyvis 0.3.2 loads bootstrap from a CDN whatever it is told, and puts titles into its template unescaped when
one of them holds "href". So the page is made by pyvis from places and colours only; every script in it then
gets a nonce under a policy that allows nothing to be loaded; and labels and titles come in afterwards as
JSON, which vis-network shows as text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.services.network import Network
from jiwang.errors import ContractError
from jiwang.ids import digest

COLOURS: Mapping[str, str] = {
    "Person": "#4a7fb5",
    "Employer": "#2f9c8f",
    "Clinic": "#7d6bb0",
    "Account": "#d79a2b",
    "Device": "#8a8f98",
    "Phone": "#b0708f",
}
SHAPES: Mapping[str, str] = {
    "Person": "dot", "Employer": "square", "Clinic": "diamond", "Account": "hexagon", "Device": "triangle",
    "Phone": "triangleDown",
}  # fmt: skip
LEADERS = frozenset({"organiser", "intermediary", "insider"})
ALARM, INK = "#c0392b", "#1d2733"
# A script is taken whole: the library holds tags in its own strings.
_PART = re.compile(
    r"(?P<script><script\b[^>]*>)(?P<body>.*?)</script>|<link\b[^>]*>|<center>.*?</center>", re.DOTALL
)
_STYLE = (
    "body{margin:0;background:#fff}.card{border:0!important;width:100%}"
    "#mynetwork{border:0!important;float:none!important}"
)


@dataclass(frozen=True)
class Words:
    """What the picture says: node id → (label, title), and a title for each edge in order."""

    nodes: Mapping[str, tuple[str, str]]
    edges: tuple[str, ...]


def page(network: Network, words: Words, height: int = 560) -> str:
    """Return a page that draws ``network`` and needs, and can reach, nothing outside itself.

    Raises:
        ContractError: pyvis made a page that still refers to something outside.
    """
    raw = _pyvis(network, height)
    nonce = digest("drawing", raw)
    frame = _PART.sub(lambda part: _kept(part, nonce), raw)
    if re.search(r"""<[^>]+\b(?:src|href)\s*=\s*["']?(?:https?:)?//""", _PART.sub("", frame)):
        raise ContractError(
            "the drawing of a ring refers to an address outside", "report the version of pyvis"
        )
    policy = f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'unsafe-inline'; img-src data:"
    head = f'<meta http-equiv="Content-Security-Policy" content="{policy}"><style>{_STYLE}</style>'
    last = f'<script nonce="{nonce}">{_captions(words)}</script></body>'
    return last.join(frame.replace("<head>", f"<head>{head}", 1).rsplit("</body>", 1))


def _kept(part: re.Match[str], nonce: str) -> str:
    """Keep an inline script, under the nonce; drop what would be loaded, and pyvis's headings."""
    opening = part["script"]
    if opening is None or "src=" in opening:
        return ""
    return f'<script nonce="{nonce}">{part["body"]}</script>'


def _pyvis(network: Network, height: int) -> str:
    from pyvis.network import Network as Picture

    picture = Picture(height=f"{height}px", width="100%", directed=True, cdn_resources="in_line")
    for node in network.nodes:
        leader = node.role in LEADERS
        colour = COLOURS.get(node.label, COLOURS["Device"])
        border = ALARM if leader else (colour if node.member else "#c4cad2")
        picture.add_node(
            node.id, label=" ", x=node.x, y=node.y, shape=SHAPES.get(node.label, "dot"),
            size=20 if leader else 14 if node.member else 9, borderWidth=4 if leader else 1.5,
            color=_colour(colour, border),
        )  # fmt: skip
    for number, edge in enumerate(network.edges):
        picture.add_edge(edge.source, edge.target, id=f"e{number}", width=_width(edge.props), color="#b8c2cd")
    picture.set_options(json.dumps(_OPTIONS))
    return str(picture.generate_html(notebook=False))


_OPTIONS = {
    "physics": {"enabled": False},
    "interaction": {"hover": True, "tooltipDelay": 80, "zoomSpeed": 0.6},
    "nodes": {
        "font": {
            "size": 13,
            "face": "'Noto Sans CJK SC','Microsoft YaHei',sans-serif",
            "color": "#1d2733",
            "vadjust": -2,
        }
    },
    "edges": {
        "smooth": {"enabled": True, "type": "continuous", "roundness": 0.25},
        "arrows": {"to": {"enabled": True, "scaleFactor": 0.35}},
        "hoverWidth": 1.5,
    },
}


def _colour(fill: str, border: str) -> dict[str, Any]:
    return {"background": fill, "border": border, "highlight": {"background": fill, "border": INK}}


def _width(props: Mapping[str, object]) -> float:
    """Thicker for more money, or for more occasions: 1 to 5 pixels."""
    amount, times = props.get("amount"), props.get("n") or props.get("days")
    weight = float(amount) / 10_000 if isinstance(amount, int | float) else 0.0
    weight = max(weight, float(times) / 6 if isinstance(times, int | float) else 0.0)
    return round(1 + min(weight, 8) / 2, 1)


def _captions(words: Words) -> str:
    """Return the script that puts the words in; JSON in which nothing can end the script or start a tag."""
    data = {
        "nodes": [{"id": i, "label": label, "title": title} for i, (label, title) in words.nodes.items()],
        "edges": [{"id": f"e{n}", "title": title} for n, title in enumerate(words.edges)],
    }
    text = (
        json.dumps(data, ensure_ascii=True)
        .replace("<", "\\u003c")
        .replace(">", "\\u003e")
        .replace("&", "\\u0026")
    )
    return (
        f"const words={text};nodes.update(words.nodes);edges.update(words.edges);"
        "network.once('afterDrawing',()=>document.body.setAttribute('data-drawn',String(nodes.length)));network.fit({maxZoomLevel:1.4});"
    )
