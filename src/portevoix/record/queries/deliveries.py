"""Queries for the delivery of replies."""

from portevoix.record.models import Account, Delivery

__all__ = ["Delivery", "account_of"]


def account_of(delivery: Delivery) -> Account:
    return Account.objects.get(messages=delivery.message_id)
