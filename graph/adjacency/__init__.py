"""Who is tied to whom, as arrays on disk: an index beside the embedded graph, for hops and shortest paths.

The embedded engine is best at scans; it looks neighbours up node by node, one to two milliseconds each. Here
nodes are numbers in the order of their ids, and each column of an edge type is one Arrow file, mapped into
memory; rows lie in the order of their sources, with a second order by target. The edges of a node are then a
stretch of rows, its degree a difference of two places, and a hub costs no more than anybody.
"""

from graph.adjacency.index import Adjacency
from graph.adjacency.paths import shortest
from graph.adjacency.written import FORMAT, write

__all__ = ["FORMAT", "Adjacency", "shortest", "write"]
