"""Rows of figures."""

from __future__ import annotations

from typing import Any


def percentile(values: list[float], share: float) -> float:
    """The value below which ``share`` (0…1) of the values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def row(what: str, value: float, unit: str) -> dict[str, Any]:
    """A figure with one digit after the point, or none when it is large."""
    return {"what": what, "value": round(value, 1) if value < 1000 else round(value), "unit": unit}


def latencies(what: str, seconds: list[float]) -> list[dict[str, Any]]:
    """Median, 95th percentile and worst of a list of durations, in milliseconds."""
    return [
        row(f"{what}: median", percentile(seconds, 0.5) * 1000, "ms"),
        row(f"{what}: p95", percentile(seconds, 0.95) * 1000, "ms"),
        row(f"{what}: worst of {len(seconds)}", max(seconds) * 1000, "ms"),
    ]
