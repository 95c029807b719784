"""How mail leaves: over SMTP, or onto a developer's terminal."""

from copydesk.mail_server import SmtpServer
from copydesk.notify.links import mail_host
from copydesk.notify.transports.base import DeliveryFailed, Transport
from copydesk.notify.transports.console import ConsoleTransport
from copydesk.notify.transports.counted import CountedTransport
from copydesk.notify.transports.smtp import SmtpTransport
from copydesk.settings import Settings

__all__ = ["DeliveryFailed", "Transport", "check", "transport_for"]


def transport_for(settings: Settings) -> Transport:
    """Return the transport that ``mail.url`` names; raises ValueError on an unusable address."""
    url = settings.mail.url.get_secret_value()
    if url.startswith("console:"):
        return CountedTransport(ConsoleTransport())
    return CountedTransport(
        SmtpTransport(
            SmtpServer.parse(url),
            deadline=settings.mail.deadline_seconds,
            local_hostname=mail_host(settings.server.base_url),
        )
    )


def check(transport: Transport) -> str:
    """Say in words whether mail could leave now, without sending any; raises DeliveryFailed."""
    return transport.check()
