"""Every setting: an environment variable with a safe default."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from environs import Env, EnvError

DEVELOPMENT_SECRET = "development-only-secret"  # noqa: S105 - refused in production
SHORTEST_SECRET = 32

ENVIRONMENTS = ("development", "production")


class SettingsError(ValueError):
    """A setting that cannot work; the text says which and what to do."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings as typed values; docs/settings.md says what each is for."""

    environment: str
    database_url: str
    secret_key: str
    host: str
    port: int
    web_workers: int
    solver_workers: int
    wall_limit_s: int
    override_limit: int
    override_quarter_limit: int
    languages: tuple[str, ...]
    session_hours: int
    sign_ins_per_minute: int
    trusted_proxies: int
    log_level: str
    password_time_cost: int
    password_memory_kib: int
    password_parallelism: int

    @property
    def address(self) -> str:
        """Where the web server listens, as host:port."""
        return f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Witness:
    """The file outside the database that sees the audit log, and after how many events it does again."""

    path: Path
    every: int


def witness() -> Witness | None:
    """Where the witness of the audit log is kept; None when no file is set. Asked at every event.

    Raises:
        SettingsError: PLANNER_AUDIT_WITNESS_EVERY is no number above 0.
    """
    place = os.environ.get("PLANNER_AUDIT_WITNESS", "")
    if not place:
        return None
    try:
        every = Env(eager=True, prefix="PLANNER_").int("AUDIT_WITNESS_EVERY", 100)
    except EnvError as error:
        raise SettingsError(f"{error}.") from error
    return Witness(Path(place), _at_least("PLANNER_AUDIT_WITNESS_EVERY", every, 1))


def cluster() -> str | None:
    """Address of the Dask scheduler whose workers search the parts of large problems; None when unset.

    Raises:
        SettingsError: It is no address.
    """
    address = os.environ.get("PLANNER_CLUSTER", "")
    if address and not is_cluster(address):
        raise SettingsError(f"PLANNER_CLUSTER is {address!r}; it must look like tcp://10.0.0.5:8786.")
    return address or None


def is_cluster(address: str) -> bool:
    """Whether this can be the address of a scheduler."""
    host, _, port = address.rpartition(":")
    return bool(host.removeprefix("tcp://").removeprefix("tls://")) and port.isdecimal() and int(port) < 65536


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal() or not 0 <= int(port) <= 65535:
        raise SettingsError(f"PLANNER_ADDRESS is {text!r}; it must look like 127.0.0.1:8000.")
    return host, int(port)


def _at_least(name: str, value: int, least: int) -> int:
    if value < least:
        raise SettingsError(f"{name} is {value}; it must be at least {least}.")
    return value


def read() -> Settings:
    """The settings of this process.

    Raises:
        SettingsError: a value is out of range, or production runs with a missing or short secret.
    """
    try:
        return _read()
    except EnvError as error:
        raise SettingsError(f"{error}.") from error


def _read() -> Settings:
    env = Env(eager=True, prefix="PLANNER_")
    environment = env.str("ENV", "development")
    if environment not in ENVIRONMENTS:
        raise SettingsError(f"PLANNER_ENV is {environment!r}; it must be development or production.")
    secret = env.str("SECRET_KEY", DEVELOPMENT_SECRET)
    if environment == "production" and (secret == DEVELOPMENT_SECRET or len(secret) < SHORTEST_SECRET):
        raise SettingsError(
            f"PLANNER_SECRET_KEY must be set to at least {SHORTEST_SECRET} random characters in production."
        )
    host, port = _address(env.str("ADDRESS", "127.0.0.1:8000"))
    # Asked for by the engine; a bad one stops the program now and not the first large run.
    cluster()

    def number(name: str, default: int, least: int = 1) -> int:
        return _at_least(f"PLANNER_{name}", env.int(name, default), least)

    return Settings(
        environment=environment,
        database_url=env.str("DATABASE_URL", "sqlite:///var/planner.db"),
        secret_key=secret,
        host=host,
        port=port,
        web_workers=number("WEB_WORKERS", 2),
        solver_workers=number("SOLVER_WORKERS", 2),
        wall_limit_s=number("WALL_LIMIT_S", 60),
        # Whole units of money; above them an override needs a second signature.
        override_limit=number("OVERRIDE_LIMIT", 10_000, 0),
        override_quarter_limit=number("OVERRIDE_QUARTER_LIMIT", 25_000, 0),
        languages=tuple(env.list("LANGUAGES", ["en", "pl", "cs", "nb"])),
        session_hours=number("SESSION_HOURS", 12),
        # Attempts per account; an address may make ten times as many.
        sign_ins_per_minute=number("SIGN_INS_PER_MINUTE", 10),
        # Proxies in front whose forwarded address and scheme are believed.
        trusted_proxies=number("TRUSTED_PROXIES", 0, 0),
        log_level=env.str("LOG_LEVEL", "INFO").upper(),
        # The defaults of argon2-cffi; tests lower them.
        password_time_cost=number("PASSWORD_TIME_COST", 3),
        password_memory_kib=number("PASSWORD_MEMORY_KIB", 65536, 8),
        password_parallelism=number("PASSWORD_PARALLELISM", 4),
    )


@dataclass(frozen=True, slots=True)
class Quotas:
    """The most that one person may put before the planner at once."""

    open_requests: int
    open_per_customer: int
    background: int


def quotas() -> Quotas:
    """How many requests may be open and how many questions waiting.

    Raises:
        SettingsError: a quota is no number above 0.
    """
    env = Env(eager=True, prefix="PLANNER_")
    try:
        found = Quotas(
            env.int("OPEN_REQUESTS", 300), env.int("OPEN_PER_CUSTOMER", 100), env.int("BACKGROUND", 50)
        )
    except EnvError as error:
        raise SettingsError(f"{error}.") from error
    _at_least("PLANNER_OPEN_REQUESTS", found.open_requests, 1)
    _at_least("PLANNER_OPEN_PER_CUSTOMER", found.open_per_customer, 1)
    _at_least("PLANNER_BACKGROUND", found.background, 1)
    return found


def least_dossier() -> int:
    """How much of a customer's dossier must be filled before its requests are planned, in per cent.

    Raises:
        SettingsError: it is no number from 0 to 100.
    """
    try:
        least = Env(eager=True, prefix="PLANNER_").int("LEAST_DOSSIER", 50)
    except EnvError as error:
        raise SettingsError(f"{error}.") from error
    if least > 100:
        raise SettingsError(f"PLANNER_LEAST_DOSSIER is {least}; it must be at most 100.")
    return _at_least("PLANNER_LEAST_DOSSIER", least, 0)


@dataclass(frozen=True, slots=True)
class MoneyRates:
    """Minor units per hour of our own people, and the yearly interest on money in per mille."""

    kam_hour: int
    specialist_hour: int
    interest: int


def money_rates() -> MoneyRates:
    """What hours and capital cost in customers' figures; no rate weighs in a plan.

    Raises:
        SettingsError: a rate is no number or below 0.
    """
    env = Env(eager=True, prefix="PLANNER_")
    try:
        rates = MoneyRates(
            env.int("KAM_HOUR_MINOR", 7000), env.int("SPECIALIST_HOUR_MINOR", 9000), env.int("INTEREST", 100)
        )
    except EnvError as error:
        raise SettingsError(f"{error}.") from error
    _at_least("PLANNER_KAM_HOUR_MINOR", rates.kam_hour, 0)
    _at_least("PLANNER_SPECIALIST_HOUR_MINOR", rates.specialist_hour, 0)
    _at_least("PLANNER_INTEREST", rates.interest, 0)
    return rates
