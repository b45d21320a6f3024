"""The browser's files come from a lock, from nowhere else, and are fetched once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from web import assets

ROOT = Path(__file__).resolve().parents[2]


def test_the_lock_names_no_registry() -> None:
    """Whoever installs uses the registry they trust; every package is pinned by its hash."""
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    fetched = {name: package for name, package in packages.items() if name}
    assert len(fetched) > 3
    assert [name for name, package in fetched.items() if "resolved" in package] == []
    assert [name for name, package in fetched.items() if not package["integrity"].startswith("sha512-")] == []


def test_versions_are_exact() -> None:
    """A new version of a browser file is a change somebody makes, not one that happens."""
    package = json.loads((ROOT / "package.json").read_text())
    versions = {**package["dependencies"], **package["devDependencies"]}.values()
    assert [version for version in versions if not version.replace(".", "").isdecimal()] == []


def test_a_second_call_does_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Once copied, nothing is installed again until the lock changes or a file is gone."""
    source, vendor = tmp_path / "source", tmp_path / "vendor"
    for name in assets.FILES:
        path = source / "node_modules" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"content of {name}")
    (source / "package-lock.json").write_text("{}")
    installs: list[int] = []
    monkeypatch.setattr(assets, "ROOT", source)
    monkeypatch.setattr(assets, "VENDOR", vendor)
    monkeypatch.setattr(assets, "STAMP", vendor / ".stamp")
    monkeypatch.setattr(assets, "install", lambda: installs.append(1))
    assert assets.main() == 0
    assert assets.main() == 0
    assert len(installs) == 1
    one = vendor / "htmx" / "htmx.min.js"
    assert one.with_name("htmx.min.js.gz").is_file()
    one.unlink()
    assert assets.main() == 0
    (source / "package-lock.json").write_text('{"changed": true}')
    assert assets.main() == 0
    assert len(installs) == 3
