"""The store on a Neo4j server; the only package that imports its driver."""

from graph.neo4j_store.store import Neo4jStore

__all__ = ["Neo4jStore"]
