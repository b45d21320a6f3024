"""Three words of architecture: web knows planner, planner knows solver, solver knows nobody."""

from __future__ import annotations

import subprocess
import sys

from source import PACKAGES, imports, sources

SOLVER_MAY = {"ortools", "numpy", "numba"}
HEAVY = {"ortools", "numba"}


def _top(module: str) -> str:
    return module.split(".", 1)[0]


def test_solver_knows_nobody() -> None:
    """The engine runs from a notebook: beside the standard library it needs the solvers and arrays only."""
    foreign = [
        f"{s.path}:{line} imports {module}"
        for s in sources("solver")
        for module, line, _ in imports(s)
        if _top(module) not in sys.stdlib_module_names | SOLVER_MAY | {"solver"}
    ]
    assert foreign == []


def test_planner_knows_no_http() -> None:
    """Use cases run without a web request."""
    web = {"flask", "web", "werkzeug", "flask_smorest", "flask_login", "flask_babel", "marshmallow"}
    foreign = [
        f"{s.path}:{line} imports {module}"
        for s in sources("planner")
        for module, line, _ in imports(s)
        if _top(module) in web
    ]
    assert foreign == []


def test_planner_touches_the_engine_in_one_folder_and_late() -> None:
    """Only planner/solving imports the engine, and never while a module is being imported."""
    wrong = [
        f"{s.path}:{line} imports {module}{' at import time' if eager else ''}"
        for s in sources("planner")
        for module, line, eager in imports(s)
        if _top(module) in {"solver", *SOLVER_MAY} and (eager or not s.path.startswith("planner/solving/"))
    ]
    assert wrong == []


def test_web_knows_no_engine_and_writes_no_sql() -> None:
    """Pages and API call use cases; queries live in the planner, a session is only passed on."""
    wrong = [
        f"{s.path}:{line} imports {module}"
        for s in sources("web")
        for module, line, _ in imports(s)
        if _top(module) in {"solver", "sqlalchemy", "alembic", *SOLVER_MAY}
        and "from sqlalchemy.orm import Session" not in s.text.splitlines()[line - 1]
    ]
    assert wrong == []


LATE = {"ortools", "numba", "numpy", "solver", "highspy", "distributed", "alembic", "xlsxwriter"}
"""What most pages never need, and would pay for at every start."""


def test_a_web_process_stays_small() -> None:
    """An application ready to answer has loaded no engine, no migrations and no writer of workbooks."""
    code = (
        "import sys, web, planner.cli\n"
        "web.create_app()\n"
        f"print(sorted({{m.split('.')[0] for m in sys.modules}} & set({sorted(LATE)})))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_package_doors_hold_nothing_else() -> None:
    """An `__init__` is a table of contents: a docstring, imports and `__all__` (web also has create_app)."""
    wrong = []
    for s in sources(*PACKAGES):
        if not s.path.endswith("__init__.py") or s.path == "web/__init__.py":
            continue
        for node in s.tree.body:
            text = s.text.splitlines()[node.lineno - 1]
            if not text.startswith(('"""', "from ", "import ", "__all__", "if TYPE_CHECKING")):
                wrong.append(f"{s.path}:{node.lineno} {text}")
    assert wrong == []
