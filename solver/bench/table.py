"""Figures of the bench as text that lines up, which is also valid Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

UNKNOWN = "-"


def lay_out(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table with aligned columns: the first and the last to the left, figures to the right."""
    widths = [max(len(row[i]) for row in [head, *rows]) for i in range(len(head))]
    left = {0, len(head) - 1}

    def line(cells: Sequence[str]) -> str:
        filled = [
            cell.ljust(width) if i in left else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(cells, widths, strict=True))
        ]
        return "| " + " | ".join(filled) + " |"

    rule = ["-" * width if i in left else "-" * (width - 1) + ":" for i, width in enumerate(widths)]
    return "\n".join([line(head), line(rule), *(line(row) for row in rows)])


def race_table(document: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """Competitors side by side; the first is what the others are compared with."""
    finishes = document["finishes"]
    own, best = finishes[0]["value"], document["best_bound"]
    rows = []
    for f in finishes:
        value = f["value"]
        rows.append(
            (
                names[f["name"]],
                number(value),
                share(None if not own or value is None else value / own - 1, sign=True),
                number(f["bound"]),
                share(f["gap"]),
                share(None if not value or best is None else (best - value) / value),
                f"{f['seconds']:.1f}",
                f"{f['cpu_s']:.1f}",
                number(f["peak_mib"]),
                f["ended"],
            )
        )
    first = names[finishes[0]["name"]]
    head = ("competitor", "value", f"to {first}", "own bound", "own gap", "gap to best bound", "seconds")
    return lay_out((*head, "CPU s", "peak MiB", "ended"), rows)


def number(value: int | None) -> str:
    """Thousands apart; unknown is a dash."""
    return UNKNOWN if value is None else f"{value:,}"


def share(value: float | None, *, sign: bool = False) -> str:
    """A share in per cent; unknown is a dash."""
    if value is None:
        return UNKNOWN
    return f"{value * 100:+.2f} %" if sign else f"{value * 100:.2f} %"


def public_table(document: Mapping[str, Any]) -> str:
    """Instances of public sets and how far each answer is from the best one known."""
    rows = [
        (
            row["name"],
            row["competitor"],
            number(row["objective"]),
            number(row["best_known"]),
            share(row["off"], sign=True),
            number(row["bound"]),
            "yes" if row["proved"] else "no",
            f"{row['seconds']:.1f}",
            f"{row['cpu_s']:.1f}",
            row["ended"],
        )
        for row in document["rows"]
    ]
    head = ("instance", "solver", "objective", "best known", "off", "bound", "proved", "seconds")
    return lay_out((*head, "CPU s", "ended"), rows)


def cards_table(document: Mapping[str, Any]) -> str:
    """Families of cards and whether what they say held, for proven plans and for others."""
    parts = []
    for group, families in document["families"].items():
        if not document["cards"][group]:
            continue
        rows = [
            (
                name,
                number(c["told"]),
                number(c["enough"]),
                number(c["again"]),
                number(c["unknown"]),
                number(c["conditional"]),
                share(c["enough"] / c["told"] if c["told"] else None),
                number(c["below"]),
                number(c["not_enough"]),
                number(c["tied"]),
                number(c["below_unknown"]),
                share(
                    (c["not_enough"] + c["tied"] + c["below_unknown"]) / c["below"] if c["below"] else None
                ),
            )
            for name, c in families.items()
        ]
        head = ("family", "told", "granted", "again", "not proven", "on condition", "enough", "step below")
        table = lay_out((*head, "not granted", "a tie", "not proven", "not enough"), rows)
        parts.append(f"{document['cards'][group]} cards of {group} plans\n{table}")
    return "\n\n".join(parts)


def _broken(counts: Mapping[str, int]) -> int:
    """Steps below that were granted by a better plan."""
    return counts["below"] - counts["not_enough"] - counts["tied"] - counts["below_unknown"]
