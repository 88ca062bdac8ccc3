"""Development tools; nothing in here is installed with celers."""
