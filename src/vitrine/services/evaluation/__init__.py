"""How well search does, measured on a manifest of pictures: what `vitrine evaluate` prints."""
