"""What is between us and everybody else: mail, addresses, proxies."""

import ipaddress
from urllib.parse import urlsplit

from copydesk.cli.doctor.finding import Finding, Named, Patient
from copydesk.notify.transports import DeliveryFailed, check, transport_for


def mail(patient: Patient) -> Finding:
    """Speak with the mail server up to the point where a mail would follow."""
    settings = patient.settings
    if settings.mail.url.get_secret_value().startswith("console:"):
        return Finding("warning", "mail.url is console: mails are printed, not sent")
    try:
        words = check(transport_for(settings))
    except DeliveryFailed as error:
        return Finding("failure", f"the server does not take mail: {error.reason}")
    return Finding("ok", words)


def sender(patient: Patient) -> Finding:
    """Look at the address that mails come from."""
    if "@localhost" in patient.settings.mail.sender:
        return Finding("warning", "mail.sender is @localhost: use an address that SPF covers")
    return Finding("ok", patient.settings.mail.sender)


def base_url(patient: Patient) -> Finding:
    """Look at the address that links are made of."""
    parts = urlsplit(patient.settings.server.base_url)
    if parts.scheme == "https":
        return Finding("ok", patient.settings.server.base_url)
    if is_loopback(parts.hostname or ""):
        return Finding("warning", "is this machine only: fine for a trial")
    return Finding("failure", "is not https: sign-ins would cross the network bare")


def proxies(patient: Patient) -> Finding:
    """Compare the proxies that are trusted with the way readers come in."""
    server = patient.settings.server
    host = server.bind.rpartition(":")[0].strip("[]")
    if server.secure and not server.trusted_proxies:
        return Finding(
            "failure",
            "base_url is https, so a proxy is in front, and server.trusted_proxies is 0: "
            "all readers look like one, and share the limits of one",
        )
    if server.trusted_proxies and not is_loopback(host):
        return Finding(
            "warning",
            f"whoever reaches {server.bind} past the proxy can forge a reader's address",
        )
    return Finding("ok", f"{server.trusted_proxies} in front")


def is_loopback(host: str) -> bool:
    """Say whether only this machine can reach ``host``."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


EXAMINATIONS: Named = (
    ("mail", mail),
    ("sender", sender),
    ("base URL", base_url),
    ("proxies", proxies),
)
