"""
Local pictures: what a file says of itself, how large it is shown, and where it lives.

Reading files is the business of whoever calls a compile: it hands over a `LoadPicture`.
"""

from mailer.compile.pictures.picture import LoadPicture, MissingPicture, PictureFault, PictureFile, picture_of

__all__ = [
    "LoadPicture",
    "MissingPicture",
    "PictureFault",
    "PictureFile",
    "picture_of",
]
