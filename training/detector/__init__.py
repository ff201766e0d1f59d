"""Training of the default detector; run `python -m training.detector --help`."""
