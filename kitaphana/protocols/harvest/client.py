"""An OAI-PMH server asked page by page: with limits on time and size, and clear words for what goes wrong."""

from __future__ import annotations

import http.client
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from lxml import etree

TIMEOUT: Final = 60
LARGEST_PAGE: Final = 64 * 2**20
MOST_PAGES: Final = 20_000
_OAI: Final = "{http://www.openarchives.org/OAI/2.0/}"


class HarvestError(Exception):
    """The server could not be read; the code of the protocol where it gave one."""

    def __init__(self, text: str, code: str = "") -> None:
        self.code = code
        super().__init__(text)


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a list: the records' own elements, identifiers of deleted ones, where to go on, the server's time."""

    records: list[etree._Element]
    deleted: list[str]
    token: str
    stamp: str


class _OnlyWeb(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, req, fp, code, msg, headers, newurl):  # type: ignore[no-untyped-def]  # urllib's signature
        if not newurl.startswith(("http://", "https://")):
            raise HarvestError("The server leads to an address that is not on the web.")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _fetch(address: str, arguments: dict[str, str]) -> etree._Element:
    if not address.startswith(("http://", "https://")):
        raise HarvestError("The address must begin with http:// or https://.")
    url = f"{address}{'&' if '?' in address else '?'}{urllib.parse.urlencode(arguments)}"
    request = urllib.request.Request(url, headers={"User-Agent": "Kitaphana", "Accept": "text/xml"})  # noqa: S310
    try:
        with urllib.request.build_opener(_OnlyWeb).open(request, timeout=TIMEOUT) as response:
            data = response.read(LARGEST_PAGE + 1)
    except urllib.error.HTTPError as error:
        raise HarvestError(f"The server answers with status {error.code}.") from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise HarvestError(f"The server can't be reached: {error}.") from error
    if len(data) > LARGEST_PAGE:
        raise HarvestError("A page of the server is too large.")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise HarvestError(f"The server's answer is not XML: {error}.") from error
    if root.tag != f"{_OAI}OAI-PMH":
        raise HarvestError("This is not an OAI-PMH server.")
    if (refusal := root.find(f"{_OAI}error")) is not None:
        raise HarvestError(f"{refusal.get('code')}: {(refusal.text or '').strip()}", refusal.get("code") or "")
    return root


def pages(address: str, arguments: dict[str, str], token: str = "") -> Iterator[Page]:
    """The pages of ListRecords, from the beginning or from where a token leads.

    :raises HarvestError: the server can't be read (further).
    """
    asked = {"verb": "ListRecords", **({"resumptionToken": token} if token else arguments)}
    for _ in range(MOST_PAGES):
        root = _fetch(address, asked)
        records, deleted = [], []
        for record in root.iter(f"{_OAI}record"):
            header, metadata = record.find(f"{_OAI}header"), record.find(f"{_OAI}metadata")
            if header is not None and header.get("status") == "deleted":
                deleted.append(header.findtext(f"{_OAI}identifier") or "")
            elif metadata is not None and len(metadata):
                records.append(metadata[0])
        following = (root.findtext(f".//{_OAI}resumptionToken") or "").strip()
        yield Page(records, deleted, following, (root.findtext(f"{_OAI}responseDate") or "").strip())
        if not following:
            return
        asked = {"verb": "ListRecords", "resumptionToken": following}
