"""Measuring a server: what a crowd of clients asks of it, how long answers take, and what that costs."""
