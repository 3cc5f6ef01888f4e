"""A project folder: the one place where rooms are joined; opening and joining only."""

from mailer.project.lists import RecipientList
from mailer.project.project import Project, open_project

__all__ = ["Project", "RecipientList", "open_project"]
