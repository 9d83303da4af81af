"""What is for machines stays inside, however its address is written."""

from tests.servers.proxies import example


def test_the_documented_haproxy_decodes_an_address_before_it_compares_it() -> None:
    text = example("haproxy")
    rules = [line.strip() for line in text.splitlines() if "/healthz" in line]
    decodes = "normalize-uri percent-decode-unreserved" in text or all("url_dec" in rule for rule in rules)
    assert rules and decodes
