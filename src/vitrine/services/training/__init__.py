"""Models made better on verified data: runs that are proposed, started, watched and judged."""
