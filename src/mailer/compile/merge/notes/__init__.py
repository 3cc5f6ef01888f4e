"""
Footnotes -> footnotes for those alone who come by what refers to them, and by where they were written.

Notes stand at the end of a page, outside of the deferred blocks that they and their references were written
in. So the tags that wait are gone through once before the page begins, without the text between them
(`rehearsal`); what is met is kept in a namespace, and by that the notes are chosen and numbered, without gaps
for anybody (`asking` has the conditions, `assign` puts all of it into the page).
"""

from mailer.compile.merge.notes.assign import assign_notes, has_notes

__all__ = ["assign_notes", "has_notes"]
