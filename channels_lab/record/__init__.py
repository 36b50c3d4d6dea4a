"""The record: what happens in servers, workers and clients, on one clock. Its recorder runs inside the server."""
