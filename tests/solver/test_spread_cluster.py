"""Parts on a Dask cluster of two workers: the same plan, also when the cluster is gone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from distributed import LocalCluster
from test_spread import bettered, contested

from planner.solving import cluster
from planner.solving.cluster import cluster_at
from solver.spread import rounds

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def two_workers(monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalCluster]:
    """A scheduler and two processes with one thread each; parts of about seven people."""
    monkeypatch.setattr(rounds, "PEOPLE", 7)
    monkeypatch.setattr(rounds, "ROUNDS", 4)
    monkeypatch.setattr(rounds, "LEAST", 1)
    monkeypatch.setattr(cluster, "REACHED_WITHIN_S", 2.0)
    made: Any = LocalCluster
    with made(n_workers=2, threads_per_worker=1, dashboard_address=None) as running:
        yield running


def test_a_cluster_ends_at_the_same_plan(two_workers: LocalCluster, caplog: pytest.LogCaptureFixture) -> None:
    """The plan is that of this machine, of an address nobody answers at, and of a cluster gone on the way."""
    address = two_workers.scheduler_address
    with cluster_at(address) as executor:
        found = bettered(contested(), executor)
    assert found == bettered(contested(), cluster.Cluster("127.0.0.1:1"))
    told = [record for record in caplog.records if record.name == "solver.spread"]
    assert len(told) == 1
    caplog.clear()
    with cluster_at(address) as executor:
        assert executor is not None
        assert executor.submit(sum, [1, 2]).result(30) == 3
        two_workers.close()
        assert bettered(contested(), executor) == found
    assert [record.levelname for record in caplog.records if record.name == "solver.spread"] == ["WARNING"]


def test_without_an_address_there_is_no_cluster() -> None:
    """The engine then uses this machine."""
    with cluster_at(None) as executor:
        assert executor is None
