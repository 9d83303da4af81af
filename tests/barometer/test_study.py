"""A study's folder: what is in it, and a line for each thing that is wrong with it."""

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from portevoix.barometer.studies import default_weights
from portevoix.barometer.studies.loader import BadStudy, Scope, read_study, remarks
from portevoix.kernel.clock import ServiceClock
from portevoix.measures.indicators import INDICATORS
from tests.barometer.given import ACCOUNTS, CITIES, SETTINGS, TODAY, folder, study

HEAD = "city,network,handle,scope,evidence_url,evidence_date,since,until\n"
SEEN = "city,https://a.test/c,2026-09-01"


def told(place: Path, **files: str | bytes) -> list[tuple[bool, str]]:
    return [(remark.grave, str(remark)) for remark in remarks(study(place, **files))]


def accounts(*rows: str) -> str:
    return ACCOUNTS + "".join(f"{row}\n" for row in rows)


def test_a_study_without_a_fault(tmp_path: Path) -> None:
    found = study(tmp_path)
    assert remarks(found) == ()
    assert [city.name for city in found.cities] == ["Bourg", "Dijon"]
    assert [account.handle for account in found.accounts] == ["bourg.test", "dijon@social.test"]
    assert found.weights == pytest.approx(dict(default_weights.WEIGHTS))
    assert found.goalposts == dict(default_weights.GOALPOSTS)


def test_the_period_is_days_of_the_place(tmp_path: Path) -> None:
    """Summer time ends in between: it is an hour longer than its days."""
    found = study(tmp_path)
    paris = ZoneInfo("Europe/Paris")
    assert found.begins == datetime(2026, 9, 7, tzinfo=paris) and found.ends == datetime(2026, 11, 23, tzinfo=paris)
    assert found.ends - found.begins == timedelta(days=77, hours=1)


def test_the_opening_hours_of_the_second_clock(tmp_path: Path) -> None:
    clock = ServiceClock(study(tmp_path / "a").hours)
    saturday, monday = datetime(2026, 11, 7, 12, tzinfo=UTC), datetime(2026, 11, 9, 9, 0, tzinfo=UTC)
    assert clock.service_seconds(saturday, monday) == 3600
    policy = 'timezone = "Europe/Paris"\n[hours]\nsat = ["09:00-12:00"]\n'
    own = study(tmp_path / "b", study=SETTINGS + '[hours]\npolicy = "policy.toml"\n', policy=policy)
    assert list(own.hours.hours or ()) == [5]


@pytest.mark.parametrize(
    ("name", "at", "city"),
    [
        ("@Bourg.test", datetime(2026, 9, 30, tzinfo=UTC), "01053"),
        ("https://bsky.app/profile/bourg.test", datetime(2026, 9, 30, 21, 59, tzinfo=UTC), "01053"),
        ("bourg.test", datetime(2026, 9, 30, 22, 1, tzinfo=UTC), "21231"),  # past midnight in Paris
        ("bourg.test", datetime(2026, 12, 1, 12, tzinfo=UTC), ""),
        ("other.test", datetime(2026, 9, 30, tzinfo=UTC), ""),
    ],
)
def test_handles_change_hands(tmp_path: Path, name: str, at: datetime, city: str) -> None:
    rows = f"01053,bluesky,bourg.test,{SEEN},,2026-09-30\n21231,bluesky,@Bourg.test,{SEEN},01/10/2026,30/11/2026\n"
    found = study(tmp_path, accounts=HEAD + rows)
    assert [remark for remark in remarks(found) if remark.grave] == []
    account = found.account_of("bluesky", name, at)
    assert (account.city if account else "") == city


def test_on_mastodon_the_server_may_be_lacking(tmp_path: Path) -> None:
    rows = (
        f"01053,mastodon,ville@a.test,{SEEN},,\n21231,mastodon,ville@b.test,{SEEN},,\n21231,mastodon,dijon,{SEEN},,\n"
    )
    found, at = study(tmp_path, accounts=HEAD + rows), datetime(2026, 9, 30, tzinfo=UTC)
    assert found.account_of("mastodon", "@ville@b.test", at).city == "21231"  # type: ignore[union-attr]
    assert found.account_of("mastodon", "ville", at) is None, "of two, neither is guessed"
    assert found.account_of("mastodon", "dijon@c.test", at).city == "21231"  # type: ignore[union-attr]
    assert found.account_of("mastodon", "ville@c.test", at) is None


