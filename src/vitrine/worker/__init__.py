"""The Celery worker: opens a Vitrine in each of its processes and runs what it is told."""
