"""Measures the shipped models on the dev parts and writes docs/evaluation.md."""
