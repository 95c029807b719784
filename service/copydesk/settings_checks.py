"""Addresses in the settings that would otherwise fail one mail after another, or every start.

The messages are fixed words: an address may hold a password, and a library's own error quotes it.
"""

from email.utils import getaddresses

from pydantic import SecretStr
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from copydesk.address import in_ascii
from copydesk.mail_server import SmtpServer

SENDER = (
    "must be one address such as Copydesk <copydesk@news.example>; a name with a comma "
    'stands in double quotes: "Gazette, Errata" <errata@news.example>'
)
DATABASE = (
    "must be sqlite:///file or postgresql://user:password@host/name; in user and password write "
    "% # / ? @ : as %25 %23 %2F %3F %40 %3A"
)


def check_mail_url(value: SecretStr) -> SecretStr:
    """Return the address of a mail server, or of the terminal; raises ``ValueError``."""
    url = value.get_secret_value()
    if not url.startswith("console:"):
        SmtpServer.parse(url)
    return value


def check_sender(value: str) -> str:
    """Return what the From line is made of; raises ``ValueError`` when no mail could leave so."""
    addresses = [address for _name, address in getaddresses([value])]
    try:
        (address,) = addresses
        in_ascii(address)
    except ValueError:
        raise ValueError(SENDER) from None
    # The library makes one address of several words, too.
    if not value.strip().endswith((f"<{address}>", address)):
        raise ValueError(SENDER)
    return value


def check_database_url(value: SecretStr) -> SecretStr:
    """Return the address of a database of a kind that we use; raises ``ValueError``."""
    try:
        backend = make_url(value.get_secret_value()).get_backend_name()
    except (ArgumentError, ValueError):
        raise ValueError(DATABASE) from None
    if backend not in {"sqlite", "postgresql"}:
        raise ValueError(DATABASE)
    return value
