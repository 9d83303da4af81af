"""What a citizen wrote is read whole, whatever program wrote it; what is dangerous stays outside."""

import re
from dataclasses import fields
from email.utils import getaddresses
from time import process_time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from portevoix.channels.email.body import (
    ALLOWED_TYPES,
    CUT,
    MAX_BODY,
    MAX_FILE,
    MAX_FILES,
    clean,
    decode_words,
    one_line,
)
from portevoix.channels.email.markup import MOST_INDENTED, MOST_NESTED, clean_html, html_to_text
from portevoix.channels.email.message import MOST_HEAD, MOST_HEADERS_IN_ALL, MOST_PARTS, TooManyParts
from portevoix.channels.email.parse import _LONE, _read
from portevoix.kernel.messages import Addressed, Direction, Visibility, Writer
from tests.channels.given import ACCOUNT, NOW, mail, parts, read, shelf

PLAIN = "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"


def test_the_fields_of_a_mail() -> None:
    read_ = shelf("gmail_fr")
    assert (read_.channel, read_.account, read_.sent_at) == ("email", ACCOUNT, NOW)
    assert read_.author == Writer(id="ana.bel@gmail.test", handle="Ana.Bel@gmail.test", name="Ana Bél")
    assert read_.subject == "Re: Lampadaire cassé"
    assert read_.external_id == "CAF2=x@mail.gmail.test"
    assert read_.in_reply_to == "9f2c@ville.test"
    assert read_.references == ("CAF1@mail.gmail.test", "9f2c@ville.test")
    assert read_.conversation == "4e1fa9c02b77"
    assert read_.direction is Direction.IN
    assert read_.addressed is Addressed.DIRECT
    assert read_.visibility is Visibility.PRIVATE
    assert not read_.automatic
    assert not read_.held


@pytest.mark.parametrize(
    ("name", "said", "before"),
    [
        ("gmail_fr", "Merci, mais il est toujours éteint ce matin.\n\nAna", "Nous passons demain."),
        ("outlook_fr", "Bonjour,\nLa place est encore occupée tous les matins.", "la police municipale est prévenue"),
        ("apple_fr", "Et le dimanche ?", "La piscine ouvre à 10 h"),
        ("outlook_en", "Thank you. Can it be sent to Ireland?", "Certificates are free of charge."),
    ],
)
def test_earlier_mails_and_signatures_are_folded_and_kept(name: str, said: str, before: str) -> None:
    read_ = shelf(name)
    assert read_.text == said
    assert before in read_.quoted


def test_signatures_are_folded_too() -> None:
    assert "Responsable logistique" in shelf("outlook_fr").quoted
    assert "iPhone" in shelf("apple_fr").quoted


def test_answers_between_the_lines_stay_where_they_make_sense() -> None:
    body = "Bonjour,\n\n> Quelle rue ?\n\nRue Haute.\n\n> Depuis quand ?\n\nLundi.\n"
    read_ = read(mail(body))
    assert read_.text == body.strip()
    assert not read_.quoted


def test_a_mail_of_quotes_alone_stays_readable() -> None:
    assert read(mail("> Nous passons demain.\n")).text == "> Nous passons demain."


def test_html_alone_is_cleaned_and_becomes_text() -> None:
    read_ = shelf("html_only")
    assert read_.subject == "Déchets"
    for word in ("Bonjour,", "Les bacs jaunes débordent", "- rue Haute", "la photo (https://photos.test/1)"):
        assert word in read_.text.replace("\xa0", " ").replace("  ", " ")
    for evil in ("steal", "javascript:", "<img", "<style", "color: red", "onload", "traceur"):
        assert evil not in read_.html + read_.text


def test_no_image_is_loaded_from_the_html_beside_a_text() -> None:
    html = shelf("gmail_fr").html
    assert "Nous passons demain." in html
    assert not re.search(r"<img|<script|traceur|style=", html)


@pytest.mark.parametrize("charset", ["utf-8", "us-ascii", "x-made-up", "", "iso-8859-1"])
@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_a_wrong_or_unknown_charset_costs_no_letter(charset: str, encoding: str) -> None:
    assert read(mail("Ça déborde à l’école".encode(encoding), charset=charset)).text == "Ça déborde à l’école"


def test_what_no_database_keeps_is_left_out() -> None:
    read_ = read(mail(b"un\x00deux", Subject="a\x00b", From="a\x00na@citoyen.test"))
    assert read_.text == "undeux"
    assert "\x00" not in f"{read_}"


