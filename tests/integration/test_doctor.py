"""The doctor finds each ill that it knows, and says what to do."""

import json
import sqlite3
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from pydantic import SecretStr
from tests.conftest import SECRET_KEY, MovableClock

from copydesk.cli import main
from copydesk.cli.doctor import EXAMINATIONS, data, examine, machine, network, work
from copydesk.cli.doctor.finding import Finding, Patient
from copydesk.outbox import enqueue
from copydesk.services import Services, build_services
from copydesk.settings import ServerSettings, Settings, WorkerSettings
from copydesk.store.migrate import downgrade
from copydesk.store.tables import JobState, OutboxJob

HTTPS = "https://errata.example"


def with_server(services: Services, **changes: Any) -> Patient:
    values: dict[str, Any] = {"base_url": HTTPS, "secret_key": SecretStr(SECRET_KEY)}
    server = ServerSettings(**(values | changes))
    settings = services.settings.model_copy(update={"server": server})
    return Patient(replace(services, settings=settings), None)


@pytest.fixture
def patient(services: Services, tmp_path: Path) -> Patient:
    tmp_path.chmod(0o700)
    return Patient(services, None)


def test_every_check_has_its_own_name_and_runs(patient: Patient) -> None:
    names = [name for name, _examination in EXAMINATIONS]
    assert len(set(names)) == len(names)
    findings = list(examine(patient))
    assert [finding.name for finding in findings] == names
    assert all(finding.words for finding in findings)


@pytest.mark.parametrize(
    ("version", "keeps"),
    [
        ((3, 6, 23), True),
        ((3, 7, 0), False),
        ((3, 40, 1), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 50, 6), False),
        ((3, 50, 7), True),
        ((3, 51, 0), False),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 54, 1), True),
    ],
)
def test_which_sqlite_keeps_what_it_committed(version: tuple[int, ...], keeps: bool) -> None:
    assert data.keeps_commits(version) is keeps


def test_an_old_sqlite_is_named(patient: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 40, 1))
    finding = data.sqlite(patient)
    assert finding.level == ("warning" if patient.database_file else "ok")


def test_old_tables_are_named(patient: Patient) -> None:
    assert data.migrations(patient).level == "ok"
    downgrade(patient.services.database, "0001")
    finding = data.migrations(patient)
    assert finding.level == "failure"
    assert "copydesk migrate" in finding.words


def test_a_database_that_is_away_fails_and_stops_no_other_check(tmp_path: Path) -> None:
    settings = Settings(
        server=ServerSettings(secret_key=SecretStr(SECRET_KEY)),
        database={"url": "postgresql://nobody@127.0.0.1:9/none"},  # type: ignore[arg-type]
    )
    services = build_services(settings)
    findings = {finding.name: finding for finding in examine(Patient(services, None))}
    services.database.close()
    assert findings["database"].level == "failure"
    assert findings["dead letters"].level == "failure"
    assert findings["widget"].level == "ok"


def test_two_web_processes_on_one_file_are_counted(patient: Patient) -> None:
    path = patient.database_file
    if path is None:
        assert data.processes(patient).level == "ok"
        return
    holding = "import sys; held = open(sys.argv[3]); print('ready', flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", holding, "copydesk", "serve", str(path)]
    processes = []
    for expected in ("ok", "failure"):
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        processes.append(process)
        assert process.stdout is not None
        process.stdout.readline()
        assert data.processes(patient).level == expected
    for process in processes:
        process.communicate("")
    assert data.processes(patient).words.startswith("no ") or patient.database_file is None


def test_a_clock_that_runs_away_is_noticed(patient: Patient, clock: MovableClock) -> None:
    # The test's clock stands still in March, the database's does not.
    assert data.clock(patient).level == ("ok" if patient.database_file else "failure")


