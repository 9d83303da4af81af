"""A conversation says by which rule it came to its department."""

from portevoix.exchange.inbound import poller
from portevoix.record import operations
from portevoix.record.models import Conversation
from portevoix.record.operations import rules
from portevoix.text.routing.routing_rule import Rule
from tests.conftest import NOW, conversation_of, incoming


def routed(name: str = "Bassins") -> tuple[int, int]:
    """The number of a rule, and that of a conversation that it gave to Voirie."""
    row = rules.save(rule=Rule("voirie", words=("piscine*",), name=name), by=None, now=NOW)
    message = incoming("r1", "Les piscines ?")
    for _ in poller.take_messages([message], now=NOW):
        pass
    return row.pk, conversation_of(message)


def test_a_host_reads_by_which_rule_and_an_administrator_follows_it(client, host, administrator):
    rule, pk = routed()
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    client.force_login(host)
    page = client.get(f"/inbox/{pk}/").text
    assert "By the rule “Bassins”" in page and f"/settings/rules/{rule}/" not in page
    assert "by the rule “Bassins”, for the words: piscine*." in page, "its history"
    assert "What its words suggest" in page
    client.force_login(administrator)
    assert f'By the rule “<a href="/settings/rules/{rule}/">Bassins</a>”' in client.get(f"/inbox/{pk}/").text


def test_it_says_so_as_it_was_when_the_rule_has_changed_or_is_gone(client, administrator):
    rule, pk = routed(name="")
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    client.force_login(administrator)
    rules.save(rule=Rule("sports", words=("gymnase",), id=rule), by=administrator, now=NOW)
    told = "By the rule “<a href="
    assert told in client.get(f"/inbox/{pk}/").text and "it says ‘piscine*’" in client.get(f"/inbox/{pk}/").text
    rules.delete(rule=rule, by=administrator)
    page = client.get(f"/inbox/{pk}/").text
    assert "By the rule “it says ‘piscine*’”" in page and f"/settings/rules/{rule}/" not in page


def test_who_is_erased_takes_the_rule_along(client, administrator):
    _, pk = routed()
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    client.force_login(administrator)
    operations.erase(author=Conversation.objects.get(pk=pk).author_id, by=administrator, now=NOW)
    page = client.get(f"/inbox/{pk}/").text
    assert "Bassins" not in page and "piscine" not in page and "Sorted under Voirie on arrival." in page


def test_once_a_host_has_moved_it_only_its_history_says_so(client, host):
    _, pk = routed()
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    client.force_login(host)
    operations.route(conversation=pk, department="sports", by=host, now=NOW)
    page = client.get(f"/inbox/{pk}/").text
    assert "By the rule" not in page and "by the rule “Bassins”" in page
    assert Conversation.objects.get(pk=pk).department.slug == "sports"
