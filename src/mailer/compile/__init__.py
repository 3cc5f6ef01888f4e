"""Issue + Layout -> CompiledIssue."""
