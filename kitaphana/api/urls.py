"""The REST API, assembled from the domains."""

from __future__ import annotations

import json
import re
from typing import Any

from django.http import HttpRequest
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.parser import Parser
from ninja.renderers import JSONRenderer
from ninja.types import DictStrAny

from kitaphana.api import errors
from kitaphana.api.auth import SignedIn, TokenAuth
from kitaphana.campaigns.api import router as campaigns
from kitaphana.catalog.api import router as catalog
from kitaphana.circulation.api import router as circulation
from kitaphana.corelist.api import router as lists
from kitaphana.fund.api import router as fund
from kitaphana.indicators.api import router as indicators
from kitaphana.organizations.api import router as organizations
from kitaphana.people.api import router as people
from kitaphana.reports.api import router as reports
from kitaphana.roadmap.api import router as roadmap
from kitaphana.submissions.api import router as submissions

DESCRIPTION = """
Everything the pages can do, for programs. Lists answer `{results, next}`; pass `next` back as `cursor`.
Commands carry a `command_id` (a UUID you make): repeating it returns the first result. Refusals are problem details
(RFC 9457) with a stable `code`.
"""


ZERO = re.compile(r"(?<!\\)(\\\\)*\\u0000")
"""A zero byte as ``json.dumps`` writes it, and not a written backslash before the same letters."""


class PlainJson(JSONRenderer):
    """JSON with letters as they are: Kazakh text stays readable and half as long."""

    json_dumps_params = {"ensure_ascii": False}


class WholeTextParser(Parser):
    """Refuses JSON with half a letter (a lone surrogate) or a zero byte, which not every database can store."""

    def parse_body(self, request: HttpRequest) -> DictStrAny:
        """The body as JSON; Ninja answers 400 to any failure."""
        data = super().parse_body(request)
        if b"\\u" in request.body:
            text = json.dumps(data, ensure_ascii=False)
            text.encode()
            if ZERO.search(text):
                raise ValueError("zero byte")
        return data


class KitaphanaAPI(NinjaAPI):
    """Adds the problem answers, which every operation shares, to the OpenAPI file."""

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        """The OpenAPI 3.1 description."""
        schema = super().get_openapi_schema(**options)
        schema.setdefault("components", {}).setdefault("schemas", {})["Problem"] = errors.PROBLEM_SCHEMA
        answer = {
            "description": "Refused; the code says why",
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for operations in schema.get("paths", {}).values():
            for operation in operations.values():
                for status in ("400", "401", "403", "404", "409", "422"):
                    operation["responses"].setdefault(status, answer)
        return schema


api = KitaphanaAPI(
    title="Kitaphana",
    version="1.0",
    description=DESCRIPTION,
    openapi_url="/openapi.json",
    docs_url="/docs",
    urls_namespace="api",
    renderer=PlainJson(),
    parser=WholeTextParser(),
    auth=[TokenAuth(), SignedIn(csrf=True)],
)
errors.install(api)
api.add_router("/circulation", circulation)
api.add_router("/campaigns", campaigns)
api.add_router("/catalog", catalog)
api.add_router("/fund", fund)
api.add_router("/indicators", indicators)
api.add_router("/lists", lists)
api.add_router("/organizations", organizations)
api.add_router("/people", people)
api.add_router("/reports", reports)
api.add_router("/roadmap", roadmap)
api.add_router("/submissions", submissions)
