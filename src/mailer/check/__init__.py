"""CompiledIssue -> Findings: what an author should know before subscribers do."""