def test_two_cities_that_claim_an_account_have_it_neither(tmp_path: Path) -> None:
    rows = (f"01053,x,both,{SEEN},,2026-10-15", f"21231,x,https://x.com/Both,{SEEN},2026-10-15,")
    found = study(tmp_path, accounts=accounts(*rows))
    assert [account.handle for account in found.accounts] == ["bourg.test", "dijon@social.test"]
    assert {account.city for account in found.contested} == {"01053", "21231"}
    assert found.account_of("x", "both", datetime(2026, 10, 1, tzinfo=UTC)) is None
    (grave,) = [str(remark) for remark in remarks(found) if remark.grave]
    assert grave.startswith(
        "accounts.csv, line 5: both on x is claimed by 21231 and, for the same days, by 01053 (line 4)"
    )


ROWS = {  # a row of accounts.csv: is it grave, and what is said
    "unknown city": (f"99999,x,a,{SEEN},,", True, "No city has the code “99999”"),
    "zeros eaten": (f"1053,x,a,{SEEN},,", False, "“1053” was taken for 01053"),
    "future evidence": ("21231,x,a,city,https://a.test/c,2027-01-01,,", True, "in the future"),
    "evidence too old": ("21231,x,a,city,https://a.test/c,01/09/2025,,", False, "more than a year old"),
    "no evidence": ("21231,x,a,city,,,,", False, "is official. Write the page"),
    "evidence without address": ("21231,x,a,city,,2026-09-01,,", False, "has a date and no address"),
    "evidence without date": ("21231,x,a,city,https://a.test/c,,,", False, "has no date"),
    "evidence that is no page": ("21231,x,a,city,our site,2026-09-01,,", True, "“our site” is no address of a page"),
    "no such day": (f"21231,x,a,{SEEN},31/02/2026,", True, "“31/02/2026” in “since” is no date"),
    "backwards": (f"21231,x,a,{SEEN},2026-10-01,2026-09-01", True, "comes after “until”"),
    "twice": (ACCOUNTS.splitlines()[1], False, "The row is there twice (line 2"),
    "twice, otherwise": (f"01053,bluesky,@BOURG.test,other{SEEN[4:]},,", True, "Line 2 has this account"),
    "shared": (f"21231,x,a,agglomération{SEEN[4:]},,", False, "is the agglomeration's: it is shown, and not counted"),
    "no scope": (f"21231,x,a,mayor{SEEN[4:]},,", True, "“mayor” is no scope"),
    "another network": (f"21231,tiktok,a,{SEEN},,", False, "does not look at tiktok"),
    "no network": (f"21231,réseau,a,{SEEN},,", True, "“réseau” is no network"),
    "no handle": (f"21231,x,the city of Dijon,{SEEN},,", True, "is no account on x"),
    "empty handle": (f"21231,x,@,{SEEN},,", True, "is no account on x"),
    "without its server": (f"21231,mastodon,ville,{SEEN},,", False, "ville is without its server"),
    "before the period": (f"21231,x,a,{SEEN},,2025-01-01", False, "was not the city's during the period"),
    "too many fields": (f"21231,x,a,{SEEN},,,more", True, "The row has 9 fields"),
}


@pytest.mark.parametrize("name", ROWS)
def test_a_doubtful_row_has_its_line(tmp_path: Path, name: str) -> None:
    row, grave, words = ROWS[name]
    found = told(tmp_path, accounts=accounts(row))
    assert found[0][0] == grave and words in found[0][1]
    assert all(line.startswith("accounts.csv, line 4: ") for _, line in found)


def test_everything_is_told_in_one_pass(tmp_path: Path) -> None:
    rows = [row.replace(",x,a,", f",x,a{number},") for number, (row, *_) in enumerate(ROWS.values())]
    found = told(tmp_path, accounts=accounts(*rows))
    assert all(any(words in line for _, line in found) for _, _, words in ROWS.values())


