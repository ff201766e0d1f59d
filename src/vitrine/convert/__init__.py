"""Makes model folders of OpenCLIP and transformers checkpoints; needs the train extra."""
