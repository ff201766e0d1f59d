"""What people decide about crops, primaries and labels; no model or rule overrules them."""
