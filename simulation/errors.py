"""What can go wrong: one error, with a remedy.

SimulationError
"""


class SimulationError(Exception):
    """Arguments that cannot be used.

    Args:
        problem: What is wrong, in one sentence.
        remedy: What to do about it, in one sentence.
    """

    def __init__(self, problem: str, remedy: str) -> None:
        """Keep both sentences, so that the door can print them apart."""
        super().__init__(f"{problem} {remedy}")
        self.problem = problem
        self.remedy = remedy