CITY_ROWS = {
    "no population": ("3,C,,", False, "The population of C is missing"),
    "nobody": ("3,C,0,", False, "The population of C is missing"),
    "no number": ("3,C,many,", True, "“many” in “population” is no whole number"),
    "thousands or a comma": ('3,C,"12,345",', True, "“12,345” in “population”"),
    "no name": ("3,,12,", True, "needs a code and a name"),
    "a code twice": ("21231,Beaune,20000,", True, "The code 21231 is that of Dijon already (line 3)"),
    "twice": ("21231,Dijon,161830,Métropole", False, "twice (line 3"),
    "an empty city": ("3,C,12,", False, "Nothing is known of C"),
    "one name": ("3,Dijon,12,", False, "Another city is called Dijon"),
}


@pytest.mark.parametrize("name", CITY_ROWS)
def test_a_doubtful_city_has_its_line(tmp_path: Path, name: str) -> None:
    row, grave, words = CITY_ROWS[name]
    found = told(tmp_path, cities=f"{CITIES}{row}\n")
    assert any(one == grave and line.startswith("cities.csv, line 4: ") and words in line for one, line in found), found


def test_a_city_that_answered_and_has_no_account(tmp_path: Path) -> None:
    survey = "city,question,value,evidence\n01053,community_manager,oui,by mail\n"
    found = told(tmp_path, accounts=ACCOUNTS.replace("01053", "21231"), survey=survey)
    assert found == [
        (False, "cities.csv, line 2: Bourg has no account on the study's networks: its service cannot be measured.")
    ]


SURVEY_ROWS = {
    "neither": ("01053,community_manager,perhaps,letter", True, "“perhaps” is neither yes nor no"),
    "empty": ("01053,community_manager,,letter", False, "The answer is empty"),
    "no evidence": ("01053,community_manager,yes,", False, "Nothing shows where the answer comes from"),
    "misspelt": ("01053,comunity manager,yes,letter", False, "Is “community_manager” meant?"),
    "no question": ("01053,,yes,letter", True, "asks no question"),
    "twice": ("21231,community_manager,1,letter", False, "twice (line 2"),
    "contrary": ("21231,community_manager,non,letter", True, "Line 2 says the contrary"),
}


@pytest.mark.parametrize("name", SURVEY_ROWS)
def test_a_doubtful_answer_has_its_line(tmp_path: Path, name: str) -> None:
    row, grave, words = SURVEY_ROWS[name]
    survey = f"city,question,value,evidence\n21231,Community manager,Oui,letter\n{row}\n"
    found = study(tmp_path, survey=survey)
    lines = [(remark.grave, str(remark)) for remark in remarks(found)]
    assert len(lines) == 1 and lines[0][0] == grave and words in lines[0][1] and "line 3" in lines[0][1]
    answers = {(answer.city, answer.question): answer.value for answer in found.survey}
    assert answers.get(("21231", "community_manager"), False) == (name != "contrary")


AUDIENCE_ROWS = {
    "future": ("01053,bluesky,bourg.test,2027-01-01,5,5", True, "in the future"),
    "no number": ("01053,bluesky,bourg.test,2026-11-01,few,5", True, "“few” in “followers”"),
    "no day": ("01053,bluesky,bourg.test,,5,5", True, "Followers count on a day"),
    "no account": ("01053,bluesky,other.test,2026-11-01,5,5", True, "no account other.test"),
    "others on that day": ("21231,mastodon,dijon@social.test,2026-11-01,6,5", True, "Line 2 tells other figures"),
    "twice": ("21231,mastodon,@dijon@social.test,2026-11-01,12345,5", False, "twice (line 2"),
}


@pytest.mark.parametrize("name", AUDIENCE_ROWS)
def test_doubtful_followers_have_their_line(tmp_path: Path, name: str) -> None:
    row, grave, words = AUDIENCE_ROWS[name]
    table = (
        f"city,network,handle,date,followers,following\n21231,mastodon,dijon@social.test,01/11/2026,12 345,5\n{row}\n"
    )
    found = study(tmp_path, audience=table)
    lines = [(remark.grave, str(remark)) for remark in remarks(found)]
    assert any(one == grave and words in line and "line 3" in line for one, line in lines), lines
    assert [(one.day, one.followers) for one in found.audience] == [(date(2026, 11, 1), 12345)]


def test_comments(tmp_path: Path) -> None:
    table = 'city,date,author,text\n21231,2026-11-02,Town hall,"We answer, always."\n99,,A,B\n21231,,A,\n'
    found = study(tmp_path, comments=table)
    assert [(comment.city, comment.text) for comment in found.comments] == [("21231", "We answer, always.")]
    assert [(remark.row, remark.grave) for remark in remarks(found)] == [(3, True), (4, False)]


