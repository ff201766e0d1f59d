"""One file per outside thing; each turns its vendor's errors into ours."""
