"""The renderings of an edition that leave the house: they say what its page says, whatever citizens wrote."""

import html as html_text
import re
import subprocess
import sys
from dataclasses import replace
from email import message_from_bytes, policy
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from django.utils.translation import override

from portevoix.journal.composition.compose import compose
from portevoix.journal.editions.edition import Edition
from portevoix.journal.editions.finding_sections import AttentionList, AttentionRow
from portevoix.journal.render import html
from portevoix.journal.render.email import MOST_BYTES, NO_LINKS, EditionLinks, RenderedMail, write_edition_mail
from portevoix.journal.render.pdf import render_pdf
from portevoix.journal.storage.built_files import pack_mail
from portevoix.journal.words.front_lines import write_lines
from portevoix.journal.words.wording import plain
from tests.journal.conftest import AFTER
from tests.journal.pdf_check import find_faults, tags_of

WEEK, ACCENT = "2026-W46", "#7a1f5c"
HOSTILE = (
    '</mj-text><script>alert(1)</script> #panic("x") \\ " $x$ `@import` \x07 <!-- &amp; 🛁 مرحبا \uffff\ufffe₼Ԫ\u0378'
)


@pytest.fixture
def edition(strike) -> Edition:
    return compose(week=WEEK, department="sports", now=AFTER)


@pytest.fixture
def whole(strike) -> Edition:
    return compose(week=WEEK, now=AFTER)


def write_mail(edition: Edition, lang: str = "fr", links: EditionLinks = NO_LINKS, **more) -> RenderedMail:
    return write_edition_mail(edition, lang=lang, links=links, answers=more.pop("answers", {}), accent=ACCENT, **more)


