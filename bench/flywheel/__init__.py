"""The whole circle: errors in a catalogue, people who correct them, data, a better model, live.

    .venv/bin/python -m bench.flywheel --data ../shared/data
    .venv/bin/python -m bench.flywheel --data ../shared/data --shop2

with VITRINE_TRAINING__PYTHON naming an interpreter that has PyTorch.

A catalogue of 1,000 products of which 300 are wrong; a scripted reviewer who answers the first
300 items of the queue over HTTP, by what the shop itself says; a snapshot; an encoder tuned on it;
the gate; the cutover. What was found, and how good the models are before and after, is printed and
written into a section of docs/flywheel.md.
"""
