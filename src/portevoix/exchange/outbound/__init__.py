"""Delivery of replies, renewal of the access tokens for it, and alerts to administrators."""
