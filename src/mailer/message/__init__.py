"""CompiledIssue + Recipient -> Message."""
