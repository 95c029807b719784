"""A transport that counts what becomes of the mails."""

from copydesk import metrics
from copydesk.notify.transports.base import DeliveryFailed, Transport


class CountedTransport:
    """Hands everything to another transport and counts by result."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def send(self, sender: str, recipient: str, data: bytes) -> None:
        """Send as the other one does; raises ``DeliveryFailed``."""
        try:
            self._transport.send(sender, recipient, data)
        except DeliveryFailed as failed:
            metrics.mails.labels(_result(failed)).inc()
            raise
        metrics.mails.labels("sent").inc()

    def check(self) -> str:
        """Check as the other one does; raises ``DeliveryFailed``."""
        return self._transport.check()


def _result(failed: DeliveryFailed) -> str:
    if failed.permanent:
        return "refused"
    return "deferred" if failed.answered else "unanswered"
