"""The site's own address, for what is read elsewhere: letters, files."""

from django.conf import settings


def absolute_address(path: str) -> str:
    """Return the whole address of a path of the site, such as `reverse` returns."""
    return f"{settings.SITE_ADDRESS}{path}"
