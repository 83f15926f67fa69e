"""Fourth stage: the graph becomes scores and ranked rings, each with an explanation."""
