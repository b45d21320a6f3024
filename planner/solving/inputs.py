"""What a command of the engine is given: files and options, read and checked so that all errors are told."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from planner import settings
from planner.solving.verify import words

if TYPE_CHECKING:
    from solver.files import PlanFile, ProblemError
    from solver.problem import Problem
    from solver.settings import Settings

WHOLE = re.compile(r"[+-]?[0-9]{1,18}")
NUMBER = re.compile(r"[+-]?[0-9]{1,18}(\.[0-9]{1,18})?([eE][+-]?[0-9]{1,3})?")
WORD = re.compile(r".*")

KINDS: dict[str, tuple[str, Callable[[str], Any], re.Pattern[str], str]] = {
    "mode": ("mode", str, WORD, "a mode"),
    "wall_limit": ("wall_limit_s", float, NUMBER, "a number of seconds"),
    "work_limit": ("work_limit", float, NUMBER, "a number"),
    "workers": ("workers", int, WHOLE, "a whole number"),
    "seed": ("seed", int, WHOLE, "a whole number"),
}
"""Per option of a command: the setting it is, how it is read, its form, and that form in words."""


class Inputs:
    """The inputs of one command.

    Attributes:
        errors: What is wrong with them, one line each.
    """

    def __init__(self) -> None:
        self.errors: list[str] = []

    def problem(self, path: str) -> Problem | None:
        """The problem in a file; None when it has errors."""
        from solver.files import read_problem

        found: Problem | None = self._read(path, read_problem)
        return found

    def plan(self, path: str) -> PlanFile | None:
        """The plan in a file; None when it has errors."""
        from solver.files import read_plan

        found: PlanFile | None = self._read(path, read_plan)
        return found

    def settings(self, given: Mapping[str, str | None], *, wall_limit_s: float) -> Settings:
        """The settings of the options, with defaults where they have errors."""
        from solver.settings import Settings

        values: dict[str, Any] = {"wall_limit_s": wall_limit_s}
        for option, text in given.items():
            name, convert, form, due = KINDS[option]
            flag = f"--{option.replace('_', '-')}"
            if text is None:
                continue
            if not form.fullmatch(text):
                self._note("E_OPTION", flag, f"{text!r} is not {due}.", f"Give {due}.")
                continue
            try:
                Settings(**{name: convert(text)})
            except ValueError as error:
                self._note("E_OPTION", flag, f"{error}.", "")
                continue
            values[name] = convert(text)
        return Settings(**values)

    def level(self, text: str | None) -> int | None:
        """The level of an option."""
        if text is None:
            return None
        if WHOLE.fullmatch(text):
            return int(text)
        self._note("E_OPTION", "--level", f"{text!r} is no level.", "Give its number, 0 for the smallest.")
        return None

    def count(self, text: str | None, flag: str, default: int) -> int:
        """A number of the option `flag`, 1 to 100."""
        if text is None:
            return default
        if WHOLE.fullmatch(text) and 1 <= int(text) <= 100:
            return int(text)
        self._note("E_OPTION", flag, f"{text!r} is no number from 1 to 100.", "Give a number from 1 to 100.")
        return default

    def amount(self, text: str | None, flag: str) -> int | None:
        """How many of something the option `flag` allows, 0 or more."""
        if text is None:
            return None
        if WHOLE.fullmatch(text) and int(text) >= 0:
            return int(text)
        self._note("E_OPTION", flag, f"{text!r} is no whole number of 0 or more.", "Give 0 or more.")
        return None

    def amounts(self, text: str | None, flag: str) -> tuple[int, ...]:
        """Several of them, commas between; none when not given."""
        parts = [] if text is None else text.split(",")
        found = [self.amount(part.strip(), flag) for part in parts]
        return tuple(number for number in found if number is not None)

    def cluster(self, address: str | None) -> str | None:
        """The address of a scheduler, else the one that is set."""
        if address is None:
            try:
                return settings.cluster()
            except settings.SettingsError as error:
                self._note("E_OPTION", "PLANNER_CLUSTER", str(error), "")
                return None
        if not settings.is_cluster(address):
            text = f"{address!r} is no address of a scheduler."
            self._note("E_OPTION", "--cluster", text, "Give one such as tcp://10.0.0.5:8786.")
        elif find_spec("distributed") is None:
            text = "The library that speaks to clusters is missing."
            self._note("E_OPTION", "--cluster", text, "Install the extra `cluster` of the planner.")
        return address

    def target(self, path: str | None) -> None:
        """Check now that the result can be written later."""
        if path is None:
            return
        file = Path(path)
        folder = file.parent
        if file.is_dir() or not folder.is_dir() or not os.access(folder, os.W_OK):
            what = "is a folder" if file.is_dir() else f"cannot be made in {folder}"
            self._note("E_FILE_WRITE", path, f"The output file {what}.", "Choose another file.")

    def sound(self, verdict: Mapping[str, Any], path: str) -> None:
        """Refuse a plan that does not keep the rules of the problem."""
        for violation in verdict["violations"]:
            message = f"The plan breaks a rule: {words(violation)}"
            self._note(
                "E_PLAN", path, message, "Give a plan of this problem, as `planner verify` accepts it."
            )

    def _read(self, path: str, read: Callable[[bytes], Any]) -> Any:
        from solver.files import ProblemErrors

        try:
            return read(Path(path).read_bytes())
        except (OSError, ValueError) as error:
            if isinstance(error, ProblemErrors):
                self.errors += [plain(f"{path}: {_line(fault)}") for fault in error.errors]
            else:
                words = getattr(error, "strerror", None) or str(error)
                self._note(
                    "E_FILE_READ", path, f"The file cannot be read: {words}.", "Check its name and rights."
                )
            return None

    def _note(self, code: str, where: str, message: str, remedy: str) -> None:
        self.errors.append(plain(f"{code} {where}: {message} {remedy}".rstrip()))


def _line(fault: ProblemError) -> str:
    return str(fault)


def plain(text: str) -> str:
    """`text` without characters that would act on a terminal."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def write(path: str, text: str) -> str | None:
    """Put `text` into a file at once, so that nobody ever reads half of it; the error in words, or None."""
    target = Path(path)
    try:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
            Path(name).chmod(0o644)
            Path(name).replace(target)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        return plain(
            f"E_FILE_WRITE {path}: The file cannot be written: {error.strerror}. Choose another file."
        )
    return None
