"""Settings: safe defaults, and a clear word for what cannot work."""

from __future__ import annotations

import pytest

from planner import settings
from planner.settings import SettingsError


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of this machine reaches the test."""
    import os

    for name in list(os.environ):
        if name.startswith("PLANNER_"):
            monkeypatch.delenv(name)


def test_defaults_are_safe() -> None:
    """Without any variable: development on this machine only, passwords hashed at full cost."""
    here = settings.read()
    assert (here.environment, here.address) == ("development", "127.0.0.1:8000")
    assert (here.password_time_cost, here.password_memory_kib, here.password_parallelism) == (3, 65536, 4)
    assert here.languages == ("en", "pl", "cs", "nb")
    assert here.trusted_proxies == 0


def test_production_needs_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """The default one, a short one and none are refused; 32 characters are accepted."""
    monkeypatch.setenv("PLANNER_ENV", "production")
    for secret in (None, settings.DEVELOPMENT_SECRET, "x" * 31):
        if secret is not None:
            monkeypatch.setenv("PLANNER_SECRET_KEY", secret)
        with pytest.raises(SettingsError, match="PLANNER_SECRET_KEY"):
            settings.read()
    monkeypatch.setenv("PLANNER_SECRET_KEY", "x" * 32)
    assert settings.read().environment == "production"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ENV", "staging"),
        ("ADDRESS", "localhost"),
        ("ADDRESS", ":8000"),
        ("ADDRESS", "127.0.0.1:65536"),
        ("ADDRESS", "127.0.0.1:http"),
        ("WEB_WORKERS", "0"),
        ("SOLVER_WORKERS", "-1"),
        ("WALL_LIMIT_S", "soon"),
        ("TRUSTED_PROXIES", "-1"),
        ("CLUSTER", "scheduler"),
        ("CLUSTER", "tcp://:8786"),
        ("CLUSTER", "tcp://10.0.0.5:65536"),
        ("PASSWORD_MEMORY_KIB", "7"),
    ],
)
def test_what_cannot_work_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    """Each bad value stops the program with the variable's name."""
    monkeypatch.setenv(f"PLANNER_{name}", value)
    with pytest.raises(SettingsError, match=f"PLANNER_{name}"):
        settings.read()


def test_a_cluster_is_used_only_when_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """None by default; an address with or without its scheme is taken as it stands."""
    assert settings.cluster() is None
    for address in ("tcp://10.0.0.5:8786", "tls://scheduler:8786", "127.0.0.1:8786"):
        monkeypatch.setenv("PLANNER_CLUSTER", address)
        assert settings.cluster() == address
