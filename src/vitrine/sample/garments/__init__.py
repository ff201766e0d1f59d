"""The silhouettes, in centimetres of one shared body."""
