"""The Cypher of a load: every name in it comes from the schema, every value travels as a parameter.

Rows come as columns: parameters ``$id``, ``$name``, … are lists of equal length. Each query returns
``n``, how many rows it found its nodes for.
"""

from __future__ import annotations

from graph.schema import LOAD_MARK, GraphSchema

TAG = "load_tag"
BATCH = 5_000  # rows of one transaction
IMPORTED = "import"  # the stamp of a graph that came by offline import: all of the database is ours, untagged

_NODE = f"(m:{LOAD_MARK} {{id: 'graph'}})"
_MARKS = ("tag", "state", "schema", "done", "base", "before")
MARKER = f"MATCH {_NODE} RETURN " + ", ".join(f"m.{name} AS {name}" for name in _MARKS)
SET_MARKER = f"MERGE {_NODE} SET " + ", ".join(f"m.{name} = ${name}" for name in _MARKS)
# Only what a load of ours brought is ever deleted: a server may hold other people's data too. One query for
# all of it gathers every row first and runs out of memory: so it is asked until nothing is left.
STALE = (
    f"MATCH ()-[x]->() WHERE x.{TAG} <> $tag OR ($imported AND x.{TAG} IS NULL) "
    f"WITH x LIMIT {BATCH} DELETE x RETURN count(*) AS n",
    f"MATCH (x) WHERE x.{TAG} <> $tag OR ($imported AND x.{TAG} IS NULL AND NOT x:{LOAD_MARK}) "
    f"WITH x LIMIT {BATCH} DETACH DELETE x RETURN count(*) AS n",
)


def write(schema: GraphSchema, name: str, *, merge: bool) -> str:
    """Return the query that writes rows of a table; without ``merge`` for a table that is empty."""
    verb = "MERGE" if merge else "CREATE"
    edge = schema.edges.get(name)
    table = edge or schema.nodes[name]
    on, key = ("n", "id") if edge is None else ("r", "eid")
    head = f"UNWIND range(0, size(${key}) - 1) AS i "
    settings = f" SET {on}.{TAG} = $tag" + "".join(f", {on}.`{p}` = ${p}[i]" for p in table.props)
    if edge is None:
        return f"{head}{verb} (n:`{name}` {{id: $id[i]}}){settings} RETURN count(*) AS n"
    ends = f"MATCH (a:`{edge.from_}` {{id: $source[i]}}), (b:`{edge.to}` {{id: $target[i]}}) "
    return f"{head}{ends}{verb} (a)-[r:`{name}` {{eid: $eid[i]}}]->(b){settings} RETURN count(*) AS n"


def delete(schema: GraphSchema, name: str) -> str:
    """Return the query that takes rows of a table away."""
    edge = schema.edges.get(name)
    if edge is None:
        head = "UNWIND range(0, size($id) - 1) AS i "
        return f"{head}MATCH (n:`{name}` {{id: $id[i]}}) DETACH DELETE n RETURN count(*) AS n"
    return (
        "UNWIND range(0, size($eid) - 1) AS i "
        f"MATCH (a:`{edge.from_}` {{id: $source[i]}})-[r:`{name}` {{eid: $eid[i]}}]->"
        f"(b:`{edge.to}` {{id: $target[i]}}) DELETE r RETURN count(*) AS n"
    )


def count(schema: GraphSchema, name: str) -> str:
    """Return the query that counts what is there of a table, others' rows too; answered at once."""
    match = f"()-[x:`{name}`]->()" if name in schema.edges else f"(x:`{name}`)"
    return f"MATCH {match} RETURN count(x) AS n"