def test_without_a_message_id_a_mail_is_known_by_its_bytes() -> None:
    first = read(mail("un", Message_ID=""))
    assert first.external_id.startswith("sha256:")
    assert first.external_id == read(mail("un", Message_ID="")).external_id
    assert first.external_id != read(mail("deux", Message_ID="")).external_id


def test_a_message_id_too_long_to_be_stored_is_known_by_its_digest() -> None:
    assert len(read(mail(Message_ID=f"<{'x' * 5000}@citoyen.test>")).external_id) < 100


def test_a_bounce_is_automatic_and_brings_the_returned_mail_as_a_file() -> None:
    read_ = shelf("bounce")
    assert read_.automatic
    assert read_.direction is Direction.IN
    assert [(file.type, file.refused) for file in read_.files] == [
        ("message/delivery-status", ""),
        ("message/rfc822", ""),
    ]
    assert b"Nous passons demain." in (read_.files[1].content or b"")


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto-Submitted": "auto-replied"},
        {"Precedence": "bulk"},
        {"Precedence": "list"},
        {"Precedence": "junk"},
        {"List-Id": "<infos.lettre.test>"},
        {"X-Autoreply": "yes"},
        {"Return-Path": "<>"},
        {"From": "mailer-daemon@mx.test"},
    ],
    ids=str,
)
def test_machines_are_recognised(headers: dict[str, str]) -> None:
    assert read(mail(**headers)).automatic


@pytest.mark.parametrize("headers", [{"Auto-Submitted": "no"}, {"From": "noreply@relais.test"}, {}], ids=str)
def test_citizens_are_not_taken_for_machines(headers: dict[str, str]) -> None:
    assert not read(mail(**headers)).automatic


@pytest.mark.parametrize(
    ("headers", "addressed"),
    [
        ({"To": "journal@presse.test", "Cc": f"Ville <{ACCOUNT}>"}, Addressed.COPY),
        ({"To": f"journal@presse.test, {ACCOUNT}"}, Addressed.DIRECT),
        ({"To": "CONTACT@Ville.test", "Cc": ACCOUNT}, Addressed.DIRECT),
        ({"To": "undisclosed-recipients:;"}, Addressed.DIRECT),
    ],
)
def test_named_in_copy_is_not_spoken_to(headers: dict[str, str], addressed: Addressed) -> None:
    assert read(mail(**headers)).addressed is addressed


@pytest.mark.parametrize("name", ["To", "Cc", "Delivered-To", "X-Original-To"])
def test_the_conversation_is_read_from_a_plus_address_of_ours(name: str) -> None:
    assert read(mail(**{"To": "x@presse.test", name: "contact+4e1f@ville.test"})).conversation == "4e1f"
    assert not read(mail(**{"To": "x@presse.test", name: "autre+4e1f@ville.test"})).conversation
    assert not read(mail(**{"To": "x@presse.test", name: "contact+4e1f@ailleurs.test"})).conversation


def test_an_answer_goes_where_the_citizen_asked_for_it() -> None:
    author = read(mail(Reply_To="Famille <famille@citoyen.test>")).author
    assert (author.id, author.handle) == ("ana@citoyen.test famille@citoyen.test", "famille@citoyen.test")


def test_a_mail_from_the_citys_own_address_is_history_that_a_person_admits() -> None:
    read_ = read(mail(From=f"Ville <{ACCOUNT.upper()}>"))
    assert read_.direction is Direction.OUT
    assert read_.held


def test_headers_are_one_line_each() -> None:
    folded = "Bonjour =?utf-8?Q?=0D=0ABcc=3A_victime=40citoyen.test?="
    read_ = read(mail(Subject=folded, From="=?utf-8?Q?Ana=0ABcc=3A?= <ana@citoyen.test>"))
    assert "\n" not in read_.subject + read_.author.name
    assert "\r" not in read_.subject + read_.author.name


def test_attachments_are_kept_and_refused_ones_named() -> None:
    raw = parts(
        PLAIN + "Voici.",
        "Content-Type: application/pdf\r\nContent-Disposition: attachment; filename*=utf-8''r%C3%A9p.pdf\r\n\r\n%PDF",
        "Content-Type: application/x-msdownload\r\nContent-Disposition: attachment; filename=../../a.exe\r\n\r\nMZ",
        "Content-Type: image/png\r\nContent-ID: <i1>\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=",
        b"Content-Type: application/pdf; name=gros.pdf\r\n\r\n" + b"x" * (MAX_FILE + 1),
    )
    read_ = read(raw)
    assert read_.text == "Voici."
    pdf, program, image, large = read_.files
    assert (pdf.name, pdf.content, pdf.refused) == ("rép.pdf", b"%PDF", "")
    assert program.content is None
    assert program.refused
    assert program.size == 2
    assert "/" not in program.name
    assert (image.type, image.content) == ("image/png", b"\x89PNG\r\n\x1a\n")
    assert (large.name, large.size, large.content) == ("gros.pdf", MAX_FILE + 1, None)
    assert large.refused


