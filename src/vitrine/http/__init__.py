"""The rim that both servers share: request ids, logs, limits, and every error as a problem."""
