"""A project folder: the one place where rooms are joined."""
