"""Asking other catalogues: all at once, each for its own time at most, none able to hold up the others."""

from __future__ import annotations

import http.client
import io
import re
import shutil
import subprocess
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TookTooLong
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from lxml import etree

from kitaphana.copycat.models import Target
from kitaphana.formats import detect, marcxml, unimarc
from kitaphana.formats.bibliographic import Description, describe
from kitaphana.formats.isbn import normalize
from kitaphana.formats.marc import Good, MarcRecord

MOST_RECORDS: Final = 10
LARGEST: Final = 8 * 2**20
YAZ: Final = "yaz-client"
_DIAGNOSTIC: Final = re.compile(r"\{[^}]*diagnostic/?\}message$")


class AskingError(Exception):
    """Why a catalogue gave nothing; ``code`` has its sentence in ``reports.PROBLEMS``."""

    def __init__(self, code: str, details: str = "") -> None:
        self.code = code
        self.details = details
        super().__init__(f"{code} {details}")


@dataclass(frozen=True, slots=True)
class Found:
    """A description from another catalogue, as MARC 21, and what had no place in it."""

    marc: MarcRecord
    description: Description
    lost: tuple[str, ...]


@dataclass(slots=True)
class Answer:
    """What a catalogue said: records, or why not; seconds it took."""

    target: Target
    found: list[Found] = field(default_factory=list)
    total: int = 0
    problem: str = ""
    details: str = ""
    seconds: float = 0.0


def ask_all(targets: Sequence[Target], text: str) -> list[Answer]:
    """Ask every catalogue at once; answers in the order of the targets, after the slowest one's time at most."""
    if not targets:
        return []
    pool = ThreadPoolExecutor(len(targets), thread_name_prefix="copycat")
    begun = time.monotonic()
    try:
        waiting = [(target, pool.submit(ask, target, text)) for target in targets]
        answers = []
        for target, future in waiting:
            left = begun + target.seconds + 1 - time.monotonic()
            try:
                answers.append(future.result(timeout=max(left, 0.01)))
            except TookTooLong:
                answers.append(Answer(target, problem="copycat.too_slow", seconds=float(target.seconds)))
        return answers
    finally:
        # A thread that still waits ends by its own time limit; nobody waits for it here.
        pool.shutdown(wait=False, cancel_futures=True)


def ask(target: Target, text: str) -> Answer:
    """Ask one catalogue; never raises."""
    answer = Answer(target)
    begun = time.monotonic()
    try:
        answer.total, records = (_sru if target.kind == Target.Kind.SRU else _z3950)(target, text)
        answer.found = [one for one in (_understood(target, marc) for marc in records) if one.description.title]
    except AskingError as error:
        answer.problem, answer.details = error.code, error.details[:300]
    except Exception as error:  # somebody else's answer may be anything
        answer.problem, answer.details = "copycat.bad_answer", type(error).__name__
    answer.seconds = time.monotonic() - begun
    return answer


def _understood(target: Target, marc: MarcRecord) -> Found:
    is_unimarc = target.dialect == "unimarc" or (
        target.dialect == "auto" and marc.first("200") is not None and marc.first("245") is None
    )
    if is_unimarc:
        converted = unimarc.to_marc21(marc)
        return Found(converted.record, describe(converted.record), converted.lost)
    return Found(marc, describe(marc), ())


# SRU


def query_of(target: Target, text: str) -> str:
    """The CQL for what was typed: an ISBN in its index, else all words."""
    isbn = normalize(text)
    index, term = (target.isbn_index, isbn) if isbn and target.isbn_index else (target.any_index, text)
    quoted = '"' + term.replace("\\", " ").replace('"', " ").strip() + '"'
    return f"{index} all {quoted}" if index and index != target.isbn_index else f"{index}={quoted}" if index else quoted


class _OnlyWeb(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, req, fp, code, msg, headers, newurl):  # type: ignore[no-untyped-def]  # urllib's signature
        if not newurl.startswith(("http://", "https://")):
            raise AskingError("copycat.bad_address")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _fetch(address: str, seconds: int) -> bytes:
    if not address.startswith(("http://", "https://")):
        raise AskingError("copycat.bad_address")
    request = urllib.request.Request(address, headers={"User-Agent": "Kitaphana"})  # noqa: S310 - checked above
    try:
        with urllib.request.build_opener(_OnlyWeb).open(request, timeout=seconds) as response:
            data: bytes = response.read(LARGEST + 1)
    except urllib.error.HTTPError as error:
        raise AskingError("copycat.refused", str(error.code)) from error
    except TimeoutError as error:
        raise AskingError("copycat.too_slow") from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        is_slow = isinstance(getattr(error, "reason", None), TimeoutError)
        raise AskingError("copycat.too_slow" if is_slow else "copycat.not_reached") from error
    if len(data) > LARGEST:
        raise AskingError("copycat.too_large")
    return data


