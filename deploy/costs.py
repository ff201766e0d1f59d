"""What a month on AWS costs: prices times quantities, `python deploy/costs.py` prints the tables.

Prices are AWS's list prices in eu-central-1 in dollars without tax, as remembered from 2025 and
rounded: look them up before you sign anything. Quantities of the first table, which docs/deploy.md
has, follow deploy/terraform/envs; those of the second, in docs/scale.md, are worked out there. A
test compares pages and tables.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass

HOURS = 730
"""Of a month."""

PRICES = {
    "Fargate on ARM, a core for an hour": 0.037,
    "Fargate on ARM, a GB for an hour": 0.0041,
    "RDS db.t4g.small for an hour": 0.037,
    "RDS db.m7g.large for an hour": 0.20,
    "RDS db.r7g.2xlarge (64 GB) for an hour": 1.15,
    "RDS db.r7g.16xlarge (512 GB) for an hour": 9.20,
    "RDS storage, a GB for a month": 0.137,
    "Redis cache.t4g.micro for an hour": 0.018,
    "Redis cache.t4g.small for an hour": 0.036,
    "NAT gateway with its address for an hour": 0.057,
    "load balancer for an hour": 0.035,
    "S3, a GB for a month": 0.0245,
    "S3, a thousand reads": 0.00043,
    "EFS, a GB for a month": 0.36,
    "CloudFront, a GB out": 0.085,
    "CloudFront and firewall, a million requests": 1.8,
    "logs and metrics, a GB in": 0.63,
    "firewall, keys, secrets, alarms: fixed": 20.0,
}

PHOTO_GB = 0.001
"""Of a product: two photos of 400 kB, and 200 kB of thumbnails."""

ROWS_GB = 25e-6
"""Of a product in SQL: 13 kB with one photo and 2.2 crops, as 1,600 products took (SQLite)."""

SPARE = 2
"""Room of the database for each GB that it holds: indexes of PostgreSQL, and what is rewritten."""

VECTORS_GB = 1.5e-6
"""Of a product in Chroma: 256 numbers of 4 bytes, and a graph."""

SEARCHED_GB = 5e-6
"""Of a product in the rows that pgvector searches, with all indexes (docs/scale.md)."""


@dataclass(frozen=True)
class Size:
    """An environment: products, requests a month, cores and GB of its tasks, and its machines.

    `least` is how many GB the database has at first, in each of up to two zones. With `pgvector`
    it holds what is searched, else Chroma does, on EFS.
    """

    products: float
    requests: float
    cores: float
    memory: float
    zones: int
    least: float
    machines: Mapping[str, int]
    pgvector: bool = False

    def quantities(self) -> dict[str, float]:
        """How much of each price a month takes."""
        out = self.requests * 50e-6  # GB: an answer, or a thumbnail, of 50 kB
        searched = SEARCHED_GB if self.pgvector else 0
        rows = max(self.least, self.products * (ROWS_GB * SPARE + searched))
        always = {
            "Fargate on ARM, a core for an hour": self.cores,
            "Fargate on ARM, a GB for an hour": self.memory,
            "NAT gateway with its address for an hour": self.zones,
            "load balancer for an hour": 1,
            **self.machines,
        }
        return {name: count * HOURS for name, count in always.items()} | {
            "RDS storage, a GB for a month": rows * min(self.zones, 2),
            "S3, a GB for a month": self.products * PHOTO_GB,
            "S3, a thousand reads": self.requests / 2000,
            "EFS, a GB for a month": 0 if self.pgvector else self.products * VECTORS_GB,
            "CloudFront, a GB out": max(0, out - 1000),  # the first TB is free
            "CloudFront and firewall, a million requests": self.requests / 1e6,
            "logs and metrics, a GB in": 10 + self.requests * 1e-6,  # a kB each
            "firewall, keys, secrets, alarms: fixed": 1,
        }


SIZES = {
    "10,000 (staging)": Size(
        products=1e4,
        requests=1e6,
        cores=3,
        memory=7,
        zones=1,
        least=20,
        machines={"RDS db.t4g.small for an hour": 1, "Redis cache.t4g.micro for an hour": 1},
    ),
    "1,000,000 (prod)": Size(
        products=1e6,
        requests=3e7,
        cores=18,
        memory=48,
        zones=3,
        least=200,
        machines={"RDS db.m7g.large for an hour": 2, "Redis cache.t4g.small for an hour": 2},
    ),
}
"""Tasks as envs/ begin with: the least of each."""

GROWN = {
    "10,000,000": Size(
        products=1e7,
        requests=1e8,
        cores=18,
        memory=48,
        zones=3,
        least=200,
        machines={
            "RDS db.r7g.2xlarge (64 GB) for an hour": 2,
            "Redis cache.t4g.small for an hour": 2,
        },
        pgvector=True,
    ),
    "100,000,000": Size(
        products=1e8,
        requests=1e9,
        cores=90,
        memory=180,
        zones=3,
        least=200,
        machines={
            "RDS db.r7g.16xlarge (512 GB) for an hour": 2,
            "Redis cache.t4g.small for an hour": 2,
        },
        pgvector=True,
    ),
    "1,000,000,000": Size(
        products=1e9,
        requests=1e10,
        cores=850,
        memory=1700,
        zones=3,
        least=200,
        machines={
            "RDS db.r7g.16xlarge (512 GB) for an hour": 16,
            "Redis cache.t4g.small for an hour": 2,
        },
        pgvector=True,
    ),
}
"""Estimated, not tried: docs/scale.md has the arithmetic."""


def table(sizes: Mapping[str, Size]) -> str:
    """The costs by what is paid for, in Markdown."""
    rows = [
        "| dollars a month | price | " + " | ".join(sizes) + " |",
        "|---" * (2 + len(sizes)) + "|",
    ]
    quantities = [size.quantities() for size in sizes.values()]
    for what, price in PRICES.items():
        costs = [each.get(what, 0) * price for each in quantities]
        if any(costs):
            told = " | ".join(f"{cost:,.0f}" for cost in costs)
            rows.append(f"| {what} | {price:g} | {told} |")
    sums = [sum(PRICES[what] * count for what, count in each.items()) for each in quantities]
    return "\n".join(
        [*rows, "| **all** | | " + " | ".join(f"**{each:,.0f}**" for each in sums) + " |"]
    )


if __name__ == "__main__":
    sys.stdout.write(f"{table(SIZES)}\n\n{table(GROWN)}\n")