def words_of(page: str) -> str:
    """The words of HTML, in single spaces."""
    body = re.sub(r"<(style|title)[^>]*>.*?</\1>", " ", page, flags=re.DOTALL)
    return " ".join(html_text.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def words_of_pdf(content: bytes, tmp_path) -> str:
    (tmp_path / "x.pdf").write_bytes(content)
    done = subprocess.run(["pdftotext", "-raw", str(tmp_path / "x.pdf"), "-"], capture_output=True, check=True)
    return " ".join(done.stdout.decode().split())


def write_worse(edition: Edition, text: str) -> Edition:
    """The edition, in which each quotation, gist and title is that text."""
    findings = edition.section("findings")
    subjects = tuple(
        replace(each, phrase=text, voices=tuple(replace(voice, text=text) for voice in each.voices))
        for each in findings.subjects
    )
    worse = replace(findings, subjects=subjects, findings=tuple(replace(f, phrase=text) for f in findings.findings))
    rows = tuple(AttentionRow(n, text, "sports", AFTER) for n in range(5))
    attention = replace(edition.section("attention"), lists=(AttentionList("danger", 5, rows),))
    others = {"findings": worse, "attention": attention}
    return replace(edition, sections=tuple(others.get(each.kind, each) for each in edition.sections))


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_page_mail_text_and_pdf_say_the_same_sentences_and_numbers(whole, edition, lang, tmp_path):
    for each in (whole, edition):
        mail = write_mail(each, lang)
        pdf = words_of_pdf(render_pdf(each, lang=lang, accent=ACCENT), tmp_path)
        page = words_of(html.page(each, language=lang, accent=ACCENT))
        with override(lang):
            sentences = [" ".join(plain(line.sentence).split()) for line in write_lines(each)]
        assert len(sentences) == 5
        texts = {"mail": words_of(mail.html), "text": " ".join(mail.text.split()), "page": page, "pdf": pdf}
        for name, text in texts.items():
            said = text.replace("- ", "-") if name == "pdf" else text
            missing = [line for line in sentences if line.replace("- ", "-") not in said]
            assert not missing, name


def test_the_plain_text_holds_every_number_of_the_html(whole):
    mail = write_mail(whole)
    numbers = re.compile(r"\d+(?:,\d+)?")
    assert set(numbers.findall(words_of(mail.html))) <= set(numbers.findall(mail.text))
    assert all(len(line) <= 72 for line in mail.text.splitlines() if "http" not in line and " " in line)


def test_a_mail_fetches_nothing_and_has_a_picture_with_words_for_each_chart(edition):
    mail = write_mail(edition)
    assert not re.findall(r"(?:src|href)=\"(?!cid:)|url\(|@import|<script|<link", mail.html)
    assert [each.id for each in mail.pictures] == re.findall(r'src="cid:(\w+)"', mail.html)
    assert mail.pictures
    for picture in mail.pictures:
        assert picture.content.startswith(b"\x89PNG")
        assert picture.alt in html_text.unescape(mail.html)
        assert re.search(r"\d", picture.alt)
    assert "prefers-color-scheme: dark" in mail.html
    assert re.search(r'<html[^>]* lang="fr"', mail.html)


def test_a_mail_stays_below_what_gmail_cuts_off_whatever_is_in_it(whole):
    findings = write_worse(whole, "«" + "é" * 900 + "» ").section("findings")
    many = replace(
        findings,
        subjects=tuple(replace(each, id=f"s{n}") for n in range(60) for each in findings.subjects),
        findings=tuple(replace(each, id=f"f{n}") for n in range(60) for each in findings.findings),
    )
    longest = replace(whole, sections=tuple(many if each.kind == "findings" else each for each in whole.sections))
    links = EditionLinks(
        page="https://x.test/w", answer_by_finding={each.id: "https://x.test/" + "a" * 400 for each in many.findings}
    )
    mail = write_mail(longest, links=links)
    assert 10_000 < len(mail.html.encode()) <= MOST_BYTES
    assert "https://x.test/w" in mail.html
    assert re.search(r"et \d\d autres", mail.text)


def test_what_citizens_write_is_text_in_mail_and_pdf(edition, tmp_path):
    worse = write_worse(edition, HOSTILE)
    mail = write_mail(worse)
    assert "<script" not in mail.html
    assert "alert(1)" in words_of(mail.html)
    assert "</mj-text><script>" in mail.text
    pdf = words_of_pdf(render_pdf(worse, lang="fr", accent=ACCENT), tmp_path)
    assert '#panic("x")' in pdf
    assert "<script>alert(1)</script>" in pdf
    message = message_from_bytes(pack_mail(mail, language="fr"), policy=policy.default)
    assert "alert(1)" in message.get_body(("plain",)).get_content()


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_pdf_is_accessible(whole, lang):
    pdf = render_pdf(whole, lang=lang, accent=ACCENT)
    assert find_faults(pdf, lang) == []
    assert {"H1", "H2", "Figure", "Table", "TH", "L", "Caption"} <= set(tags_of(pdf))


def test_the_check_of_pdf_finds_a_wrong_language(edition):
    assert find_faults(render_pdf(edition, lang="en", accent=ACCENT), "fr") == ["language is en"]


def test_a_finding_is_answered_from_the_mail_or_shows_its_answer(edition):
    first = edition.section("findings").findings[0].id
    address = "https://ville.test/journal/answers/a.b/?c=1&d=2"
    links = EditionLinks(answer_by_finding={first: address}, stop="https://ville.test/stop")
    mail = write_mail(edition, links=links)
    hrefs = _Links.of(mail.html)
    assert hrefs == [address, "https://ville.test/stop"]
    assert all(urlsplit(each).scheme == "https" for each in hrefs)
    assert address in mail.text
    assert "https://ville.test/stop" in mail.text
    answered = write_mail(edition, links=links, answers={first: "Fait — La directrice"})
    assert _Links.of(answered.html) == ["https://ville.test/stop"]
    assert "Fait — La directrice" in words_of(answered.html)
    assert "Fait — La directrice" in answered.text


def test_a_correction_says_so_first(edition):
    mail = write_mail(edition, correction="Le nombre de messages.")
    assert mail.subject.startswith("Rectificatif")
    text = " ".join(mail.text.split())
    assert text.index("Le nombre de messages.") < text.index("Ce qui s’est passé")


def test_a_week_without_messages_has_a_mail_and_a_pdf(city, tmp_path):
    empty = compose(week=WEEK, now=AFTER)
    mail = write_mail(empty)
    assert "Aucun message" in words_of(mail.html)
    assert find_faults(render_pdf(empty, lang="fr", accent=ACCENT), "fr") == []


def test_pages_need_neither_mjml_nor_typst():
    code = (
        "import sys, portevoix.journal.render.pdf, portevoix.journal.render.email; "
        "print({'mjml', 'typst', 'vl_convert'} & set(sys.modules))"
    )
    setup = "import os,django; os.environ['DJANGO_SETTINGS_MODULE']='portevoix.config.settings'; django.setup(); "
    done = subprocess.run([sys.executable, "-c", setup + code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag, attrs) -> None:
        self.found += [value for name, value in attrs if name == "href"]

    @classmethod
    def of(cls, page: str) -> list[str]:
        parser = cls()
        parser.feed(page)
        return parser.found
