"""`divider` and `spacer`: lines and gaps."""

from tests.compile.blocks.stages import page, plain


def test_a_divider_is_a_cell_with_a_border() -> None:
    assert '<table class="divider" role="presentation"' in page("::: divider :::")
    assert plain("One\n\n::: divider :::\n\nTwo") == "One\n\n* * *\n\nTwo"


def test_a_divider_may_be_closed_below() -> None:
    assert page("::: divider\n:::").strip() == page("::: divider :::").strip()


def test_a_spacer_is_so_high() -> None:
    assert "height:40px;line-height:40px;mso-line-height-rule:exactly" in page("::: spacer 40 :::")
    assert "height:24px" in page("::: spacer :::")
    assert plain("One\n\n::: spacer 40 :::\n\nTwo") == "One\n\nTwo"
