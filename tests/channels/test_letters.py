"""Letters as somebody gets them: read back from the PDF, page by page and piece by piece."""

from __future__ import annotations

import importlib.util
import io
import re
import shutil
import subprocess
import sys
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from channels.letters import document, message, pages, placed, saying, squeezed
from collect_tui.channels import letter
from collect_tui.channels.letter import Typesetter
from collect_tui.common.text import clean
from collect_tui.domain.errors import Invalid
from collect_tui.services.message.document import Document
from collect_tui.services.message.port import Rejected
from collect_tui.settings import PrintHouse

SENDER = "Harbor Lights Utility · 1 Harbor St · Chicago, IL 60601"
#: By paper: the sheet in points, and where the window shows it, in millimetres from the left and the upper edge.
PAPERS = {
    "a4": ((595.28, 841.89), (20, 45, 105, 90)),
    "letter": ((612.0, 792.0), (22.2, 51.9, 111.1, 80.4)),
}
MARKUP = [
    '#read("/etc/passwd")',
    "#import \"@preview/cetz:0.3.0\"; #panic('x')",
    "*no* _emphasis_ `raw` $x^2$ <label> @reference // comment /* more */",
    "= no heading - no list + none / none: none",
    "back\\slash \\u{41} \\\\ \\n",
    "“quotes” 'single' \"double\" -- --- ... ~ #[x] #{1} ]]]} ))",
    "</script><b>bold</b> &amp; %00",
    '{"tag": "h1", "text": "json"}',
]


@pytest.fixture(scope="module")
def typesetter() -> Typesetter:
    return Typesetter(PrintHouse(sender=SENDER, paper="a4"))


@pytest.mark.parametrize("paper", PAPERS)
def test_the_address_and_nothing_else_stands_in_the_window(paper: str) -> None:
    typesetter = Typesetter(PrintHouse(sender=SENDER, paper=paper))
    most = "Line two\nLine three\nLine four\nLine five" + ("\nLine six" if paper == "a4" else "")
    for to in ("2210 W Division St\nChicago, IL 60622", most):
        text = saying(*[f"Paragraph {n} of the letter." for n in range(90)])
        pdf = typesetter.letter(message(to=to, document=text)).pdf
        size, (left, top, right, bottom) = PAPERS[paper]
        sheet = PdfReader(io.BytesIO(pdf)).pages[0].mediabox
        assert (float(sheet.width), float(sheet.height)) == pytest.approx(size, abs=0.1)
        seen = [words for x, y, words in placed(pdf) if left <= x <= right and top <= y <= bottom]
        assert seen == [SENDER, "1-4821", "Rosa Alvarez", *to.split("\n")]
        lines = {words: (x, y) for x, y, words in placed(pdf)}
        assert lines["November 23, 2026"][0] > right
        assert all(x > left + 3 and top + 3 < y < bottom - 2 for x, y in (lines[each] for each in to.split("\n")))


def test_fold_marks_and_the_head_are_there_when_they_are_wanted() -> None:
    plain = Typesetter(PrintHouse(sender=SENDER, letterhead=False)).letter(message()).pdf
    assert [words for _, y, words in placed(plain) if y < 50] == []
    marked = Typesetter(PrintHouse(sender=SENDER, fold_marks=True)).letter(message()).pdf
    assert [words for _, y, words in placed(marked) if y < 50] == SENDER.split(" · ")
    drawn = [PdfReader(io.BytesIO(pdf)).pages[0].get_contents().get_data().count(b" l\n") for pdf in (plain, marked)]
    assert drawn[1] - drawn[0] == 2


def test_pages_are_numbered_and_a_long_table_repeats_its_head(typesetter: Typesetter) -> None:
    rows = "".join(f"| INV-{n:05} | September {n % 30 + 1}, 2026 | ${n}.00 |\n" for n in range(300))
    text = document(f"# Statement\n\n| Invoice | Due | Owed |\n| --- | --- | ---: |\n{rows}\n\nThe end.")
    made = typesetter.letter(message(document=text))
    read = pages(made.pdf)
    assert made.pages == len(read) > 4
    for number, page in enumerate(read, 1):
        assert f"1-4821 {number}/{len(read)}" in page
        assert page.count("Invoice Due Owed") == ("INV-" in page)
    whole = "\n".join(read)
    assert re.findall(r"INV-(\d{5}) September \d+, 2026 \$\d+\.00", whole) == [f"{n:05}" for n in range(300)]
    assert whole.rstrip().endswith(f"The end.\n1-4821 {len(read)}/{len(read)}")


