"""The page that is shown while the database is away."""

from collections.abc import Mapping

from bs4 import BeautifulSoup


def check_outage(status: int, headers: Mapping[str, str], content: bytes) -> BeautifulSoup:
    """Calm, in both languages, and without a word of what went wrong."""
    assert status == 503 and headers["Retry-After"] == "30" and "no-store" in headers["Cache-Control"]
    soup = BeautifulSoup(content, "html.parser")
    assert "Service momentanément indisponible" in soup.text and "Service unavailable for a moment" in soup.text
    assert "Traceback" not in soup.text and "Error" not in soup.text
    return soup