def test_scopes(tmp_path: Path) -> None:
    rows = (f"21231,x,a,other{SEEN[4:]},,", f"21231,x,b,Ville{SEEN[4:]},,", f"21231,x,c,,{SEEN[5:]},,")
    found = study(tmp_path, accounts=accounts(*rows))
    assert [account.scope for account in found.accounts[2:]] == [Scope.OTHER, Scope.CITY, Scope.CITY]
    assert [account.counts for account in found.accounts[2:]] == [False, True, True]


WRONG = {  # a line of study.toml in the place of another one, or beside all; what is said
    "no title": ("title", "", "“title” is missing"),
    "a title that is a number": ("title", "title = 3", "“title” is 3"),
    "no period": ("period", "", "“period” is missing. Write period = ["),
    "one day": ("period", 'period = ["2026-09-07"]', "“period” is ['2026-09-07']"),
    "no day": ("period", 'period = ["2026-09-07", "soon"]', "“period” is"),
    "backwards": ("period", 'period = ["2026-11-22", "2026-09-07"]', "The first day comes after the last one"),
    "for ever": ("period", 'period = ["1926-11-22", "2026-09-07"]', "longer than ten years"),
    "no network": ("networks", "networks = []", "“networks” is missing"),
    "a network that is none": ("networks", 'networks = ["réseau"]', "“networks” is réseau"),
    "networks as text": ("networks", 'networks = "x"', "Write a list of texts"),
    "an unknown key": ("", "colour = 1", "“colour” is not known. Write one of: title, period"),
    "a misspelt key": ("", "timezzone = 'Europe/Paris'", "Is “timezone” meant?"),
    "no such zone": ("", 'timezone = "Europe/Pari"', "There is no time zone “Europe/Pari”"),
    "languages as text": ("", 'languages = "fr"', "Write a list"),
    "no such language": ("", 'languages = ["français"]', "Write a list of language codes"),
    "simulated as text": ("", 'simulated = "no"', "“simulated” is no. Write true or false."),
    "a seed of chance": ("", "seed = 1.5", "“seed” is 1.5. Write a whole number from 0 on."),
    "a negative weight": (
        "",
        "[weights]\nreactivity = -1",
        "“weights.reactivity” is -1. A weight is a number, 0 or more.",
    ),
    "no weight": ("", "[weights]\nreactivity = 0\nconversation = 0\ncontent = 0", "Nothing in [weights] has a weight"),
    "an unknown pillar": ("", "[weights]\naudience = 1", "“weights.audience” is not known"),
    "weights that are no table": ("", "weights = 3", "“weights” is 3. It is a table"),
    "an unknown figure": (
        "",
        '[indicators.content]\n"content.beauty" = 1',
        "“indicators.content.content.beauty” is not known",
    ),
    "a figure without weight": (
        "",
        '[indicators.content]\n"content.regularity" = 0',
        "Nothing in [indicators.content]",
    ),
    "a pillar that is no table": ("", "[indicators]\ncontent = 3", "“indicators.content” is 3"),
    "one goalpost": ("", '[goalposts]\n"reactivity.f8h" = [1]', "Write the value for 0 points"),
    "goalposts in one place": ("", '[goalposts]\n"reactivity.f8h" = [1, 1.0]', "Write the value for 0 points"),
    "an unknown goalpost": ("", '[goalposts]\n"reactivity.f9h" = [0, 1]', "Is “reactivity.f"),
    "a minimum of none": ("", "[minimum]\nreactivity = 0", "Write a whole number from 1 on"),
    "too many points": ("", "[shrinkage]\nprior = 101", "Write a number from 0 to 100"),
    "strength as text": ("", "[shrinkage]\nstrength = 'much'", "“shrinkage.strength” is much"),
    "no such policy": ("", '[hours]\npolicy = "absent.toml"', "absent.toml cannot be read"),
    "a policy elsewhere": ("", '[hours]\npolicy = "../policy.toml"', "Write the name of a file"),
    "a policy of the machine": ("", '[hours]\npolicy = "/dev/zero"', "Write the name of a file"),
    "a policy without name": ("", '[hours]\npolicy = "a\\u0000"', "Write the name of a file"),
    "strength beyond all": ("", f"[shrinkage]\nstrength = 1{'0' * 400}", "Write a number from 0 to"),
    "a weight beyond all": ("", f"[weights]\nreactivity = 1{'0' * 400}", "A weight is a number"),
    "goalposts beyond all": ("", f'[goalposts]\n"reactivity.f8h" = [0, 1{"0" * 400}]', "Write the value for 0 points"),
    "a policy that is a number": ("", "[hours]\npolicy = 3", "Write the name of a file"),
    "no TOML": ("", "= 3", "This is not TOML"),
}


