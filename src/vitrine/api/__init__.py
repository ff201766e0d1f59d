"""The HTTP API: who may call what, in which shape, over the services."""
