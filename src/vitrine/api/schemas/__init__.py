"""The API's words: what requests may say and what answers say, one module per subject."""
