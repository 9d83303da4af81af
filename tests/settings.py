"""The settings under test: the real ones, on a home folder of their own."""

import atexit
import os
import shutil
import tempfile

_home = tempfile.mkdtemp(prefix="portevoix-test-")
atexit.register(shutil.rmtree, _home, ignore_errors=True)
os.environ["PORTEVOIX_HOME"] = _home
os.environ["PORTEVOIX_EMBEDDINGS"] = "no"  # encoders may be installed: what they do is tested where it is asked for

_umask = os.umask(0o022)
from portevoix.config.settings import *  # noqa: E402, F403

os.umask(_umask)  # what tests make for other users, such as a machine of their own, is theirs to read

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # the real ones are slow on purpose
ALLOWED_HOSTS = ["*"]
METRICS_TOKEN = "shown-by-prometheus"
