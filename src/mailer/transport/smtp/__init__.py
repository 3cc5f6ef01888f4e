"""Message -> a relay, by SMTP (RFC 5321)."""
