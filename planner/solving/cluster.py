"""A Dask cluster that searches the parts of large problems, when there is one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

REACHED_WITHIN_S = 10.0
"""Seconds after which a cluster that does not answer is not waited for."""


class Cluster(Executor):
    """An executor that connects when it first gets work, as only large problems are solved in parts.

    Whatever goes wrong, from a missing library to a lost connection, surfaces in `submit` or in a future; the
    engine then searches by itself and says so in the log.
    """

    def __init__(self, address: str) -> None:
        """Take the scheduler's address, such as tcp://10.0.0.5:8786."""
        self._address = address
        self._client: Any = None
        self._tasks: Any = None

    def submit(self, task: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Have the cluster do `task`."""
        if self._client is None:
            from distributed import Client

            client: Any = Client
            self._client = client(self._address, timeout=REACHED_WITHIN_S, set_as_default=False)
            # The same bytes again are another wish; Dask would otherwise answer from its memory.
            self._tasks = self._client.get_executor(pure=False)
        future: Future[T] = self._tasks.submit(task, *args, **kwargs)
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Leave the cluster; what it has not begun for us it forgets."""
        if self._client is not None:
            self._client.close(timeout=REACHED_WITHIN_S if wait and not cancel_futures else 1.0)
            self._client = None


@contextmanager
def cluster_at(address: str | None) -> Iterator[Executor | None]:
    """The cluster at an address while it is needed; None where there is none: the engine stays at home."""
    if address is None:
        yield None
        return
    with Cluster(address) as cluster:
        yield cluster
