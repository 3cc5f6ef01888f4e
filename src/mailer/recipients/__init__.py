"""List -> Recipient."""
