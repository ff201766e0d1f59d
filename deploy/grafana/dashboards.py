"""Grafana's dashboards, declared: `python deploy/grafana/dashboards.py` writes their JSON.

A panel is a title, a unit and its queries by legend. Grafana reads the JSON beside this file
(deploy/compose.yaml); a test holds the two together and asks Prometheus every query.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "dashboards"
WIDTH, HEIGHT = 8, 8
"""Of a panel, on Grafana's grid of 24 columns."""


@dataclass(frozen=True)
class Panel:
    """One plot; `queries` are PromQL by legend, in which {{label}} stands for a label's value."""

    title: str
    unit: str
    queries: Mapping[str, str]
    kind: str = "timeseries"


@dataclass(frozen=True)
class Dashboard:
    """A page of panels."""

    name: str
    title: str
    panels: Sequence[Panel]


def rate(metric: str, *by: str, where: str = "") -> str:
    """How often a second, over all processes, by these labels."""
    return f"sum by ({', '.join(by)}) (rate({metric}{where}[$__rate_interval]))"


def quantile(share: float, metric: str, *by: str) -> str:
    """A quantile of a histogram over all processes, by these labels."""
    return f"histogram_quantile({share}, {rate(f'{metric}_bucket', 'le', *by)})"


def now(metric: str, *by: str, where: str = "") -> str:
    """What the database or a part is known to be: every API process says the same."""
    return f"max by ({', '.join(by)}) ({metric}{where})"


def share(part: str, whole: str) -> str:
    """A part of a whole that may be nothing."""
    return f"({part}) / ({whole})"


BAD = '{status=~"5.."}'