def test_what_a_text_marks_is_set_so(typesetter: Typesetter) -> None:
    text = document(
        "# Second **notice**\n\nFirst\\\nsecond *soft*\nthird **strong**\n\n## How\n\n### Why\n\n"
        "- one\n- two\n  1. in it\n  2. again\n\n---\n\n3. three\n4. four\n\n| | Empty |\n|-|-|\n| a | |\n"
    )
    made = typesetter.letter(message(document=text)).pdf
    (page,) = pages(made)
    body = page[page.index("Second") :]
    for words in ("First\nsecond soft third strong", "How\nWhy", "• one", "• two", "1. in it", "2. again", "Empty\na"):
        assert words in body
    fonts = {
        str(font.get_object()["/BaseFont"])
        for font in PdfReader(io.BytesIO(made)).pages[0]["/Resources"]["/Font"].values()
    }
    assert {name.split("-", 1)[1] for name in fonts} == {"Regular-Identity-H", "Bold-Identity-H", "Italic-Identity-H"}


def test_a_text_without_marks_keeps_its_paragraphs_and_lines(typesetter: Typesetter) -> None:
    (page,) = pages(typesetter.letter(message(text="Dear you,\n\nfirst line\nsecond line\n\n\nBye\n")).pdf)
    assert "Dear you,\nfirst line\nsecond line\nBye\n" in page


@pytest.mark.parametrize("hostile", MARKUP)
def test_data_is_never_markup(typesetter: Typesetter, hostile: str) -> None:
    text = Document("en-US", (*saying(hostile).blocks, *document("| a |\n|-|\n| x |\n").blocks))
    made = typesetter.letter(message(name=hostile[:40], to=f"{hostile[:40]}\nChicago", text=hostile, document=text))
    (page,) = pages(made.pdf)
    assert squeezed(page).count(squeezed(hostile[:40])) == 3
    assert squeezed(hostile) in squeezed(page)
    sender = Typesetter(PrintHouse(sender=hostile, paper="a4")).letter(message())
    assert squeezed(hostile) in squeezed(pages(sender.pdf)[0])


@given(st.text(st.characters(codec="latin-1"), min_size=1, max_size=300))
@settings(max_examples=150)
def test_any_text_appears_as_it_is(typesetter: Typesetter, text: str) -> None:
    made = typesetter.letter(message(text="unused", document=saying("BEGIN", text, "END")))
    (page,) = pages(made.pdf)
    body = page[page.index("BEGIN") + 5 : page.index("END\n1-4821")]
    # A soft hyphen is drawn where a line is broken at it only.
    assert squeezed(body).replace("\xad", "").replace("-", "") == squeezed(clean(text)).replace("\xad", "").replace(
        "-", ""
    )


def test_controls_and_overrides_leave_no_trace(typesetter: Typesetter) -> None:
    made = typesetter.letter(
        message(
            name="Ro\x1b[31msa\x00",
            to="1 \u202eSt\r\nChi\tcago\x07",
            document=saying("a\x00b\u202ec\ud800d\x1b]0;x\x07e"),
        )
    )
    (page,) = pages(made.pdf)
    assert "Rosa\n1 St\nChi cago\n" in page
    assert "abcde" in page


def test_very_long_words_stay_on_the_sheet(typesetter: Typesetter) -> None:
    word = "Q" * 3000
    table = document(f"| Reference | Amount |\n| --- | ---: |\n| {'M' * 400} | $1.00 |\n")
    pdf = typesetter.letter(message(document=Document("en-US", (*saying(word).blocks, *table.blocks)))).pdf
    assert squeezed("".join(pages(pdf))).count("Q") == 3000
    assert squeezed("".join(pages(pdf))).count("M") == 400
    for page in range(len(pages(pdf))):
        pieces = [(x, words) for x, _, words in placed(pdf, page) if set(words.replace("\u200b", "")) <= set("QM")]
        assert pieces
        assert all(x > 24 for x, _ in pieces)
        assert max(len(words.replace("\u200b", "")) for _, words in pieces) < 65


@pytest.mark.parametrize(
    ("language", "tag", "words", "day"),
    [
        ("en", "en-US", "Please pay by December 3 — $312.40, “thank you”…", "November 23, 2026"),
        ("es", "es-US", "Usted debe ¿cuánto? ¡Señor Ñáñez! 312,40 €", "23 de noviembre de 2026"),
        ("fil", "fil-PH", "Mangyaring magbayad ng ₱312.40 · ••••-•231", "Nobyembre 23, 2026"),
        ("ms", "ms-MY", "Sila bayar RM 312.40 sebelum 3 Disember", "23 November 2026"),
        ("zh", "zh-Hans", "请于2026年12月3日之前付款。您的账户逾期未付，", "2026年11月23日"),
    ],
)
def test_every_language_of_the_templates_is_set(
    typesetter: Typesetter, language: str, tag: str, words: str, day: str
) -> None:
    text = document(f"# {words}\n\n{words} **{words}** *{words}*\n\n| {words} |\n|-|\n| x |\n", tag)
    (page,) = pages(typesetter.letter(message(language=language, document=text)).pdf)
    assert squeezed(page).count(squeezed(words)) == 5
    assert squeezed(day) in squeezed(page)


