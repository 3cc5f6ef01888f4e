"""Message -> a provider's HTTP API -> Outcome."""
