"""The steps of a send, from plan to report."""
