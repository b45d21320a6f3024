"""Public sets as they stand in their files: reading, and the objective of an answer, recomputed from there.

Nothing here knows the planner's format: what a solution is worth is said by the raw numbers alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping


class RawError(Exception):
    """A raw file that does not hold what its kind must hold; the message names the file."""


class WrongAnswerError(Exception):
    """An answer that breaks a restriction of the raw instance."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """Generalized assignment: every job to one agent, within the agents' capacities.

    Attributes:
        cost: Cost by agent and job.
        use: What a job takes of an agent, by agent and job.
        capacity: By agent.
    """

    cost: tuple[tuple[int, ...], ...]
    use: tuple[tuple[int, ...], ...]
    capacity: tuple[int, ...]

    def objective(self, agent_of: Mapping[int, int]) -> int:
        """Summed cost of an answer that assigns every job.

        Raises:
            WrongAnswerError: A job is not assigned, or an agent is overloaded.
        """
        jobs = range(len(self.cost[0]))
        missing = [job for job in jobs if job not in agent_of]
        if missing:
            raise WrongAnswerError(f"{len(missing)} jobs are not assigned")
        for agent, capacity in enumerate(self.capacity):
            load = sum(self.use[agent][job] for job in jobs if agent_of[job] == agent)
            if load > capacity:
                raise WrongAnswerError(f"agent {agent} has {load} of {capacity}")
        return sum(self.cost[agent_of[job]][job] for job in jobs)


@dataclass(frozen=True, slots=True)
class Knapsack:
    """Multidimensional knapsack: items of the greatest profit within every row's capacity.

    Attributes:
        profit: By item.
        weight: By row and item.
        capacity: By row.
    """

    profit: tuple[int, ...]
    weight: tuple[tuple[int, ...], ...]
    capacity: tuple[int, ...]

    def objective(self, taken: Collection[int]) -> int:
        """Summed profit of the items taken.

        Raises:
            WrongAnswerError: A row is over its capacity.
        """
        for row, capacity in enumerate(self.capacity):
            load = sum(self.weight[row][item] for item in taken)
            if load > capacity:
                raise WrongAnswerError(f"row {row} has {load} of {capacity}")
        return sum(self.profit[item] for item in taken)


class _Numbers:
    """The whole numbers of a file, one after the other."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._words = path.read_text().split()
        except (OSError, UnicodeDecodeError) as error:
            raise RawError(f"{path}: {error}") from None
        self._at = 0

    def take(self, count: int) -> tuple[int, ...]:
        """The next `count` numbers."""
        words = self._words[self._at : self._at + count]
        self._at += count
        if len(words) < count:
            raise RawError(f"{self._path}: {count - len(words)} numbers are missing at the end")
        try:
            return tuple(int(word) for word in words)
        except ValueError as error:
            raise RawError(f"{self._path}: {error}") from None

    def table(self, rows: int, columns: int) -> tuple[tuple[int, ...], ...]:
        """The next rows of a table."""
        return tuple(self.take(columns) for _ in range(rows))


def read_assignment(path: Path) -> Assignment:
    """One instance: `m n`, costs, uses, capacities, rows by agent."""
    numbers = _Numbers(path)
    agents, jobs = numbers.take(2)
    return Assignment(numbers.table(agents, jobs), numbers.table(agents, jobs), numbers.take(agents))


def read_knapsack(path: Path) -> Knapsack:
    """One instance: `n m value`, profits, weights by row, capacities."""
    return _knapsack(_Numbers(path))


def read_knapsacks(path: Path) -> Iterator[Knapsack]:
    """The instances of a file that says first how many it holds."""
    numbers = _Numbers(path)
    (count,) = numbers.take(1)
    for _ in range(count):
        yield _knapsack(numbers)


def _knapsack(numbers: _Numbers) -> Knapsack:
    items, rows, _ = numbers.take(3)
    return Knapsack(numbers.take(items), numbers.table(rows, items), numbers.take(rows))
