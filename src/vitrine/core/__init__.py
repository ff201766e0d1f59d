"""What every room may use and nothing that knows of fashion."""
