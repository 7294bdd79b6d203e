"""Settings are read once and refused with the name of the variable and what it may hold."""

import stat
from pathlib import Path

import pytest

from percorso.config import ConfigError, read_config, to_environment

SECRET = "s" * 32


def test_the_defaults_serve_a_first_run(tmp_path: Path) -> None:
    config = read_config({"PERCORSO_DATA": str(tmp_path)})
    assert (config.host, config.port, config.public_url) == ("127.0.0.1", 8000, "http://localhost:8000")
    assert config.database_url is None


@pytest.mark.parametrize(("cores", "processes"), [(1, 1), (2, 2), (16, 2), (None, 1)])
def test_two_processes_share_the_work_where_there_are_two_cores(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cores: int | None, processes: int
) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: cores)
    chosen = read_config({"PERCORSO_DATA": str(tmp_path)})
    assert (chosen.api_processes, chosen.worker_processes) == (processes, processes)
    given = {"PERCORSO_API_PROCESSES": "5", "PERCORSO_WORKER_PROCESSES": "3"}
    asked = read_config({"PERCORSO_DATA": str(tmp_path), **given})
    assert (asked.api_processes, asked.worker_processes) == (5, 3)


def test_the_secret_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    first = read_config({"PERCORSO_DATA": str(tmp_path / "new")}).secret
    assert len(first) >= 48
    assert read_config({"PERCORSO_DATA": str(tmp_path / "new")}).secret == first
    assert stat.S_IMODE((tmp_path / "new" / "secret").stat().st_mode) == 0o600


def test_another_process_reads_the_same_settings(tmp_path: Path) -> None:
    given = {
        "PERCORSO_DATA": str(tmp_path),
        "PERCORSO_DATABASE_URL": "postgresql://u@h/d",
        "PORT": "8123",
        "PERCORSO_API_PROCESSES": "3",
        "PERCORSO_WORKER_PROCESSES": "4",
        "PERCORSO_PUBLIC_URL": "https://percorso.example.com/",
        "PERCORSO_SECRET": SECRET,
        "PERCORSO_LOG_FORMAT": "json",
    }
    config = read_config(given)
    assert config.public_url == "https://percorso.example.com"
    assert read_config(to_environment(config)) == config


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "８０"),
        ("PORT", "http"),
        ("PERCORSO_DATABASE_URL", "mysql://h/d"),
        ("PERCORSO_PUBLIC_URL", "percorso.example.com"),
        ("PERCORSO_PUBLIC_URL", "https://h/?q=1"),
        ("PERCORSO_SECRET", "short"),
        ("PERCORSO_LOG_LEVEL", "loud"),
        ("PERCORSO_LOG_FORMAT", "xml"),
    ],
)
def test_what_cannot_be_used_is_refused_by_its_name(variable: str, value: str) -> None:
    with pytest.raises(ConfigError, match=f"^{variable}: ") as caught:
        read_config({"PERCORSO_SECRET": SECRET, variable: value})
    assert caught.value.variable == variable


def test_no_database_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="use `percorso up`"):
        _ = read_config({"PERCORSO_DATA": str(tmp_path)}).required_database_url
