"""`columns` and `column`: two or three side by side, below one another on a phone."""

from mailer.compile.blocks.block import Block, BlockFault, Values
from mailer.compile.blocks.element import WIDTH, fit, is_blank, is_marker, outlook, wider, width_at
from mailer.compile.blocks.setting import Setting
from mailer.compile.blocks.values import RATIO
from mailer.compile.fragment import Element

MOST = 3
_GAP = 24
_SLACK = 4
"""Pixels that a layout may lack, for borders, before the last column would fall below the others."""

_END_OF = {"left": "right", "right": "left"}
_OPEN = '<table role="presentation" width="100%" border="0" cellpadding="0" cellspacing="0"><tr>'


def shape(element: Element, values: Values, _setting: Setting) -> None:
    """Refuse what stands outside of the columns, and more of them than there is room for."""
    columns = _columns(element)
    others = [child for child in element if child not in columns and not is_marker(child)]
    if others or not all(map(is_blank, [element.text, *(child.tail for child in element)])):
        raise BlockFault("columns hold nothing but ::: column", "put this text into one of them", "columns")
    if len(columns) < 2:  # noqa: PLR2004 - one column is none
        count = "is one column" if columns else "is no column"
        raise BlockFault(f"there {count} in these columns", "write two or three ::: column", "columns")
    if len(columns) > MOST:
        raise BlockFault(f"there are {len(columns)} columns", "three are the most", "columns")
    if "ratio" in values and len(values["ratio"].split(":")) != len(columns):
        raise BlockFault(f"ratio tells of other than {len(columns)} columns", "one number a column", "ratio")


def _columns(element: Element) -> list[Element]:
    return [child for child in element if child.get("data-block") == "column"]


def html(element: Element, values: Values, setting: Setting) -> None:
    """Let the columns flow beside one another while there is room; Outlook gets cells of fixed widths."""
    available = width_at(element, setting.width) - _SLACK
    columns = _columns(element)
    widths = _widths(available, len(columns), values.get("ratio", ""))
    element.set("class", "columns")
    for child in element:
        child.tail = None
    for number, (column, width) in enumerate(zip(columns, widths, strict=True), start=1):
        # behind each but the last: the first one may wait for a recipient, and be missing
        _place(column, width, _GAP if number < len(columns) else 0, _END_OF[setting.start])
    element.text = None
    element.insert(0, outlook(_OPEN))
    element.append(outlook("</tr></table>"))


def _widths(available: int, count: int, ratio: str) -> list[int]:
    shares = [int(share) for share in ratio.split(":")] if ratio else [1] * count
    room = available - _GAP * (count - 1)
    return [room * share // sum(shares) for share in shares]


def _place(column: Element, width: int, gap: int, end: str) -> None:
    column.set("class", "column")
    beside = f"margin-{end}:{gap}px;" if gap else ""
    column.set("style", f"display:inline-block;width:100%;max-width:{width}px;{beside}vertical-align:top")
    column.set(WIDTH, str(width))
    for image in column.iterfind("figure//img"):
        if not image.get("width") or wider(image, width):
            fit(image, width)
            image.set("style", "width:100%")
    padding = f' style="padding-{end}:{gap}px"' if gap else ""
    column.addprevious(outlook(f'<td width="{width + gap}" valign="top"{padding}>'))
    column.addnext(outlook("</td>"))


BLOCK = Block(html=html, shape=shape, keys={"ratio": RATIO}, word="ratio")
COLUMN = Block(inside="columns")
