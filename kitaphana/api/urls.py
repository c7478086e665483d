"""The REST API, assembled from the domains."""

from __future__ import annotations

from ninja import NinjaAPI

api = NinjaAPI(title="Kitaphana", version="1", openapi_url="/openapi.json", docs_url="/docs", urls_namespace="api")
