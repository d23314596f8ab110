"""Each ministry its own excerpt, and nobody else's: real drafts, a real mail server, and what keeps letters back."""

import hashlib
import json
import os
import shutil
import smtplib
from collections.abc import Callable, Iterator
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from report_builder.delivery.login import USER
from report_builder.delivery.verification import verify
from report_builder.office.mail_template import words, words_of_html
from report_builder.problems import ExitCode
from tests.mail_server import PASSWORD, Fault, MailServer, mail_server
from tests.mutants import changed
from tests.post_office import PostOffice, open_copy
from tests.successor import new_house
from tests.test_cli import ROOT, edit, run

MINISTRIES = ("BZ", "EZK", "JenV", "OCW", "SZW", "VWS")
OFFICE = "application/vnd.openxmlformats-officedocument."
TYPES = [f"{OFFICE}wordprocessingml.document", f"{OFFICE}spreadsheetml.sheet"]


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("authority") / "ca.pem"


@pytest.fixture(scope="module")
def running_server(authority: Path) -> Iterator[MailServer]:
    with mail_server(authority) as server:
        yield server


@pytest.fixture
def server(running_server: MailServer) -> MailServer:
    """The mail server, with nothing received yet."""
    running_server.received.clear()
    running_server.refused.clear()
    running_server.fail()
    return running_server


