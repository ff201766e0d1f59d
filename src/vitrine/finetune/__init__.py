"""Fine-tunes models to one shop; needs the train extra."""
