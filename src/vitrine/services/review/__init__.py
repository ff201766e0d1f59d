"""What people decide about crops, primaries and labels; no model or rule overrules them."""

from vitrine.services.review.standing import Verified, verified

__all__ = ["Verified", "verified"]
