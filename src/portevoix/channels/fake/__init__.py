"""A channel that leads nowhere, for the demonstration, and for tests of every failure of a network."""

from portevoix.channels.fake.connector import FakeConnector, FakeSettings
from portevoix.channels.fake.network import FakeNetwork, Fault, forget, network

__all__ = ["FakeConnector", "FakeNetwork", "FakeSettings", "Fault", "forget", "network"]
