"""What MJML knows: which element stands in which, and what each may say. After the MJML 4 guide."""

from dataclasses import dataclass
from typing import Literal

Content = Literal["elements", "html", "text", "css", "nothing"]


@dataclass(frozen=True, slots=True)
class Element:
    """
    One MJML element: its parents, its attributes, those it cannot do without, and what it holds.

    `html` is text with HTML tags, `text` is text alone.
    """

    parents: frozenset[str]
    attributes: frozenset[str]
    content: Content
    required: tuple[str, ...] = ()


_PADDING = "padding padding-top padding-right padding-bottom padding-left"
_BORDER = "border border-top border-right border-bottom border-left border-radius"
_FONT = (
    "color font-family font-size font-style font-weight letter-spacing line-height text-align text-decoration"
)
_BACKGROUND = "background-color background-url background-repeat background-size background-position"
_COMMON = "css-class mj-class"
_IN_COLUMN = "mj-column mj-hero"


def _element(
    parents: str, attributes: str, content: Content = "elements", required: tuple[str, ...] = ()
) -> Element:
    return Element(frozenset(parents.split()), frozenset(attributes.split()), content, required)


ELEMENTS: dict[str, Element] = {
    "mjml": _element("", "lang dir"),
    "mj-head": _element("mjml", ""),
    "mj-body": _element("mjml", "width background-color"),
    # the head
    "mj-title": _element("mj-head", "", "text"),
    "mj-preview": _element("mj-head", "", "text"),
    "mj-style": _element("mj-head", "", "css"),
    "mj-breakpoint": _element("mj-head", "width", "nothing", ("width",)),
    "mj-attributes": _element("mj-head", ""),
    "mj-all": _element("mj-attributes", "", "nothing"),
    "mj-class": _element("mj-attributes", "name", "nothing", ("name",)),
    # rows and columns
    "mj-wrapper": _element(
        "mj-body", f"{_COMMON} {_PADDING} {_BORDER} {_BACKGROUND} direction full-width text-align"
    ),
    "mj-section": _element(
        "mj-body mj-wrapper", f"{_COMMON} {_PADDING} {_BORDER} {_BACKGROUND} direction full-width text-align"
    ),
    "mj-group": _element("mj-section", f"{_COMMON} width vertical-align background-color direction"),
    "mj-column": _element(
        "mj-section mj-group",
        f"{_COMMON} {_PADDING} {_BORDER} background-color inner-background-color inner-border "
        "inner-border-top inner-border-right inner-border-bottom inner-border-left inner-border-radius "
        "width vertical-align direction",
    ),
    "mj-hero": _element(
        "mj-body mj-wrapper",
        f"{_COMMON} {_PADDING} {_BACKGROUND} background-height background-width border-radius height mode "
        "vertical-align width inner-background-color inner-padding",
    ),
    # what stands in a column
    "mj-text": _element(
        _IN_COLUMN,
        f"{_COMMON} {_PADDING} {_FONT} align container-background-color height text-transform vertical-align",
        "html",
    ),
    "mj-button": _element(
        _IN_COLUMN,
        f"{_COMMON} {_PADDING} {_BORDER} {_FONT} align background-color container-background-color height "
        "href inner-padding name rel target text-transform title vertical-align width",
        "html",
        ("href",),
    ),
    "mj-image": _element(
        _IN_COLUMN,
        f"{_COMMON} {_PADDING} {_BORDER} align alt container-background-color fluid-on-mobile font-size "
        "height href name rel src srcset target title usemap width",
        "nothing",
        ("src",),
    ),
    "mj-divider": _element(
        _IN_COLUMN,
        f"{_COMMON} {_PADDING} align border-color border-style border-width container-background-color width",
        "nothing",
    ),
    "mj-spacer": _element(_IN_COLUMN, f"{_COMMON} {_PADDING} container-background-color height", "nothing"),
    "mj-table": _element(
        _IN_COLUMN,
        f"{_COMMON} {_PADDING} {_FONT} align border cellpadding cellspacing container-background-color "
        "table-layout vertical-align width",
        "html",
    ),
    "mj-social": _element(
        _IN_COLUMN,
        f"{_COMMON} {_PADDING} {_FONT} align border-radius container-background-color icon-height "
        "icon-padding icon-size inner-padding mode text-padding vertical-align",
    ),
    "mj-social-element": _element(
        "mj-social",
        f"{_COMMON} {_PADDING} {_FONT} align alt background-color border-radius href icon-height "
        "icon-padding icon-position icon-size name rel src srcset target text-padding title vertical-align",
        "html",
        ("href", "src"),
    ),
    "mj-navbar": _element(_IN_COLUMN, f"{_COMMON} align base-url"),
    "mj-navbar-link": _element(
        "mj-navbar", f"{_COMMON} {_PADDING} {_FONT} href name rel target text-transform", "html", ("href",)
    ),
    "mj-raw": _element(
        "mj-head mj-body mj-wrapper mj-section mj-group mj-column mj-hero mj-social mj-navbar", "", "html"
    ),
}

REFUSED: dict[str, tuple[str, str]] = {
    "mj-include": ("nothing is included by MJML itself", "write {% include 'name.mjml' %}"),
    "mj-font": ("a web font is fetched from someone else's server by each reader", "use fonts readers have"),
    "mj-html-attributes": ("the MJML library does not know it", "write the attributes where they belong"),
    "mj-accordion": ("few mail programs show it", "write headings and text"),
    "mj-carousel": ("few mail programs show it", "place the pictures one below the other"),
    "link": ("nothing is fetched for a mail", "put the rules into <mj-style>"),
    "script": ("mail programs remove scripts", ""),
    "iframe": ("mail programs remove frames", "link to the page"),
    "base": ("it would bend every link", ""),
}
"""Elements that are never right here: why, and what to do."""

REFUSED_ATTRIBUTES: dict[tuple[str, str], str] = {
    ("mj-style", "inline"): "the library ignores it: content.css is what gets inlined",
    ("mj-body", "css-class"): "the library puts it elsewhere: style 'body' in <mj-style>",
    ("mj-body", "id"): "the library drops it",
    ("mj-wrapper", "gap"): "the library ignores it: use paddings",
    ("mj-image", "sizes"): "the library ignores it",
    ("mj-table", "role"): "the library drops it: write the <table> into an <mj-text>",
    ("mjml", "owa"): "the library ignores it",
    ("mj-raw", "position"): "the library refuses it",
}
"""Attributes of MJML that mjml-python gets wrong: why, and what to do."""

WITHOUT_CLOSING_TAG = frozenset(
    "area br col embed hr img input link meta param source track wbr".split()  # noqa: SIM905 - read as words
)

HTML_ELEMENTS = frozenset(
    """
    a abbr address area article aside b bdi bdo blockquote br caption center cite code col colgroup
    data dd del details dfn div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 head header
    hr html i img ins kbd li main map mark meta nav noscript o:allowpng o:officedocumentsettings
    o:pixelsperinch ol p pre q rp rt ruby s samp section small span strike strong style sub summary
    sup table tbody td tfoot th thead time title tr tt u ul var v:background v:fill v:image v:rect
    v:roundrect v:shape v:textbox w:anchorlock wbr xml
    """.split()  # noqa: SIM905 - read as words
)