def settings(key: str, line: str) -> str:
    kept = "".join(f"{one}\n" for one in SETTINGS.splitlines() if not key or not one.startswith(key))
    return f"{kept}{line}\n" if line.startswith(("[", "=")) else f"{line}\n{kept}"


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_setting_has_its_line(tmp_path: Path, name: str) -> None:
    key, line, words = WRONG[name]
    with pytest.raises(BadStudy) as bad:
        study(tmp_path, study=settings(key, line))
    assert words in str(bad.value)
    assert all(re.match(r"(study|absent|policy)\.toml", str(remark)) for remark in bad.value.remarks)


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    broken = "period = [1, 2]\ncolour = 1\nseed = true\n[weights]\nreactivity = -1\ncontent = 'x'\n"
    with pytest.raises(BadStudy) as bad:
        study(tmp_path, study=broken, cities="code,name\n,\n")
    assert len([remark for remark in bad.value.remarks if remark.grave]) == 8
    assert {remark.file for remark in bad.value.remarks} == {"study.toml", "cities.csv"}


def test_there_is_no_study(tmp_path: Path) -> None:
    with pytest.raises(BadStudy, match="Start a study with `portevoix barometer new`"):
        read_study(tmp_path, today=TODAY)


def test_a_period_that_goes_on_is_grave_and_no_hindrance(tmp_path: Path) -> None:
    found = study(tmp_path, study=SETTINGS.replace("2026-11-22", "2026-11-26"))
    assert [(remark.grave, "not over yet" in str(remark)) for remark in remarks(found)] == [(True, True)]


def test_weights_of_a_pillar(tmp_path: Path) -> None:
    more = '[weights]\ncontent = 0\n[indicators.reactivity]\n"reactivity.f24h" = 3\n"reactivity.answered" = 1\n'
    found = study(tmp_path, study=SETTINGS + more)
    assert found.weights == pytest.approx({"reactivity": 2 / 3, "conversation": 1 / 3, "content": 0})
    assert found.indicators["reactivity"] == {"reactivity.f24h": 0.75, "reactivity.answered": 0.25}
    assert set(found.indicators["content"]) == set(default_weights.INDICATORS["content"])


def test_defaults_hold_together() -> None:
    assert sum(default_weights.WEIGHTS.values()) == pytest.approx(1)
    for members in default_weights.INDICATORS.values():
        assert sum(members.values()) == pytest.approx(1)
        assert members.keys() <= default_weights.GOALPOSTS.keys()
    assert default_weights.WEIGHTS.keys() == default_weights.INDICATORS.keys() == default_weights.MINIMUM.keys()


def test_goalposts_go_the_way_of_their_figures() -> None:
    for code, (low, high) in default_weights.GOALPOSTS.items():
        assert INDICATORS[code].direction == ("up" if low < high else "down"), code


@pytest.mark.parametrize("period", ["[2026-09-07, 2026-11-22]", '["07/09/2026", "22/11/2026"]'])
def test_forms_of_the_period(tmp_path: Path, period: str) -> None:
    found = study(tmp_path, study=settings("period", f"period = {period}"))
    assert (found.first_day, found.last_day) == (date(2026, 9, 7), date(2026, 11, 22))


def test_a_study_can_be_read_from_a_spreadsheet(tmp_path: Path) -> None:
    cities = "Code;Name;Population;AGGLOMERATION\r\n01053;Bourg;41 000,0;Grand Bourg-en-Bresse, à l’est\r\n;;;\r\n"
    found = read_study(folder(tmp_path, cities=cities.encode("cp1252"), accounts=HEAD), today=TODAY)
    (city,) = found.cities
    assert (city.code, city.population, city.agglomeration) == ("01053", 41000, "Grand Bourg-en-Bresse, à l’est")
    assert "Windows-1252" in str(remarks(found)[0])
