"""The detector's training loop, resumable at any step."""

from __future__ import annotations

import time
from pathlib import Path

from tqdm import tqdm

from training.detector.measure import mean_ap
from training.detector.pictures import Pictures
from training.detector.scenes import Scenes
from vitrine.finetune.detector.fitting import Plan, Run, batches, fit_one, save


def fit(run: Run, scenes: Scenes, pictures: Pictures, plan: Plan, path: Path) -> list[float]:
    """Train to the last step of the scenes; the loss of every step."""
    history: list[float] = []
    saved = time.monotonic()
    bar = tqdm(total=len(scenes), initial=run.step, desc="fit", unit="step", disable=None)
    for drawn in batches(scenes, range(run.step, len(scenes)), plan.workers):
        history.append(fit_one(run, drawn, len(scenes), plan))
        bar.update()
        bar.set_postfix(loss=f"{history[-1]:.3f}", refresh=False)
        if run.step % plan.look_every == 0:
            found = mean_ap(run.smooth, pictures.held, scenes.side) if pictures.held else {}
            mean = sum(history[-plan.look_every :]) / len(history[-plan.look_every :])
            tqdm.write(f"step {run.step} loss {mean:.3f} {found}")
        if time.monotonic() - saved > plan.save_every:
            save(run, path)
            saved = time.monotonic()
    save(run, path)
    return history
