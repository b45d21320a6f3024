"""Texts in four languages: find them in the code, renew the catalogues, compile them.

`python -m web.messages update` renews web/translations/*/LC_MESSAGES/messages.po from the code,
`python -m web.messages compile` makes the .mo files that the application reads.

Templates and web code mark a text with `_()`. The planner knows no web: there the texts of `Message`,
`refuse` and their kin are found by their place in the call.
"""

from __future__ import annotations

import ast
import io
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
TRANSLATIONS = ROOT / "web" / "translations"
LANGUAGES = ("pl", "cs", "nb")

PLACES = {
    "Message": (0,),
    "Words": (0,),
    "refuse": (2, 3),
    "bad_file": (1, 2),
    "problem": (2, 3),
    "add": (2, 3),
    "missing": (1, 2),
    "failure": (1, 2),
    "stop": (2, 3),
    "_wrong": (1, 2),
    "Wrong": (1, 2),
    "wrong": (2, 3),
}
"""Which arguments of a call are texts for people, by the called name."""

NAMES = frozenset({"reason", "remedy"})
"""Variables that hold texts for people before they are passed on."""

Found = tuple[int, str, str, list[str]]


def extract_planner(
    file: IO[bytes],
    keywords: Any,  # noqa: ARG001 - Babel passes it
    comment_tags: Any,  # noqa: ARG001 - Babel passes it
    options: Any,  # noqa: ARG001 - Babel passes it by this name
) -> Iterator[Found]:
    """Texts for people in a file of the planner, in the shape that Babel asks of an extractor."""
    for node in ast.walk(ast.parse(file.read())):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else ast.unparse(node.func)
            texts = [node.args[i] for i in PLACES.get(name, ()) if i < len(node.args)]
        elif isinstance(node, ast.Assign) and NAMES & {n.id for n in _names(node)}:
            texts = [node.value]
        else:
            continue
        for text in texts:
            for line, words in _constants(text):
                # One word kept under such a name is a key or a code, in a call it is a text.
                if isinstance(node, ast.Call) or " " in words:
                    yield line, "", words, []


def _names(node: ast.Assign) -> Iterator[ast.Name]:
    for target in node.targets:
        yield from (n for n in ast.walk(target) if isinstance(n, ast.Name))


def _constants(node: ast.expr) -> Iterator[tuple[int, str]]:
    """The texts of an expression, also of both arms of a choice; not those inside a further call."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
        yield node.lineno, node.value
    elif isinstance(node, ast.Tuple):
        for part in node.elts:
            yield from _constants(part)
    elif isinstance(node, ast.IfExp):
        yield from _constants(node.body)
        yield from _constants(node.orelse)


def template() -> Catalog:
    """Every text of the project, with the files that hold it; line numbers would only churn."""
    catalog = Catalog(project="planner", charset="utf-8")
    sources: Iterable[tuple[str, list[tuple[str, Any]]]] = (
        ("web", [("**/templates/**.html", "jinja2"), ("**/templates/**.txt", "jinja2"), ("**.py", "python")]),
        ("web", [("**.py", extract_planner)]),
        ("planner", [("**.py", extract_planner)]),
    )
    for folder, methods in sources:
        found = extract_from_dir(
            str(ROOT / folder),
            method_map=methods,
            keywords={"_": None, "gettext": None, "ngettext": (1, 2), "_l": None, "Message": None},
        )
        for path, _line, text, _comments, context in sorted(found, key=lambda row: (row[0], row[1])):
            catalog.add(text, locations=[(f"{folder}/{path}", 0)], context=context)
    return catalog


def path_of(language: str) -> Path:
    """The catalogue of a language."""
    return TRANSLATIONS / language / "LC_MESSAGES" / "messages.po"


def read(language: str) -> Catalog:
    """The catalogue of a language, empty when there is none yet."""
    path = path_of(language)
    if not path.exists():
        return Catalog(locale=language, project="planner", charset="utf-8")
    return read_po(io.BytesIO(path.read_bytes()), locale=language)


def update() -> None:
    """Renew every catalogue: new texts arrive empty, unused ones leave."""
    texts = template()
    for language in LANGUAGES:
        catalog = read(language)
        catalog.update(texts, no_fuzzy_matching=True)
        catalog.obsolete.clear()
        path = path_of(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            write_po(file, catalog, width=110, sort_output=True, omit_header=False, include_lineno=False)


def compile_all() -> None:
    """Make the files that the application reads."""
    for language in LANGUAGES:
        if path_of(language).exists():
            with path_of(language).with_suffix(".mo").open("wb") as file:
                write_mo(file, read(language))


if __name__ == "__main__":
    {"update": update, "compile": compile_all}[sys.argv[1]]()
