"""Who searches the parts: an executor handed in, or processes of our own; threads when either breaks.

A part's search gives the same answer wherever it runs, so whatever an executor fails to answer is searched
here once more and nothing is lost but time.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import threading
from concurrent.futures import CancelledError, Executor, ProcessPoolExecutor, ThreadPoolExecutor, wait
from time import monotonic
from typing import TYPE_CHECKING, Self

from solver.compiling import ready
from solver.spread import walks

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Future
    from types import TracebackType

POLL_S = 0.1
"""Seconds between two looks at what is searched elsewhere."""

SILENCE_S = 30.0
"""Seconds at least without any answer after which an executor is taken for lost."""

SILENCE = 0.25
"""The same as a part of the seconds left."""

STOPPED = InterruptedError("told to stop")
"""Stands for a wish to stop, which is nobody's failure."""

log = logging.getLogger("solver.spread")


class Crew:
    """Searches messages of parts; must be left as a context so that nobody goes on computing.

    Attributes:
        lost: Whether the executor broke, so that this process's own threads do the work.
    """

    def __init__(self, executor: Executor | None, workers: int) -> None:
        self._workers = workers
        self._end = threading.Event()
        self._executor = executor
        self._processes: ProcessPoolExecutor | None = None
        self._starting: list[Future[bool]] = []
        self._threads: ThreadPoolExecutor | None = None
        self.lost = False
        # A daemon may not have processes of its own; compiled searches run side by side in threads, too.
        if executor is None and not multiprocessing.current_process().daemon:
            self._start()

    def __enter__(self) -> Self:
        """Nothing more."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End our own processes and threads, whatever they do."""
        self._end.set()
        if self._threads is not None:
            self._threads.shutdown()
        if self._processes is not None:
            # The pool would wait for what its processes have in hand; there is no public way to end them.
            for process in list((self._processes._processes or {}).values()):  # noqa: SLF001 - see above
                process.kill()
            self._processes.shutdown()

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._processes = ProcessPoolExecutor(self._workers, context, initializer=_begin)
        try:
            self._starting = [self._processes.submit(ready) for _ in range(self._workers)]
        except Exception as error:  # noqa: BLE001 - as in `run`
            self._give_up(error)

    def _elsewhere(self) -> Executor | None:
        """Who searches now; None for threads of this process, also while others still load what they need."""
        if self.lost or self._processes is None:
            return None if self.lost else self._executor
        return self._processes if all(future.done() for future in self._starting) else None

    def _here(self) -> Executor:
        """Threads of this process, which cannot be lost."""
        if self._threads is None:
            self._threads = ThreadPoolExecutor(self._workers)
        return self._threads

    def run(
        self, messages: Sequence[bytes], seconds: float, stopped: Callable[[], bool]
    ) -> list[bytes] | None:
        """The answer to each message; None when `stopped` became true before all were there.

        Args:
            messages: For `solver.spread.walks.search`.
            seconds: How long there is; an executor that is silent for a good part of it is taken for lost.
            stopped: Asked about every `POLL_S`.
        """
        answers: list[bytes | None] = [None] * len(messages)
        executor = self._elsewhere()
        if executor is not None:
            silence = max(SILENCE_S, SILENCE * seconds)
            try:
                futures = [executor.submit(walks.search, message) for message in messages]
            except Exception as error:  # noqa: BLE001 - whatever breaks an executor must not lose the plan
                self._give_up(error)
            else:
                failed = _gather(futures, answers, silence, stopped)
                if failed is STOPPED:
                    return None
                if failed is not None:
                    self._give_up(failed)
        missing = [k for k, answer in enumerate(answers) if answer is None]
        if missing:
            local = [self._here().submit(walks.search, messages[k], self._end) for k in missing]
            found: list[bytes | None] = [None] * len(missing)
            failed = _gather(local, found, float("inf"), stopped)
            if failed is STOPPED:
                return None
            if failed is not None:
                raise failed
            for k, answer in zip(missing, found, strict=True):
                answers[k] = answer
        return [answer for answer in answers if answer is not None]

    def _give_up(self, error: BaseException) -> None:
        """Go on with threads of this process, which cannot be lost."""
        log.warning("the executor for parts of the problem broke, going on here: %r", error)
        self.lost = True


def _gather(
    futures: Sequence[Future[bytes]],
    answers: list[bytes | None],
    silence: float,
    stopped: Callable[[], bool],
) -> BaseException | None:
    """Put what comes into `answers`; what a search or its executor failed with, or STOPPED when told to stop.

    An executor that says nothing for `silence` seconds has failed too.
    """
    waiting = {future: k for k, future in enumerate(futures)}
    heard = monotonic()
    failed: BaseException | None = None
    while waiting:
        done = wait(waiting, POLL_S, return_when="FIRST_COMPLETED").done
        for future in done:
            heard, k = monotonic(), waiting.pop(future)
            try:
                answers[k] = future.result()
            except (Exception, CancelledError) as error:  # noqa: BLE001 - told once the others were heard
                failed = error
        if stopped():
            return STOPPED
        if monotonic() - heard > silence:
            return TimeoutError(f"no answer for {silence:.0f} seconds")
    return failed


def _begin() -> None:
    """Set up a process of our own: it ends itself when its parent is gone."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_follow, args=(parent,), daemon=True).start()


def _follow(parent: multiprocessing.process.BaseProcess) -> None:
    parent.join()
    os._exit(1)
