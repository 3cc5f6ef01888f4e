"""Layouts folder -> Layout."""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path

from mailer.errors import LayoutError, did_you_mean
from mailer.layout.layout import Layout
from mailer.layout.lost_blocks import refuse_lost_blocks
from mailer.layout.theme import ThemeFile, read_theme
from mailer.position import Position

BUILTIN = "builtin/"
"""What the names of templates inside the package begin with."""

TEMPLATE_SUFFIXES = frozenset({".mjml", ".css", ".html", ".txt"})
FILE_LIMIT = 262_144
"""Bytes that one file of a layouts folder may have."""

FILES_LIMIT = 200
"""Templates that a layouts folder may hold."""

_THEME = "theme.toml"
_CONTENT_CSS = "content.css"


def load_layout(
    name: str, folder: Path | None, *, aliases: Mapping[str, str], position: Position | None = None
) -> Layout:
    """
    Return the layout called `name`: the project's `<name>.mjml`, else the built-in one.

    `aliases` maps other names to layouts. `position` is where the author named it, for the error.
    Raises LayoutError where there is no such layout, or a file of the folder cannot be used.
    """
    own = dict(_own_files(folder)) if folder and folder.is_dir() else {}
    sources = _builtin_files() | {file: text for file, (_, text) in own.items()}
    paths = {file: file for file in sources} | {file: path for file, (path, _) in own.items()}
    theme_of_project = ThemeFile(*own[_THEME]) if _THEME in own else None
    theme, findings = read_theme(ThemeFile(BUILTIN + _THEME, sources[BUILTIN + _THEME]), theme_of_project)
    templates = {file: text for file, text in sources.items() if not file.endswith(_THEME)}
    entry = _entry(name, templates, aliases, folder, position)
    refuse_lost_blocks(entry, templates, paths)
    return Layout(
        name=name,
        entry=entry,
        templates=templates,
        paths={file: paths[file] for file in templates},
        theme=theme,
        content_css=_CONTENT_CSS if _CONTENT_CSS in templates else BUILTIN + _CONTENT_CSS,
        findings=findings,
        theme_file=theme_of_project,
    )


def _entry(
    name: str,
    templates: Mapping[str, str],
    aliases: Mapping[str, str],
    folder: Path | None,
    position: Position | None,
) -> str:
    shown = folder or Path("layouts")
    target = aliases.get(name, name).removesuffix(".mjml")
    tried = [f"{target}.mjml", f"{BUILTIN}{target}.mjml"]
    for file in tried:
        if file in templates:
            return file
    known = {file.removeprefix(BUILTIN).removesuffix(".mjml") for file in templates if file.endswith(".mjml")}
    raise LayoutError(
        f"there is no layout '{name}'{did_you_mean(target, {*known, *aliases})}",
        position or Position(str(shown)),
        hint=f"tried {shown / tried[0]} and {tried[1]};"
        " a name used elsewhere is mapped under [layouts] in mailer.toml",
    )


@cache
def _builtin_files() -> dict[str, str]:
    folder = files("mailer.layout") / "builtin"
    return {
        BUILTIN + file.name: file.read_text(encoding="utf-8")
        for file in sorted(folder.iterdir(), key=lambda file: file.name)
        if file.name == _THEME or Path(file.name).suffix in TEMPLATE_SUFFIXES
    }


def _own_files(folder: Path) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield name, path as the author would type it, and text of each file of the project's folder."""
    found = [path for path in sorted(folder.rglob("*")) if _is_wanted(path, folder)]
    if len(found) > FILES_LIMIT:
        raise LayoutError(f"more than {FILES_LIMIT} templates", Position(str(folder)))
    for path in found:
        name = path.relative_to(folder).as_posix()
        if name.startswith(BUILTIN):
            raise LayoutError(
                f"the name '{BUILTIN}' is kept for the built-in templates",
                Position(str(path)),
                hint="move the file to another folder",
            )
        yield name, (str(path), _read(path, folder))


def _is_wanted(path: Path, folder: Path) -> bool:
    name = path.relative_to(folder)
    hidden = any(part.startswith(".") for part in name.parts)
    wanted = name.as_posix() == _THEME or path.suffix in TEMPLATE_SUFFIXES
    return wanted and not hidden and not path.is_dir()


def _read(path: Path, folder: Path) -> str:
    """Return the text of a file, read once and with any line ending."""
    place = Position(str(path))
    if not path.is_file():
        raise LayoutError("this is not a file that can be read", place)
    if not path.resolve().is_relative_to(folder.resolve()):
        raise LayoutError("this link leads out of the layouts folder", place, hint="copy the file instead")
    try:
        with path.open("rb") as file:
            data = file.read(FILE_LIMIT + 1)
    except OSError as error:
        raise LayoutError(f"cannot be read: {error.strerror}", place) from None
    if len(data) > FILE_LIMIT:
        raise LayoutError(
            f"larger than {FILE_LIMIT} bytes", place, hint="pictures and data do not belong here"
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise LayoutError(
            "this is not UTF-8 text", Position(str(path), line), hint="save it as UTF-8"
        ) from None
    if "\0" in text:
        raise LayoutError("this is not text: it holds a NUL", place)
    return text.replace("\r\n", "\n").replace("\r", "\n")
