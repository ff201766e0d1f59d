"""What scores, labels and words mean in this shop: fitted by what its catalogue says of itself."""

from vitrine.services.calibration.deciding import decide, mappings
from vitrine.services.calibration.job import fit_of, run, write
from vitrine.services.calibration.schedule import due, submit

__all__ = ["decide", "due", "fit_of", "mappings", "run", "submit", "write"]
