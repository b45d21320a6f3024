"""One thing that needs a reader."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do: what, why, where, and how pressing ("bad", "warn", "good" or "info")."""

    title: str
    detail: str
    address: str
    picture: str
    tone: str = "info"
