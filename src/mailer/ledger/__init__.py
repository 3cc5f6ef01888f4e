"""What was planned for whom, what became of it, and which digests were tested."""