def test_late_work_and_dead_letters_are_told(patient: Patient, clock: MovableClock) -> None:
    assert work.outbox(patient).level == "ok"
    assert work.dead_letters(patient).level == "ok"
    with patient.services.database.transaction() as session:
        enqueue(session, "notify", "a", {}, now=clock())
    clock.forward(minutes=10)
    assert work.outbox(patient) == Finding(
        "warning", "the oldest job is due since 10 minutes: does a worker run?"
    )
    clock.forward(hours=3)
    assert work.outbox(patient).level == "failure"
    with patient.services.database.transaction() as session:
        job = session.get_one(OutboxJob, 1)
        job.lease_until = clock() + timedelta(minutes=2)
    assert work.outbox(patient).level == "ok", "somebody is at it"
    with patient.services.database.transaction() as session:
        session.get_one(OutboxJob, 1).state = JobState.DEAD
    assert work.dead_letters(patient).level == "warning"


def test_a_lease_shorter_than_a_deadline_is_a_mistake(patient: Patient) -> None:
    assert work.leases(patient).level == "ok"
    settings = patient.settings.model_copy(update={"worker": WorkerSettings(lease_seconds=60)})
    short = Patient(replace(patient.services, settings=settings), None)
    assert work.leases(short).level == "failure"


@pytest.mark.parametrize(
    ("changes", "level"),
    [
        ({"trusted_proxies": 1}, "ok"),
        ({"trusted_proxies": 0}, "failure"),
        ({"trusted_proxies": 1, "bind": "0.0.0.0:8000"}, "warning"),
        ({"trusted_proxies": 0, "base_url": "http://127.0.0.1:8000"}, "ok"),
    ],
)
def test_proxies_and_addresses_must_fit(
    services: Services, changes: dict[str, Any], level: str
) -> None:
    assert network.proxies(with_server(services, **changes)).level == level


@pytest.mark.parametrize(
    ("secret", "level"),
    [("a" * 64, "failure"), ("abcdefghijklmnopqrstuvwxyz0123456789", "warning")],
)
def test_a_poor_secret_is_told(services: Services, secret: str, level: str) -> None:
    poor = with_server(services, secret_key=SecretStr(secret))
    assert machine.secret(poor).level == level


def test_secrets_and_data_are_for_their_owner(patient: Patient, tmp_path: Path) -> None:
    config = tmp_path / "copydesk.toml"
    config.write_text("")
    open_patient = Patient(patient.services, config)
    for mode, level in ((0o600, "ok"), (0o640, "ok"), (0o660, "warning"), (0o644, "failure")):
        config.chmod(mode)
        assert machine.settings_file(open_patient).level == level, oct(mode)
    path = patient.database_file
    if path is not None:
        path.chmod(0o644)
        for mode, level in ((0o700, "ok"), (0o750, "warning"), (0o755, "failure")):
            path.parent.chmod(mode)
            assert machine.data_folder(patient).level == level, oct(mode)


@pytest.mark.parametrize(
    ("free", "level"),
    [(10**10, "ok"), (machine.LEAST_ROOM + 10**6, "warning"), (10**7, "failure")],
)
def test_a_full_disk_is_told_before_it_is_full(free: int, level: str) -> None:
    assert machine.judge_room(free, used=10**8).level == level


def test_a_network_share_is_known() -> None:
    mounts = (
        "/dev/vda1 / ext4 rw 0 0\n"
        "server:/x /var/lib nfs4 rw 0 0\n"
        "tmpfs /var/lib/copydesk tmpfs rw 0 0\n"
    )
    assert data.file_system_of(Path("/srv/copydesk.db"), mounts) == "ext4"
    assert data.file_system_of(Path("/var/lib/other/copydesk.db"), mounts) == "nfs4"
    assert data.file_system_of(Path("/var/lib/copydesk/copydesk.db"), mounts) == "tmpfs"
    assert "nfs4" in data.NETWORK_FILE_SYSTEMS


def test_machines_can_read_it(
    services: Services, monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    monkeypatch.setenv("COPYDESK_DATABASE__URL", database_url)
    monkeypatch.setenv("COPYDESK_SERVER__SECRET_KEY", SECRET_KEY)
    monkeypatch.setenv("COPYDESK_SERVER__BASE_URL", "http://errata.example")
    result = CliRunner().invoke(main, ["doctor", "--json"])
    findings = {finding["name"]: finding for finding in json.loads(result.output)}
    assert findings["base URL"]["level"] == "failure"
    assert result.exit_code == 1
    assert SECRET_KEY not in result.output