@pytest.fixture(scope="module")
def real_edition(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real measures, built. Tests copy it."""
    house = new_house(tmp_path_factory.mktemp("real"))
    assert run("build", cwd=house).returncode == ExitCode.DONE
    return house


@pytest.fixture(scope="module")
def made_up_edition(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The made-up second plan, of two ministries, built and with its letters drafted. Tests copy it."""
    house = made_up_house(tmp_path_factory.mktemp("made-up"))
    office = PostOffice(house, "2030-Q2", MailServer(port=1))
    office.write_recipients("Bos", "Zee")
    assert office.send().returncode == ExitCode.DONE
    return house


def made_up_house(house: Path) -> Path:
    shutil.copytree(ROOT / "tests/second_plan", house / "data")
    shutil.copytree(ROOT / "templates", house / "templates")
    assert run("import", "data/verzonnen-bron.csv", "--apply", cwd=house).returncode == ExitCode.DONE
    assert run("build", cwd=house).returncode == ExitCode.DONE
    return house


@pytest.fixture
def real(real_edition: Path, tmp_path: Path, server: MailServer, authority: Path) -> PostOffice:
    office = open_copy(real_edition, tmp_path, "2021-Q1", server, authority)
    office.write_recipients(*MINISTRIES)
    return office


@pytest.fixture
def drafted(made_up_edition: Path, tmp_path: Path, server: MailServer, authority: Path) -> PostOffice:
    """The made-up edition with its letters drafted."""
    office = open_copy(made_up_edition, tmp_path, "2030-Q2", server, authority)
    office.write_recipients("Bos", "Zee")
    return office


@pytest.fixture
def office(drafted: PostOffice) -> PostOffice:
    """The made-up edition before any letter was drafted."""
    shutil.rmtree(drafted.drafts)
    shutil.rmtree(drafted.house / "data/.state")
    return drafted


def parsed(content: bytes) -> EmailMessage:
    message = message_from_bytes(content, policy=policy.SMTP)
    assert isinstance(message, EmailMessage)
    return message


def text_of(message: EmailMessage, kind: str = "plain") -> str:
    body = message.get_body((kind,))
    assert body
    return str(body.get_content()).replace("\r\n", "\n")


def enclosed(message: EmailMessage) -> dict[str, bytes]:
    return {part.get_filename() or "": part.get_payload(decode=True) for part in message.iter_attachments()}  # type: ignore[misc]


# The whole way


def test_six_ministries_get_six_letters_each_with_exactly_its_own(real: PostOffice) -> None:
    for given in ((), ("--apply", "--to-archive", "archief@verzonnen.example")):
        process = real.start("2021-Q1", "--concept", *given)
        said, messages = process.communicate()
        assert process.returncode == ExitCode.DONE, messages
    assert said.strip() == "6 sent, 0 not sent, 0 unknown"
    manifest = json.loads((real.published / "manifest.json").read_bytes())
    assert len(real.server.received) == 6
    for code, received in zip(MINISTRIES, real.server.received, strict=True):
        lower = code.lower()
        names = [f"briefing-{lower}-2021-Q1.docx", f"uitvraag-{lower}-2021-Q1.xlsx"]
        assert received.sender == "overzicht@verzonnen.example"
        assert received.recipients == (f"post@{lower}.example", "archief@verzonnen.example")
        message = received.message
        assert message["To"] == f"post@{lower}.example"
        assert "archief" not in received.content.decode().split("\r\n\r\n")[0]
        assert "X-Unsent" not in message
        assert datetime.strptime(message["Date"], "%a, %d %b %Y %H:%M:%S %z")
        files = enclosed(message)
        assert list(files) == names
        assert [part.get_content_type() for part in message.iter_attachments()] == TYPES
        for name, folder in zip(names, ("briefings", "uitvraag"), strict=True):
            digest = hashlib.sha256(files[name]).hexdigest()
            assert digest == manifest["outputs"][f"{folder}/{name}"]["sha256"]
            assert digest in text_of(message)
    assert real.states() == dict.fromkeys(MINISTRIES, "sent")
    assert list(real.drafts.iterdir()) == [], "what was sent is no draft any more"


def test_a_second_sending_sends_nothing(office: PostOffice) -> None:
    assert office.send().returncode == ExitCode.DONE
    assert office.send("--apply").returncode == ExitCode.DONE
    assert len(office.server.received) == 2
    for given in (("--apply",), (), ("--apply",)):
        done = office.send(*given)
        assert done.returncode == ExitCode.DONE
        assert "Bos: has this letter already" in done.stderr
    assert len(office.server.received) == 2


# Drafts


def test_a_draft_reads_as_a_letter_and_opens_as_a_draft(real: PostOffice) -> None:
    done = real.send()
    assert [Path(line).name for line in done.stdout.splitlines()] == [
        f"verzending-{code.lower()}-2021-Q1.eml" for code in MINISTRIES
    ]
    message = parsed((real.drafts / "verzending-bz-2021-Q1.eml").read_bytes())
    assert message["X-Unsent"] == "1"
    assert message["Subject"] == "CONCEPT: Briefing en uitvraag eerste kwartaal 2021: Buitenlandse Zaken"
    assert message["Date"] is None
    text = text_of(message)
    told = [
        "Geachte collega,",
        "2 maatregelen",
        "Wat is bijgevoegd",
        "- briefing-bz-2021-Q1.docx: ",
        "Wat wij u vragen",
        "- Bevestig 2 maatregelen",
        "Vóór wanneer",
        "uiterlijk op 1 augustus 2030.",
        "Waar u terechtkunt",
        "bij het verzonnen secretariaat.",
        "Met vriendelijke groet,",
    ]
    assert [text.find(words) for words in told] == sorted(text.find(words) for words in told)
    assert all(words in text for words in told)
    html = text_of(message, "html")
    assert '<html lang="nl">' in html
    assert words_of_html(html) == words(text)
    assert real.server.received == []


def test_text_stays_text_in_html(office: PostOffice) -> None:
    edit(office.recipients, "het verzonnen secretariaat", "Jansen & <b>Zonen</b>")
    assert office.send().returncode == ExitCode.DONE, "and both texts say the same"
    message = parsed((office.drafts / "verzending-zee-2030-Q2.eml").read_bytes())
    assert "Jansen &amp; &lt;b&gt;Zonen" in text_of(message, "html")
    assert "Jansen & <b>Zonen</b>" in text_of(message)


def test_the_same_letters_are_the_same_bytes(office: PostOffice) -> None:
    office.send()
    before = {path.name: path.read_bytes() for path in office.drafts.iterdir()}
    shutil.rmtree(office.drafts)
    office.send()
    assert {path.name: path.read_bytes() for path in office.drafts.iterdir()} == before


def test_drafts_stand_beside_a_set_that_verifies_and_a_build_takes_them_away(office: PostOffice) -> None:
    office.send()
    assert verify(office.published) == ()
    (office.drafts / "iets.docx").write_bytes(b"x")
    assert [problem.code for problem in verify(office.published)] == ["file-extra"]
    office.build()
    assert not office.drafts.exists()


def test_nothing_is_asked_and_no_day_is_named_when_all_is_delivered(office: PostOffice) -> None:
    path = office.house / "data/measures.csv"
    header, *rows = path.read_text(encoding="utf-8").splitlines()
    names = header.split(",")
    answers = {"lead": "Zee", "status": "loopt", "progress": "Af.", "deadline": "2031-Q1", "confirmed_for": "2030-Q2"}
    filled = []
    for row in rows:
        values = dict(zip(names, row.split(","), strict=True))
        lead = "Bos" if values["departments"] == "Bos" else "Zee"
        filled.append(",".join((values | answers | {"lead": lead})[name] for name in names))
    path.write_text("\n".join([header, *filled]) + "\n", encoding="utf-8")
    office.build()
    assert office.send(concept=False).returncode == ExitCode.DONE
    message = parsed((office.drafts / "verzending-zee-2030-Q2.eml").read_bytes())
    assert "er niets te vragen" in text_of(message)
    assert "2030" not in text_of(message).split("Wat is bijgevoegd")[1].split("Waar u")[0].replace("-2030-Q2", "")
    assert "CONCEPT" not in message["Subject"]


def test_a_ministry_without_an_address_is_reported_and_the_others_go_on(office: PostOffice) -> None:
    office.write_recipients("Zee")
    done = office.send()
    assert done.returncode == ExitCode.DATA
    assert "Voor Bos is er geen adres" in done.stderr
    assert office.send("--apply").returncode == ExitCode.DATA
    assert [received.recipients for received in office.server.received] == [("post@zee.example",)]


def test_one_ministry_alone(office: PostOffice) -> None:
    assert office.send("--department", "zee").returncode == ExitCode.DONE
    assert office.send("--apply", "--department", "zee").returncode == ExitCode.DONE
    assert office.states() == {"Zee": "sent"}
    assert office.send("--department", "Lucht").returncode == ExitCode.USAGE


def test_a_closed_edition_goes_as_it_was_closed_whatever_became_of_the_data(office: PostOffice) -> None:
    assert office.report_builder("close", "2030-Q2", "--force", "Verzonnen.", "--apply").returncode == ExitCode.DONE
    office.build()
    changed_data(office)
    edit(office.house / "templates/mail/letter.txt", "Geachte collega", "Beste collega")
    edit(office.house / "templates/mail/letter.html", "Geachte collega", "Beste collega")
    assert office.send().returncode == ExitCode.DONE
    assert office.send("--apply").returncode == ExitCode.DONE
    assert all("Beste collega" in text_of(received.message) for received in office.server.received)


# What keeps every letter back: each of these sends nothing to anyone.


def rewritten_manifest(office: PostOffice, name: str, content: bytes) -> None:
    """A file of the set replaced, and the manifest with it, as if it had been published so."""
    from report_builder.delivery.manifest import entry_of, write_manifest

    (office.published / name).write_bytes(content)
    path = office.published / "manifest.json"
    values = json.loads(path.read_bytes())
    values["outputs"][name] = entry_of(office.published / name)
    path.write_bytes(write_manifest(values))


BRIEFING, FORM = "briefings/briefing-zee-2030-Q2.docx", "uitvraag/uitvraag-zee-2030-Q2.xlsx"
OTHER_BRIEFING, OTHER_FORM = BRIEFING.replace("zee", "bos"), FORM.replace("zee", "bos")
STRANGER = "Minder zand"
"""The objective of VZ-002, which is the other ministry's alone."""


def swapped_addresses(office: PostOffice) -> None:
    text = office.recipients.read_text(encoding="utf-8")
    text = text.replace("post@bos", "post@x").replace("post@zee", "post@bos").replace("post@x", "post@zee")
    office.recipients.write_text(text, encoding="utf-8")


def foreign_domain(office: PostOffice) -> None:
    edit(office.recipients, 'to = ["post@zee.example"]', 'to = ["post@zee.example", "iemand@elders.example"]')


def subdomain(office: PostOffice) -> None:
    edit(office.recipients, 'to = ["post@zee.example"]', 'to = ["post@zee.example.elders.example"]')


def other_briefing(office: PostOffice) -> None:
    rewritten_manifest(office, BRIEFING, (office.published / OTHER_BRIEFING).read_bytes())


def other_form(office: PostOffice) -> None:
    rewritten_manifest(office, FORM, (office.published / OTHER_FORM).read_bytes())


def form_of_all(office: PostOffice) -> None:
    rewritten_manifest(office, FORM, (office.published / FORM.replace("zee", "alle")).read_bytes())


def in_properties(office: PostOffice) -> None:
    content = (office.published / BRIEFING).read_bytes()
    new = f"<dc:subject>{STRANGER}</dc:subject>"
    rewritten_manifest(
        office, BRIEFING, changed(content, "<dc:subject>.*?</dc:subject>", new, part="docProps/core.xml")
    )


def in_sheet(number: int) -> Callable[[PostOffice], None]:
    """The choices stand on sheet 3; sheet 4 is hidden, and holds what the form said when it left."""

    def change(office: PostOffice) -> None:
        content, part = (office.published / FORM).read_bytes(), f"xl/worksheets/sheet{number}.xml"
        rewritten_manifest(office, FORM, changed(content, "<is><t[^>]*>[^<]*</t></is>", "<is><t>VZ-002</t></is>", part))

    return change


def added_part(name: str, text: str | bytes) -> Callable[[PostOffice], None]:
    def add(office: PostOffice) -> None:
        import io
        import zipfile

        made = io.BytesIO((office.published / BRIEFING).read_bytes())
        with zipfile.ZipFile(made, "a") as archive:
            archive.writestr(name, text)
        rewritten_manifest(office, BRIEFING, made.getvalue())

    return add


def concept_without_leave(_office: PostOffice) -> None:
    """The edition is a concept; the test leaves --concept out."""


def classified(office: PostOffice) -> None:
    plan = office.house / "data/plan.toml"
    edit(plan, 'sender = "', 'classification = "Verzonnen geheim"\nsender = "')
    office.build()
    edit(
        office.recipients,
        '"post@bos.example"]',
        '"post@bos.example"]\nhighest_classification = "VERZONNEN VERTROUWELIJK"',
    )


def line_break_in_sender(office: PostOffice) -> None:
    edit(office.house / "data/plan.toml", "van Verzinsels", r"van Verzinsels\nBcc: iemand@elders.example")
    office.build()


def line_break_in_address(office: PostOffice) -> None:
    edit(office.recipients, '"post@zee.example"', r'"post@zee.example\r\nBcc: iemand@elders.example"')


def same_address_twice(office: PostOffice) -> None:
    edit(office.recipients, '"post@zee.example"', '"post@bos.example"')


def changed_after_publication(office: PostOffice) -> None:
    (office.published / BRIEFING).write_bytes((office.published / BRIEFING).read_bytes() + b"\0")


def changed_data(office: PostOffice) -> None:
    edit(office.house / "data/measures.csv", "Minder zand", "Veel minder zand")


def texts_differ(office: PostOffice) -> None:
    edit(office.house / "templates/mail/letter.html", "eigen maatregelen", "maatregelen")


def misspelt_tag(office: PostOffice) -> None:
    edit(office.house / "templates/mail/letter.txt", "{{ contact }}", "{{ contcat }}")


def no_day(office: PostOffice) -> None:
    edit(office.recipients, "2030-Q2 = ", "2030-Q1 = ")


def unknown_ministry(office: PostOffice) -> None:
    edit(office.recipients, "[ministries.Zee]", "[ministries.Zeee]")


MUTANTS: dict[str, tuple[Callable[[PostOffice], None], ExitCode, str]] = {
    "swapped addresses": (swapped_addresses, ExitCode.VERIFICATION, "post@bos.example hoort niet bij dit ministerie"),
    "foreign domain": (foreign_domain, ExitCode.VERIFICATION, "iemand@elders.example hoort niet bij dit ministerie"),
    "a domain that only looks like it": (subdomain, ExitCode.VERIFICATION, "hoort niet bij dit ministerie"),
    "another ministry's briefing": (other_briefing, ExitCode.VERIFICATION, "verzending-zee-2030-Q2.eml/briefing-zee"),
    "another ministry's form": (other_form, ExitCode.VERIFICATION, "verzending-zee-2030-Q2.eml/uitvraag-zee"),
    "the form of all ministries": (form_of_all, ExitCode.VERIFICATION, "maatregel VZ-002"),
    "a private text in the properties": (in_properties, ExitCode.VERIFICATION, "docProps/core.xml, maatregel VZ-002"),
    "a private text in a list": (in_sheet(3), ExitCode.VERIFICATION, "sheet3.xml, maatregel VZ-002"),
    "a private text on the hidden sheet": (in_sheet(4), ExitCode.VERIFICATION, "sheet4.xml, maatregel VZ-002"),
    "a private text in a comment": (
        added_part("word/comments.xml", "<c><t>Minder</t> <t>zand</t></c>"),
        ExitCode.VERIFICATION,
        "word/comments.xml, maatregel VZ-002",
    ),
    "a private text in custom XML": (
        added_part("customXml/item9.xml", '<x y="VZ-002"/>'),
        ExitCode.VERIFICATION,
        "customXml/item9.xml, maatregel VZ-002",
    ),
    "a private text in the name of a part": (
        added_part("word/media/VZ-002.png", ""),
        ExitCode.VERIFICATION,
        "word/media/VZ-002.png, maatregel VZ-002",
    ),
    "a private text as bytes": (
        added_part("word/embeddings/x.bin", "VZ-002".encode("utf-16-le")),
        ExitCode.VERIFICATION,
        "word/embeddings/x.bin, maatregel VZ-002",
    ),
    "macros": (added_part("word/vbaProject.bin", ""), ExitCode.VERIFICATION, "it holds macros"),
    "a concept": (concept_without_leave, ExitCode.VERIFICATION, "De editie is een concept: 3 maatregelen"),
    "too high a classification": (classified, ExitCode.VERIFICATION, "Verzonnen geheim” mag niet per e-mail"),
    "a line break in a header": (line_break_in_sender, ExitCode.VERIFICATION, "veld From"),
    "a line break in an address": (line_break_in_address, ExitCode.PLAN, "veld ministries.Zee.to.0"),
    "one address for two ministries": (same_address_twice, ExitCode.PLAN, "post@bos.example” komt meer dan eens voor"),
    "a file changed after publication": (changed_after_publication, ExitCode.VERIFICATION, BRIEFING),
    "data changed after publication": (changed_data, ExitCode.VERIFICATION, "measures.csv"),
    "two texts that differ": (texts_differ, ExitCode.VERIFICATION, "zegt als tekst iets anders dan als HTML"),
    "a misspelt tag": (misspelt_tag, ExitCode.PLAN, "letter.txt"),
    "no day to answer by": (no_day, ExitCode.PLAN, "does not say by when to answer"),
    "an unknown ministry": (unknown_ministry, ExitCode.PLAN, "Zeee staat niet in de lijst van ministeries"),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_one_failed_proof_and_nobody_gets_anything(drafted: PostOffice, name: str) -> None:
    """The reason is named with its place, whether it is found while drafting or only when the letters would go."""
    mutate, code, reason = MUTANTS[name]
    office, concept = drafted, mutate is not concept_without_leave
    mutate(office)
    for given in (("--apply",), ()):
        done = office.send(*given, concept=concept)
        assert done.returncode == code, done.stderr
        assert reason in done.stderr
        assert "Traceback" not in done.stderr
    assert office.server.received == []
    assert set(office.states().values()) == {"planned"}


def test_a_classification_that_may_go_goes(office: PostOffice) -> None:
    plan = office.house / "data/plan.toml"
    edit(plan, 'sender = "', 'classification = "Verzonnen vertrouwelijk"\nsender = "')
    office.build()
    for code in ("bos", "zee"):
        edit(
            office.recipients,
            f'"post@{code}.example"]',
            f'"post@{code}.example"]\nhighest_classification = "VERZONNEN GEHEIM"',
        )
    assert office.send().returncode == ExitCode.DONE
    message = parsed((office.drafts / "verzending-zee-2030-Q2.eml").read_bytes())
    assert text_of(message).startswith("VERZONNEN VERTROUWELIJK\n")


# Approval


def change_a_draft(office: PostOffice) -> None:
    path = office.drafts / "verzending-zee-2030-Q2.eml"
    path.write_bytes(path.read_bytes().replace(b"Geachte collega", b"Geachte lezer"))


def remove_a_draft(office: PostOffice) -> None:
    (office.drafts / "verzending-zee-2030-Q2.eml").unlink()


def change_an_address(office: PostOffice) -> None:
    edit(office.recipients, "post@zee.example", "balie@zee.example")


def change_the_attachment(office: PostOffice) -> None:
    changed_data(office)
    office.build()


CHANGES = (change_a_draft, remove_a_draft, change_an_address, change_the_attachment)


@pytest.mark.parametrize("change", CHANGES)
def test_what_was_not_drafted_so_does_not_go(office: PostOffice, change: Callable[[PostOffice], None]) -> None:
    office.send()
    change(office)
    done = office.send("--apply")
    assert done.returncode == ExitCode.VERIFICATION
    assert "nothing was sent to anyone" in done.stderr
    assert "verzending-zee-2030-Q2.eml" in done.stderr
    assert office.server.received == []
    assert office.send().returncode == ExitCode.DONE
    assert office.send("--apply").returncode == ExitCode.DONE
    assert len(office.server.received) == 2


def test_without_drafts_nothing_goes(office: PostOffice) -> None:
    done = office.send("--apply")
    assert done.returncode == ExitCode.VERIFICATION
    assert "Maak de concepten" in done.stderr
    assert office.server.received == []


def test_a_changed_excerpt_is_a_new_letter_that_says_it_replaces_the_former(office: PostOffice) -> None:
    """Also when it goes back to what it was: what a ministry holds is the last letter it got."""
    for count, text in enumerate(("Minder zand", "Veel minder zand", "Minder zand"), 1):
        path = office.house / "data/measures.csv"
        before = "Veel minder zand" if count == 3 else "Minder zand"
        edit(path, before, text)
        office.build()
        assert office.send().returncode == ExitCode.DONE
        assert office.send("--apply", "--department", "Bos").returncode == ExitCode.DONE
        assert len(office.server.received) == count
    first, second, third = (received.message for received in office.server.received)
    assert len({first["Message-ID"], second["Message-ID"], third["Message-ID"]}) == 3
    assert "vervangt ons eerdere bericht" not in text_of(first)
    assert "In-Reply-To" not in first
    for former, later in ((first, second), (second, third)):
        assert "vervangt ons eerdere bericht over het tweede kwartaal 2030" in text_of(later)
        assert "Vervangt eerder bericht" in later["Subject"]
        assert later["In-Reply-To"] == former["Message-ID"]
    assert "Bos: has this letter already" in office.send().stderr


# The mail server


def test_the_password_is_nowhere(office: PostOffice) -> None:
    """Not in what is said, and not in any file of the house."""
    office.send()
    office.server.fail(*(Fault("AUTH", "550", time) for time in range(1, 9)))
    done = office.send("--apply")
    assert done.returncode == ExitCode.OUTPUT
    assert "550 in answer to the login" in done.stderr
    written = [path.read_bytes() for path in office.house.rglob("*") if path.is_file()]
    assert not [content for content in written if PASSWORD.encode() in content]
    assert PASSWORD not in done.stderr + done.stdout


def test_the_report_of_a_crash_holds_no_password(office: PostOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(_connection: smtplib.SMTP, _user: str, password: str) -> None:
        raise LookupError(password)

    office.send()
    monkeypatch.setattr(smtplib.SMTP, "login", crash)
    done = office.send("--apply")
    assert done.returncode == ExitCode.INTERNAL
    report = Path(done.stderr.split()[-1]).read_text(encoding="utf-8")
    assert "smtp.py" in report
    assert PASSWORD not in report + done.stderr
    assert office.states() == {"Bos": "planned", "Zee": "planned"}


@pytest.mark.skipif(os.name != "posix", reason="Windows guards files otherwise")
def test_a_login_may_stand_in_a_file_that_nobody_else_can_read(office: PostOffice) -> None:
    office.send()
    for login in ({}, {USER: "verzonnen-gebruiker"}):
        done = office.send("--apply", login=login)
        assert done.returncode == ExitCode.PLAN
        assert "set REPORT_BUILDER_SMTP_USER and REPORT_BUILDER_SMTP_PASSWORD" in done.stderr
    edit(office.recipients, "[smtp]", '[smtp]\nlogin_file = "login.toml"')
    file = office.house / "data/login.toml"
    file.write_text(f'user = "verzonnen-gebruiker"\npassword = "{PASSWORD}"\n', encoding="utf-8")
    file.chmod(0o640)
    done = office.send("--apply", login={})
    assert done.returncode == ExitCode.PLAN
    assert "can be read by others" in done.stderr
    file.chmod(0o600)
    assert office.send("--apply", login={}).returncode == ExitCode.DONE
    assert len(office.server.received) == 2


def test_a_server_that_cannot_be_trusted_gets_nothing(office: PostOffice) -> None:
    edit(office.recipients, 'ca_file = "ca.pem"\n', "")
    office.send()
    done = office.send("--apply")
    assert done.returncode == ExitCode.OUTPUT
    assert "is not trusted" in done.stderr
    assert office.server.received == []
    assert set(office.states().values()) == {"planned"}


def test_a_server_may_speak_tls_from_the_first_byte(office: PostOffice) -> None:
    office.send()
    with mail_server(office.house / "data/ca.pem", implicit=True) as server:
        edit(office.recipients, f"port = {office.server.port}", f'port = {server.port}\nsecurity = "tls"')
        assert office.send("--apply").returncode == ExitCode.DONE
        assert len(server.received) == 2
        assert server.steps["AUTH"] == 2


def test_a_server_without_tls_gets_nothing(office: PostOffice) -> None:
    office.send()
    office.server.fail(*(Fault("STARTTLS", "550", time) for time in range(1, 9)))
    assert office.send("--apply").returncode == ExitCode.OUTPUT
    assert office.server.steps["AUTH"] == 0
    assert office.server.received == []


def test_one_refused_address_and_that_ministry_gets_nothing_and_the_other_its_own(office: PostOffice) -> None:
    edit(office.recipients, 'to = ["post@bos.example"]', 'to = ["post@bos.example"]\ncc = ["weg@bos.example"]')
    office.send()
    office.server.refused["weg@bos.example"] = "550 onbekend"
    done = office.send("--apply")
    assert (done.returncode, done.stdout.strip()) == (ExitCode.OUTPUT, "1 sent, 1 not sent, 0 unknown")
    assert "Bos: refused: 550 in answer to RCPT weg@bos.example: onbekend" in done.stderr
    assert office.states() == {"Bos": "refused", "Zee": "sent"}
    office.server.refused.clear()
    done = office.send("--apply")
    assert done.returncode == ExitCode.DATA
    assert "De brief aan Bos is eerder geweigerd" in done.stderr
    assert office.send().returncode == ExitCode.DONE
    assert office.send("--apply").returncode == ExitCode.DONE
    assert [received.recipients[0] for received in office.server.received] == ["post@zee.example", "post@bos.example"]


def test_a_server_that_stays_away_is_given_up_and_nothing_is_lost(office: PostOffice) -> None:
    office.send()
    office.server.fail(*(Fault("connect", "421", time) for time in range(1, 9)))
    done = office.send("--apply")
    assert (done.returncode, done.stdout.strip()) == (ExitCode.OUTPUT, "0 sent, 2 not sent, 0 unknown")
    assert office.server.steps["connect"] == 3, "once, and again after each pause"
    office.server.fail()
    assert office.send("--apply").returncode == ExitCode.DONE
    assert office.states() == {"Bos": "sent", "Zee": "sent"}


def test_a_blind_copy_goes_only_to_the_house_of_the_sender(office: PostOffice) -> None:
    office.send()
    done = office.send("--apply", "--to-archive", "archief@elders.example")
    assert done.returncode == ExitCode.PLAN
    assert office.send("--to-archive", "geen adres").returncode == ExitCode.USAGE
    assert office.server.received == []


# The ledger


def test_what_is_unknown_waits_for_a_person(office: PostOffice) -> None:
    office.send()
    office.server.fail(Fault("stored", "close"))
    done = office.send("--apply")
    assert (done.returncode, done.stdout.strip()) == (ExitCode.OUTPUT, "1 sent, 0 not sent, 1 unknown")
    office.server.fail()
    for given in (("--apply",), (), ("--apply",)):
        done = office.send(*given)
        assert done.returncode == ExitCode.DATA
        assert "Van een eerdere brief aan Bos is niet bekend" in done.stderr
    assert len(office.server.received) == 2
    shown = office.report_builder("send", "--status").stdout.splitlines()
    assert [line.split()[:3] for line in shown] == [["2030-Q2", "Bos", "unknown"], ["2030-Q2", "Zee", "sent"]]
    assert office.report_builder("send", "--settle", "Zee", "sent").returncode == ExitCode.USAGE
    assert office.report_builder("send", "--settle", "Bos", "misschien").returncode == ExitCode.USAGE
    assert office.report_builder("send", "--settle", "bos", "sent").returncode == ExitCode.DONE
    assert office.states() == {"Bos": "sent", "Zee": "sent"}
    assert "Bos: has this letter already" in office.send().stderr


def test_what_a_person_found_not_sent_goes_out_as_it_was_approved(office: PostOffice) -> None:
    office.send()
    office.server.fail(Fault("dot", "close"))
    assert office.send("--apply").returncode == ExitCode.OUTPUT
    assert office.states() == {"Bos": "unknown", "Zee": "sent"}
    office.server.fail()
    assert office.report_builder("send", "--settle", "Bos", "not-sent").returncode == ExitCode.DONE
    assert office.send("--apply").returncode == ExitCode.DONE
    assert set(office.server.identifiers().values()) == {1}
    assert len(office.server.received) == 2


def test_a_run_at_a_time_and_the_status_can_be_seen_meanwhile(office: PostOffice) -> None:
    from report_builder.delivery.lock import only_run

    office.send()
    with only_run(office.house / "data/.state", "send 2030-Q2"):
        assert office.send("--apply").returncode == ExitCode.LOCKED
        done = office.report_builder("send", "--status")
    assert (done.returncode, len(done.stdout.splitlines())) == (ExitCode.DONE, 2)
    assert office.server.received == []


def test_a_ledger_that_cannot_be_used_stops_before_anything_is_sent(office: PostOffice) -> None:
    office.send()
    (office.house / "data/.state/ledger.sqlite").write_bytes(b"geen boekhouding" * 100)
    done = office.send("--apply")
    assert done.returncode == ExitCode.OUTPUT
    assert "the ledger" in done.stderr
    assert office.server.received == []


def test_sending_needs_an_edition() -> None:
    done = run("send")
    assert done.returncode == ExitCode.USAGE
    assert "which edition?" in done.stderr


def test_the_example_of_recipients_can_be_used(office: PostOffice) -> None:
    shutil.copy(ROOT / "sample/recipients.toml", office.recipients)
    text = office.recipients.read_text(encoding="utf-8")
    text = text.replace("2021-Q1", "2030-Q2").replace("ministries.VWS", "ministries.Bos")
    office.recipients.write_text(text.replace("ministries.OCW", "ministries.Zee"), encoding="utf-8")
    assert office.send().returncode == ExitCode.DONE