def _sru(target: Target, text: str) -> tuple[int, list[MarcRecord]]:
    arguments = {
        "version": target.version, "operation": "searchRetrieve", "query": query_of(target, text),
        "maximumRecords": str(MOST_RECORDS), "recordSchema": target.schema,
    }  # fmt: skip
    if target.version == "2.0":
        del arguments["version"], arguments["operation"]
    kept = {name: value for name, value in arguments.items() if value}
    joint = "&" if "?" in target.address else "?"
    data = _fetch(f"{target.address}{joint}{urllib.parse.urlencode(kept)}", target.seconds)
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise AskingError("copycat.bad_answer") from error
    total = next((one.text or "" for one in root.iter("{*}numberOfRecords")), "")
    elements = [one for data_of in root.iter("{*}recordData") for one in _records_in(data_of)][:MOST_RECORDS]
    if not elements and (
        said := [one.text or "" for one in root.iter() if isinstance(one.tag, str) and _DIAGNOSTIC.search(one.tag)]
    ):
        raise AskingError("copycat.diagnostic", "; ".join(said))
    stream = io.BytesIO(
        b"<collection>" + b"".join(etree.tostring(one, with_tail=False) for one in elements) + b"</collection>"
    )
    records = [one.record for one in marcxml.read(stream) if isinstance(one, Good)] if elements else []
    return int(total) if total.isascii() and total.isdigit() else len(records), records


def _records_in(data: etree._Element) -> list[etree._Element]:
    """The MARCXML in a record's data: as XML, or as text where the server escapes it."""
    inner = list(data.iter("{*}record"))
    if not inner and (text := (data.text or "").strip()).startswith("<"):
        try:
            whole = etree.fromstring(text.encode(), etree.XMLParser(resolve_entities=False, no_network=True))
        except etree.XMLSyntaxError:
            return []
        inner = list(whole.iter("{*}record"))
    return inner


# Z39.50


def has_z3950() -> bool:
    """Whether the system's package that speaks Z39.50 is installed."""
    return shutil.which(YAZ) is not None


_HOST: Final = re.compile(r"[\w.-]+(:\d{1,5})?(/[\w.-]+)?")


def _z3950(target: Target, text: str) -> tuple[int, list[MarcRecord]]:
    """By yaz-client, a process of its own for each question."""
    if not has_z3950():
        raise AskingError("copycat.no_yaz")
    if not _HOST.fullmatch(target.address):
        raise AskingError("copycat.bad_address")
    isbn = normalize(text)
    attribute = (target.isbn_index or "7") if isbn else (target.any_index or "1016")
    if not attribute.isdigit():
        attribute = "7" if isbn else "1016"
    term = (isbn or text).replace("\\", " ").replace('"', " ").replace("\n", " ")
    with tempfile.TemporaryDirectory() as folder:
        dump = Path(folder) / "records"
        commands = [
            f"open {target.address}", "format usmarc", f"set_marcdump {dump}",
            f'find @attr 1={attribute} "{term}"', f"show 1+{MOST_RECORDS}", "quit",
        ]  # fmt: skip
        try:
            done = subprocess.run(  # noqa: S603 - no shell; the address is checked, the term is quoted
                [YAZ], input="\n".join(commands) + "\n", capture_output=True, timeout=target.seconds, check=False,
                text=True, errors="replace",
            )  # fmt: skip
        except subprocess.TimeoutExpired as error:
            raise AskingError("copycat.too_slow") from error
        hits = re.search(r"Number of hits: (\d+)", done.stdout)
        if hits is None:
            said = re.search(r"^\s*\[\d+\].*$|Diagnostic message.*$", done.stdout, re.MULTILINE)
            raise AskingError("copycat.diagnostic" if said else "copycat.not_reached", said[0].strip() if said else "")
        data = dump.read_bytes() if dump.exists() else b""
    if not data:
        return int(hits[1]), []
    dialect = "unimarc" if target.dialect == "unimarc" else "auto"
    try:
        records = [one.record for one in detect.open_records(io.BytesIO(data), format=dialect) if isinstance(one, Good)]
    except detect.NotMarc as error:
        raise AskingError("copycat.bad_answer") from error
    return int(hits[1]), records[:MOST_RECORDS]
