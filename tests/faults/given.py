"""What the doors have in common: the city's hosts and accounts."""

HOSTS = ("Claire", "Mehdi")
PASSWORD = "gabare-tuile-heron"
SECRET = "a secret of the tests, long enough"
ACCOUNT = ("x", "@testville")
SITE = "testville.example"
