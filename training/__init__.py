"""Training of the small default weights; never imported by `vitrine`."""