def test_a_date_that_the_text_begins_with_is_said_once(typesetter: Typesetter) -> None:
    text = document("# Notice\n\nNovember 23, 2026 · account ••••231\n\nDear you")
    (page,) = pages(typesetter.letter(message(document=text)).pdf)
    assert page.count("November 23, 2026") == 1
    other = document("# Notis\n\nSebelum 23 November 2026", "ms-MY")
    (page,) = pages(typesetter.letter(message(document=other, dated=date(2026, 11, 3))).pdf)
    assert len(re.findall(r"\b3 November 2026", page)) == 1


def test_characters_that_no_font_has_are_refused_and_not_printed_as_boxes(typesetter: Typesetter) -> None:
    for given_ in ({"name": "नमस्ते"}, {"to": "1 St\n\U00013000"}, {"document": saying("ok", "\ue000")}, {"text": "😀"}):
        with pytest.raises(Rejected, match="No font at hand") as error:
            typesetter.letter(message(**given_))
        assert not error.value.point
        assert "नमस्ते" not in str(error.value)


def test_without_its_fonts_chinese_is_refused_and_with_a_folder_of_fonts_it_is_set(tmp_path: Path, monkeypatch) -> None:
    spec = importlib.util.find_spec("pylopdf_fonts_zh_cn")
    shutil.copy(Path(spec.origin).with_name("NotoSansSC-Regular.otf"), tmp_path)
    monkeypatch.setattr(
        letter, "find_spec", lambda name: None if name.startswith("pylopdf") else importlib.util.find_spec(name)
    )
    with pytest.raises(Rejected, match=r"\(CJK\): Chinese comes with the extra files-zh"):
        Typesetter(PrintHouse()).letter(message(name="王小明"))
    found = Typesetter(PrintHouse(font_folder=tmp_path, font="noto sans sc")).letter(message(name="王小明")).pdf
    assert "王小明" in pages(found)[0]
    fonts = PdfReader(io.BytesIO(found)).pages[0]["/Resources"]["/Font"].values()
    assert {str(font.get_object()["/BaseFont"]).split("+")[1] for font in fonts} == {"NotoSansSC-Regular-Identity-H"}


def test_an_address_that_the_window_does_not_take_is_refused_as_a_point() -> None:
    typesetter = Typesetter(PrintHouse())
    for to, says in (
        ("", "2 to 5 lines, this has 1"),
        ("a\nb\nc\nd\ne", "this has 6"),
        ("Long street " * 20, "too long"),
    ):
        with pytest.raises(Rejected, match=says) as error:
            typesetter.letter(message(to=to))
        assert error.value.point
    with pytest.raises(Rejected, match="too long") as error:
        typesetter.letter(message(name="Maximiliana " * 20))
    assert not error.value.point
    long = "c/o Maximiliana Featherstonehaugh-Alvarez, 2210 West Division St"
    assert long in pages(typesetter.letter(message(to=f"{long}\nChicago")).pdf)[0]


def test_the_same_message_makes_the_same_bytes_without_a_name_in_its_properties() -> None:
    one, other = (Typesetter(PrintHouse(sender=SENDER)).letter(message()).pdf for _ in range(2))
    assert one == other
    properties = PdfReader(io.BytesIO(one)).metadata
    assert properties is not None
    assert properties.title == "1-4821"
    assert Counter(properties.values())["Rosa Alvarez"] == 0


def test_settings_that_cannot_be_are_said(monkeypatch) -> None:
    with pytest.raises(Invalid, match=r"There is no font 'Comic Sans'; there are .*Libertinus Serif") as error:
        Typesetter(PrintHouse(font="Comic Sans"))
    assert error.value.code == "messages.font"
    monkeypatch.setattr(letter, "find_spec", lambda _: None)
    with pytest.raises(Invalid, match=r"collect-tui\[files\]") as error:
        Typesetter(PrintHouse())
    assert error.value.code == "messages.files"


def test_typst_is_loaded_for_letters_only() -> None:
    code = "import collect_tui.channels.print_house, sys\nprint('typst' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"
