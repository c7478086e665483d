"""Our own harvester takes our own catalogue into another installation."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.protocols.conftest import KITAPHANA, Server

MAKE = """
import django, sys
django.setup()
from kitaphana.organizations.enums import OrganizationKind as Kind
from kitaphana.organizations.models import Organization
from kitaphana.protocols.harvest.models import HarvestSource
country = Organization.objects.add_root({"kind": Kind.COUNTRY, "code": "KZ", "name_kk": "Қазақстан"})
school = Organization.objects.add_child(country, {"kind": Kind.SCHOOL, "code": "T-1", "name_kk": "Т", "is_library": True, "barcode_prefix": 1})
HarvestSource.objects.create(name="union", address=sys.argv[1], library=school)
"""


def test_a_catalogue_goes_over_to_another_installation(server: Server, tmp_path: Path) -> None:
    environment = server.environment | {
        "KITAPHANA_DATA": str(tmp_path), "DJANGO_SETTINGS_MODULE": "kitaphana.project.settings"
    }  # fmt: skip

    def run(*command: str) -> str:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=240, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    run(KITAPHANA, "migrate", "--verbosity", "0")
    run(sys.executable, "-c", MAKE, f"{server.address}/oai")
    assert "249 read, 1 deleted there" in run(KITAPHANA, "harvest", "union")
    assert "0 read" in run(KITAPHANA, "harvest", "union")
    assert json.loads(run(KITAPHANA, "check", "--json"))["violations"] == []