def test_very_many_files_are_bounded_and_counted() -> None:
    image = "Content-Type: image/png\r\nContent-Disposition: attachment; filename=a.png\r\n\r\nx"
    files = read(parts(PLAIN + "Voici.", *[image] * (MAX_FILES + 30))).files
    assert len(files) == MAX_FILES + 1
    assert "30" in files[-1].name
    assert files[-1].refused


def test_nothing_that_runs_in_a_page_is_allowed() -> None:
    assert not ALLOWED_TYPES & {"image/svg+xml", "application/javascript", "text/javascript", "application/xhtml+xml"}


def test_a_huge_body_is_cut_visibly_and_kept_whole_as_a_file() -> None:
    read_ = read(mail("a" * (MAX_BODY + 5_000)))
    assert MAX_BODY <= len(read_.text) < MAX_BODY + 100
    assert read_.text.endswith("[…]")
    assert read_.files[0].size == MAX_BODY + 5_000


def test_deep_nesting_is_bounded() -> None:
    raw = mail("fond")
    for level in range(60):
        head, _, body = raw.partition(b"\r\n\r\n")
        kept = [line for line in head.split(b"\r\n") if not line.startswith((b"Content-", b"MIME"))]
        inner = head.split(b"\r\n")[-2:]
        bound = f"B{level}".encode()
        raw = b"\r\n".join(
            [
                *kept,
                b"MIME-Version: 1.0",
                b"X-Pad: 1",
                b'Content-Type: multipart/mixed; boundary="' + bound + b'"',
                b"",
                b"--" + bound,
                *inner,
                b"",
                body,
                b"--" + bound + b"--",
                b"",
            ]
        )
    read_ = read(raw)
    assert len(read_.files) <= 2


@given(st.binary(max_size=400), st.booleans())
@example(b"Content-Type: multipart/mixed\r\n\r\n", False)
@example(b"Content-Type: image/png\0\r\n\r\nx", False)
@example(b"From: =?utf-8?B?////?=\r\nSubject: =?x?Q?a?=\r\n\r\n\xff\xfe", False)
@example(b"Content-Type: text/plain; name*0*=x''%; charset*=\"''%ff\"\r\n\r\nx", False)
@example(b"Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n&&&", False)
def test_no_bytes_break_the_reader(noise: bytes, as_body: bool) -> None:
    message = read(mail(noise) if as_body else noise)
    shown = "".join(str(getattr(message, field.name)) for field in fields(message) if field.name != "files")
    shown += "".join(f"{file.name}{file.type}{file.refused}" for file in message.files)
    assert "\x00" not in shown
    assert shown.encode()  # no half characters
    assert message.external_id
    assert message.author.id


PIECES = st.sampled_from(
    [*"aZ.é0_+-=?\"<>@,;:()!#&*\\' ", "a@b.fr", "<a.b@c.fr>", "=?utf-8?q?L=C3=A9o?=", "Ana", '"Ana B."']
)


@given(st.lists(PIECES, max_size=9).map("".join))
@example("Ana Citoyen <ana@mail.example>")
@example('"Mairie, accueil" <a+b@c.fr>')
def test_one_address_alone_is_read_as_the_standard_parser_reads_it(value: str) -> None:
    expected = tuple(
        (decode_words(name), clean(one_line(address))) for name, address in getaddresses([one_line(value)])
    )
    if _LONE.fullmatch(one_line(value)):
        assert _read(value) == expected


WORDS = st.sampled_from(["Bonjour", "> cité", "-- ", "Cordialement", "Le 1 mars, X a écrit :", "", "De : moi", "a"])


@given(st.lists(WORDS, max_size=14))
def test_folding_loses_no_line(lines: list[str]) -> None:
    read_ = read(mail("\n".join(lines)))
    there = sorted(line.strip() for line in lines if line.strip())
    kept = sorted(line.strip() for line in f"{read_.text}\n{read_.quoted}".split("\n") if line.strip())
    assert kept == there


