"""A small installation served over HTTP, for other people's programs: 250 editions, one merged, some held."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

KITAPHANA = str(Path(sys.executable).parent / "kitaphana")
SEED = """
import io
from decimal import Decimal
from datetime import datetime, timezone
import django
django.setup()
from kitaphana.catalog import indexing, queries, services as catalog
from kitaphana.catalog.models import Record
from kitaphana.core.access import SYSTEM
from kitaphana.core.ids import new_id
from kitaphana.formats import iso2709
from kitaphana.formats.bibliographic import Description, build
from kitaphana.fund import services as fund
from kitaphana.organizations.enums import OrganizationKind as Kind
from kitaphana.organizations.models import Organization

at = datetime(2026, 9, 10, 7, tzinfo=timezone.utc)
country = Organization.objects.add_root({"kind": Kind.COUNTRY, "code": "KZ", "name_kk": "Қазақстан"})
school, other = (
    Organization.objects.add_child(
        country, {"kind": Kind.SCHOOL, "code": code, "name_kk": f"{code} мектеп", "is_library": True, "barcode_prefix": number}
    )
    for number, code in enumerate(("S-1", "S-2"), 1)
)

def isbn(number):
    body = f"978601{number:06d}"
    return body + str(-sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(body)) % 10)

named = [
    Description("Абай жолы", subtitle="роман-эпопея", authors=("Әуезов, Мұхтар",), year=2013, language="kaz", publisher="Жазушы",
                place="Алматы", extent="608 б.", subjects=("Қазақ әдебиеті",), isbns=("9786017002015",), udc="821.512.122-31"),
    Description("Қара сөз", authors=("Құнанбайұлы, Абай",), year=2020, language="kaz", publisher="Мектеп", place="Алматы"),
    Description("Путь Абая", authors=("Ауэзов, Мухтар",), year=2012, language="rus", publisher="Жибек жолы", place="Алматы"),
]
many = [
    Description(f"Кітап {number}", authors=(f"Автор{number % 7}, Бір",), year=1990 + number % 30, language="kaz",
                publisher="Мектеп", place="Алматы", isbns=(isbn(number),))
    for number in range(247)
]
data = b"".join(iso2709.write(build(one)) for one in (*named, *many))
report = catalog.import_marc(actor=SYSTEM, library=school, stream=io.BytesIO(data), file_name="seed.mrc", at=at)
assert report.imported == 250, report.imported
first, twin = Record.objects.get(title="Кітап 0"), Record.objects.get(title="Кітап 246")
catalog.merge_records(actor=SYSTEM, library=school, winner=first, loser=twin, marc=queries.marc_of(first), at=at)
line = fund.ReceiptLine(record=Record.objects.get(title="Қара сөз"), quantity=2, price=Decimal(1500))
fund.receive(actor=SYSTEM, library=other, receipt=fund.Receipt(on=at.date(), source="LOCAL_BUDGET", document_number="1", lines=(line,)), at=at, command_id=new_id())
indexing.rebuild()
"""


@dataclass
class Server:
    """A running installation; it can be stopped and started on the same data."""

    data: Path
    port: int
    process: subprocess.Popen[bytes] | None = field(default=None)

    @property
    def address(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """What its processes know of the world."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("DJANGO_", "DATABASE_URL", "KITAPHANA_"))}
        return kept | {"KITAPHANA_DATA": str(self.data), "KITAPHANA_LOG": "WARNING", "PORT": str(self.port)}

    def start(self) -> None:
        """Serve, and wait until it answers."""
        command = [KITAPHANA, "serve", "--port", str(self.port)]
        self.process = subprocess.Popen(command, env=self.environment)
        for _ in range(300):
            try:
                with urllib.request.urlopen(f"{self.address}/healthz", timeout=5):
                    return
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                time.sleep(0.1)
        raise RuntimeError("the server does not answer")

    def stop(self) -> None:
        """End it as an operator would."""
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(30)
            self.process = None


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The installation, served."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    one = Server(tmp_path_factory.mktemp("protocols"), port)
    for command in ([KITAPHANA, "prepare"], [sys.executable, "-c", SEED]):
        environment = one.environment | {"DJANGO_SETTINGS_MODULE": "kitaphana.project.settings"}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=240, check=False)
        assert done.returncode == 0, done.stderr
    one.start()
    yield one
    one.stop()
