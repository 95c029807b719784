"""Who the reader is, when proxies of ours stand between him and us."""

from collections.abc import Iterable
from typing import Any

import structlog
from werkzeug.middleware.proxy_fix import ProxyFix

log = structlog.get_logger(__name__)


class TrustedProxies:
    """Takes the reader's address from ``X-Forwarded-For``, ``hops`` entries from its end.

    Where a proxy overwrites what the one before it has written, fewer come: then the address is
    that proxy's own, for all readers, who share one limit. The log says so, once.
    """

    def __init__(self, app: Any, hops: int) -> None:
        # Host and prefix are never taken from a proxy: every link uses the configured base URL.
        self._app = ProxyFix(app, x_for=hops, x_proto=hops, x_host=0, x_port=0, x_prefix=0)
        self._hops = hops
        self._has_told = False

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer a request, as WSGI has it."""
        named = environ.get("HTTP_X_FORWARDED_FOR")
        # None at all is this machine's own monitoring.
        if named and not self._has_told and (found := named.count(",") + 1) < self._hops:
            self._has_told = True
            log.warning(
                "proxies.fewer_than_trusted",
                found=found,
                trusted=self._hops,
                meaning="all readers look like one; see config/nginx.conf",
            )
        return self._app(environ, start_response)
