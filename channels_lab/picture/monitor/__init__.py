"""The commands that a Redis or Valkey server gets, and what they mean to the channel layer."""