DASHBOARDS = (
    Dashboard(
        "overview",
        "Vitrine: overview",
        (
            Panel("Parts that answer", "bool_on_off", {"{{part}}": now("vitrine_part_up", "part")}),
            Panel(
                "Requests", "reqps", {"{{status}}": rate("vitrine_request_seconds_count", "status")}
            ),
            Panel(
                "Slowest 5 % of searches",
                "s",
                {"{{query}}": quantile(0.95, "vitrine_search_seconds", "query")},
            ),
            Panel(
                "Jobs waiting and failed",
                "short",
                {
                    "{{status}}": "sum by (status) ("
                    + now("vitrine_jobs", "kind", "status", where='{status!="succeeded"}')
                    + ") or vector(0)"
                },
            ),
            Panel("Oldest job that waits", "s", {"oldest": now("vitrine_oldest_job_seconds")}),
            Panel("Workers", "short", {"workers": now("vitrine_workers")}),
            Panel("Products", "short", {"{{state}}": now("vitrine_products", "state")}),
            Panel("Disk", "bytes", {"{{state}}": "min by (state) (vitrine_disk_bytes)"}),
            Panel(
                "Memory of processes",
                "bytes",
                {"{{job}} {{instance}}": "process_resident_memory_bytes"},
            ),
        ),
    ),
    Dashboard(
        "api",
        "Vitrine: API",
        (
            Panel(
                "Rate by route",
                "reqps",
                {"{{route}}": rate("vitrine_request_seconds_count", "route")},
            ),
            Panel(
                "Share of errors of ours",
                "percentunit",
                {
                    "errors": share(
                        f"{rate('vitrine_request_seconds_count', where=BAD)} or vector(0)",
                        rate("vitrine_request_seconds_count"),
                    )
                },
            ),
            Panel(
                "Median by route",
                "s",
                {"{{route}}": quantile(0.5, "vitrine_request_seconds", "route")},
            ),
            Panel(
                "Slowest 5 % by route",
                "s",
                {"{{route}}": quantile(0.95, "vitrine_request_seconds", "route")},
            ),
            Panel(
                "Refused for load or rate",
                "reqps",
                {
                    "{{status}} {{route}}": rate(
                        "vitrine_request_seconds_count",
                        "status",
                        "route",
                        where='{status=~"429|503|507"}',
                    )
                    + " or vector(0)"
                },
            ),
            Panel("Photos taken in", "Bps", {"bytes": rate("vitrine_upload_bytes_total")}),
            Panel(
                "Connections to the database",
                "short",
                {"{{instance}} {{state}}": "vitrine_database_connections"},
            ),
        ),
    ),
    Dashboard(
        "pipeline",
        "Vitrine: jobs, models, index",
        (
            Panel(
                "Jobs that wait, by kind",
                "short",
                {
                    "{{kind}}": now("vitrine_jobs", "kind", where='{status="queued"}')
                    + " or vector(0)"
                },
            ),
            Panel("Oldest job that waits", "s", {"oldest": now("vitrine_oldest_job_seconds")}),
            Panel(
                "Jobs run, by kind", "ops", {"{{kind}}": rate("vitrine_job_seconds_count", "kind")}
            ),
            Panel(
                "Slowest 5 % of jobs",
                "s",
                {"{{kind}}": quantile(0.95, "vitrine_job_seconds", "kind")},
            ),
            Panel(
                "Attempts that failed, by reason",
                "ops",
                {
                    "{{kind}} {{code}}": rate("vitrine_job_failures_total", "kind", "code")
                    + " or vector(0)"
                },
            ),
            Panel(
                "Jobs of each worker",
                "ops",
                {"{{worker}}": now("rate(vitrine_worker_jobs_total[$__rate_interval])", "worker")},
            ),
            Panel(
                "Since when a worker began no job",
                "s",
                {"{{worker}}": now("vitrine_worker_idle_seconds", "worker")},
            ),
            Panel(
                "Time per photo and stage",
                "s",
                {
                    "{{stage}}": share(
                        rate("vitrine_vision_seconds_sum", "stage"),
                        rate("vitrine_vision_seconds_count", "stage"),
                    )
                },
            ),
            Panel(
                "Runs of models, slowest 5 %",
                "s",
                {"{{model}}": quantile(0.95, "vitrine_model_seconds", "model")},
            ),
            Panel(
                "Rows a run",
                "short",
                {
                    "{{model}}": share(
                        rate("vitrine_model_batch_sum", "model"),
                        rate("vitrine_model_batch_count", "model"),
                    )
                },
            ),
            Panel(
                "Loading the models", "s", {"{{job}}": "max by (job) (vitrine_model_load_seconds)"}
            ),
            Panel(
                "Products with a vector in the database, not in the index",
                "short",
                {
                    "lag": now("vitrine_index_products", where='{where="database"}')
                    + " - "
                    + now("vitrine_index_products", where='{where="index"}')
                },
            ),
            Panel(
                "Collections whose rows for pgvector are being made",
                "short",
                {"collections": now("vitrine_search_rows_unsettled")},
            ),
            Panel(
                "Webhooks by outcome",
                "ops",
                {"{{outcome}}": rate("vitrine_webhook_seconds_count", "outcome") + " or vector(0)"},
            ),
        ),
    ),
    Dashboard(
        "search",
        "Vitrine: how good search is",
        (
            Panel(
                "Searches by what they ask with",
                "ops",
                {"{{query}}": rate("vitrine_searches_total", "query")},
            ),
            Panel(
                "Share of searches that find no match",
                "percentunit",
                {
                    "{{query}}": share(
                        rate("vitrine_searches_total", "query", where='{answer!="found"}'),
                        rate("vitrine_searches_total", "query"),
                    )
                    + " or vector(0)"
                },
            ),
            Panel(
                "How alike hits are said to be",
                "percentunit",
                {
                    "{{level}}": rate("vitrine_search_levels_total", "level")
                    + " / ignoring (level) group_left "
                    + "sum(rate(vitrine_search_levels_total[$__rate_interval]))"
                },
            ),
            Panel(
                "The best hit's score: it falls when shoppers ask for what there is not",
                "short",
                {"{{query}}": quantile(0.5, "vitrine_search_best_score", "query")},
            ),
            Panel(
                "Filters used",
                "ops",
                {"{{facet}}": rate("vitrine_search_filters_total", "facet") + " or vector(0)"},
            ),
            Panel(
                "Places that re-ranking moves a hit by",
                "short",
                {
                    "{{query}}": share(
                        rate("vitrine_search_moved_places_sum", "query"),
                        rate("vitrine_search_moved_places_count", "query"),
                    )
                },
            ),
            Panel(
                "Median time", "s", {"{{query}}": quantile(0.5, "vitrine_search_seconds", "query")}
            ),
        ),
    ),
    Dashboard(
        "review",
        "Vitrine: review",
        (
            Panel(
                "Items by state",
                "short",
                {"{{state}}": now("vitrine_review_items", "state") + " or vector(0)"},
            ),
            Panel(
                "Items answered an hour",
                "short",
                {"answers": now("increase(vitrine_review_answers_total[1h])")},
            ),
            Panel(
                "How far reviewers agree: Krippendorff's alpha",
                "short",
                {"{{facet}}": now("vitrine_review_agreement", "facet") + " or vector(0)"},
            ),
        ),
    ),
)


def written(dashboard: Dashboard) -> dict[str, Any]:
    """The dashboard as Grafana reads it."""
    return {
        "uid": f"vitrine-{dashboard.name}",
        "title": dashboard.title,
        "tags": ["vitrine"],
        "schemaVersion": 41,
        "editable": False,
        "refresh": "30s",
        "time": {"from": "now-6h", "to": "now"},
        "panels": [_panel(place, panel) for place, panel in enumerate(dashboard.panels)],
    }


def _panel(place: int, panel: Panel) -> dict[str, Any]:
    across = 24 // WIDTH
    where = {"w": WIDTH, "h": HEIGHT, "x": place % across * WIDTH, "y": place // across * HEIGHT}
    return {
        "id": place + 1,
        "type": panel.kind,
        "title": panel.title,
        "gridPos": where,
        "fieldConfig": {"defaults": {"unit": panel.unit, "min": 0}, "overrides": []},
        "options": {"legend": {"displayMode": "list", "placement": "bottom"}},
        "targets": [
            {"refId": chr(ord("A") + number), "expr": query, "legendFormat": legend}
            for number, (legend, query) in enumerate(panel.queries.items())
        ],
    }


def main() -> None:
    """Write every dashboard."""
    FOLDER.mkdir(exist_ok=True)
    for dashboard in DASHBOARDS:
        text = json.dumps(written(dashboard), indent=2) + "\n"
        (FOLDER / f"{dashboard.name}.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