@pytest.mark.parametrize(
    "raw",
    [
        mail("<div>" * 180_000, Content_Type="text/html"),
        mail("[a](" * 200_000, Content_Type="text/html"),
        mail("> " * 300_000),
        mail(("> " * 80 + "\n") * 5_000),
        mail(("Le " + "a " * 70 + "\n") * 5_000),
        mail(To="(" * 100_000),
        mail(Subject="=?utf-8?q?=41?= " * 60_000),
        b"Content-Type: multipart/mixed; boundary=a\r\n\r\n" + b"--a\r\n\r\nx\r\n" * (MOST_PARTS - 2),
    ],
    ids=["nested", "brackets", "quotes", "quoted lines", "headings", "comments", "words", "parts"],
)
def test_no_mail_keeps_the_worker_busy(raw: bytes) -> None:
    start = process_time()
    read(raw)
    assert process_time() - start < 10  # seconds; each took minutes once


@pytest.mark.parametrize(
    "html",
    [
        "<blockquote>a" * 10_000,
        "<ul><li>a" * 7_000,
        "<ol><li>a" * 7_000,
        "<dl><dd>a" * 7_000,
        "<blockquote>" * 5_000 + "<pre>" + "x\n" * 200_000,
        "<ul><li><blockquote>" * 2_000 + "<pre>" + "x\n" * 200_000,
        "".join(f"<b a={number}>" for number in range(7_000)) + "<p>x" * 7_000,
        "".join(f"<td><p><em x={number}>a" for number in range(4_900)),
        "".join(f"<a href='https://a.example/{'b' * 1_900}{number}'>c" for number in range(400)),
        "&amp;" * 180_000,
        "&x " * 300_000,
        "<" * 900_000,
    ],
    ids=[
        "quotes",
        "lists",
        "numbered",
        "terms",
        "quoted",
        "both",
        "bold",
        "cells",
        "links",
        "entities",
        "ampersands",
        "brackets",
    ],
)
def test_a_small_mail_does_not_become_a_large_text(html: str) -> None:
    start = process_time()
    read_ = read(mail(html, Content_Type="text/html; charset=utf-8"))
    most = MAX_BODY + len(CUT)
    assert max(len(read_.text), len(read_.quoted)) <= most
    assert len(read_.html) <= MAX_BODY
    assert process_time() - start < 10  # seconds; quotes took 48, and four gigabytes


@pytest.mark.parametrize("charset", ["punycode", "idna", "unicode_escape", "undefined", "x" * 100_000])
def test_what_is_no_charset_costs_nothing_and_the_text_is_read(charset: str) -> None:
    start = process_time()
    assert read(mail("é" + "a" * 300_000, charset=charset)).text.startswith("éa")
    assert process_time() - start < 10  # seconds; punycode took them for a mail of 400 kB


def test_quotes_and_lists_stay_as_they_are_where_people_nest_them() -> None:
    quotes = "<blockquote>" * 3 + "trois" + "</blockquote>" * 2 + "un" + "</blockquote>"
    assert html_to_text(f"{quotes}<ul><li>a<ul><li>b</li></ul></li></ul>").replace("\n>\n", "\n") == (
        "> > > trois\n> un\n\n  - a\n    - b"
    )


def test_what_follows_too_many_quotes_is_outside_of_them() -> None:
    html = clean_html("<blockquote>" * 500 + "loin" + "</blockquote>" * 500 + "<p>près</p>")
    assert html.count("<blockquote>") == html.count("</blockquote>") == MOST_NESTED
    assert html_to_text(html) == f"{'> ' * MOST_INDENTED}loin\n\nprès"


def test_what_html_stands_for_is_written_as_meant() -> None:
    assert html_to_text(clean_html("1 &lt; 2 &amp;&amp; 3 &gt; 2 &amp;lt; \\* 4")) == "1 < 2 && 3 > 2 &lt; \\* 4"


@pytest.mark.parametrize(
    "raw",
    [
        b"Content-Type: multipart/mixed; boundary=a\r\n\r\n" + b"--a\r\n\r\nx\r\n" * (MOST_PARTS + 1),
        b"X: y\r\n" * (MOST_HEADERS_IN_ALL + 1) + b"\r\nbonjour",
        b"Subject: " + b"a" * MOST_HEAD + b"\r\n\r\nbonjour",
    ],
    ids=["parts", "headers", "head"],
)
def test_a_mail_of_more_parts_than_are_read_is_said_to_be_broken(raw: bytes) -> None:
    with pytest.raises(TooManyParts):
        read(raw)
