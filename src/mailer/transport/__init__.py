"""Message -> Outcome."""
