"""The settings themselves: the defaults and ranges that people know, and no way to change them."""

from __future__ import annotations

import pickle
import subprocess
import sys

import pytest
from pydantic import ValidationError

from pyclient.config import Settings
from pyclient.config.autoscaler import Autoscaler
from pyclient.config.described import key
from pyclient.config.reference import render

KNOWN: dict[str, tuple[object, dict[str, float]]] = {
    "workers.initial_count": (2, {"ge": 1, "le": 1000}),
    "autoscaler.min_workers": (1, {"ge": 1, "le": 1000}),
    "autoscaler.max_workers": (20, {"ge": 1, "le": 1000}),
    "autoscaler.scale_up_count": (2, {"ge": 1, "le": 50}),
    "autoscaler.scale_down_count": (1, {"ge": 1, "le": 50}),
    "autoscaler.scaling_triggers.queue_pressure_threshold": (0.75, {"gt": 0, "le": 2}),
    "autoscaler.scaling_triggers.worker_utilization_threshold": (0.80, {"gt": 0, "le": 1}),
    "autoscaler.scaling_triggers.error_rate_threshold": (0.05, {"ge": 0, "le": 1}),
    "autoscaler.learning_rate": (0.1, {"gt": 0, "le": 1}),
    "autoscaler.consecutive_signals_required": (2, {"ge": 1, "le": 100}),
    "autoscaler.target_sla.max_p95_latency_ms": (5000, {"gt": 0, "le": 86_400_000}),
    "autoscaler.target_sla.min_success_rate": (0.95, {"ge": 0, "le": 1}),
    "alerts.max_queue_size": (10_000, {"ge": 1}),
    "breaker.failure_threshold": (5, {"ge": 1, "le": 1_000_000}),
}


@pytest.mark.parametrize("name", KNOWN)
def test_defaults_and_ranges_are_those_of_the_inventory(name: str) -> None:
    section, _, field = name.rpartition(".")
    found = key(section, field)
    assert (found.default, dict(found.limits)) == KNOWN[name]


def test_settings_do_not_change_and_travel() -> None:
    settings = Settings()
    with pytest.raises(ValidationError):
        settings.workers.prefetch = 3
    assert pickle.loads(pickle.dumps(settings)) == settings


def test_sections_can_be_made_in_programs() -> None:
    assert Autoscaler(min_workers=3).max_workers == 20
    with pytest.raises(ValidationError):
        Autoscaler(min_workers=30)


def test_the_page_has_every_key() -> None:
    page = render()
    assert "| `initial_count`, `processes` | whole number, 1 to 1000 | `2` |" in page
    assert '| process \\| thread \\| asyncio | `"process"` |' in page
    assert "### [autoscaler.target_sla]" in page


@pytest.mark.parametrize("library", ["pydantic_settings", "yaml", "dotenv"])
def test_a_library_that_is_missing_is_named(library: str) -> None:
    code = (
        f"import sys; sys.modules[{library!r}] = None\n"
        "from pyclient.errors import SetupError\n"
        "try:\n    import pyclient.config\nexcept SetupError as error:\n    print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == f"{library} cannot be imported: pip install 'celers[cli]'\n"


def test_the_client_does_not_need_it() -> None:
    code = "import sys, pyclient; pyclient.Client; print('pydantic' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
