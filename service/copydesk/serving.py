"""A WSGI server that stops without dropping a request and that slow senders can't fill up.

When more come than it can serve, it serves as many as it can and turns the others away at once.
"""

import contextlib
import logging
import socket
import time
from collections import deque
from collections.abc import Collection
from typing import Any

from waitress.server import create_server

from copydesk import metrics
from copydesk.channel import TURNED_AWAY, Channel
from copydesk.lane import Lane
from copydesk.listener import let_nobody_in

GRACE_SECONDS = 8
"""How long requests in flight may take once the server is told to stop."""
LINGER_SECONDS = 1.0
"""How long a connection without a request is kept then: one may be on its way."""
MOST_CONNECTIONS = 800
"""Well below the 1,024 open files that a process may have by default. Waitress's own limit of 100
is what a hundred slow senders fill."""
LONGEST_WAIT_SECONDS = 1.0
"""When a request has waited for a thread so long, those that come after it are turned away: who has
waited long is gone before the answer comes."""
QUEUE_SECONDS = 0.5
"""So many requests may wait as are served in this time, and in any case ``FEW``."""
FEW = 100
ACCEPT_AT_ONCE = 64
"""The package takes one connection a turn; a turn with hundreds of them open takes milliseconds."""
TURN_AWAY_AT_ONCE = 1024
"""So many are told to come again in one turn, some 20 ms: who is not told waits at the door, and
when that is full the system drops whoever comes next, who tries again after 1, 3 and 7 seconds."""
MOST_AT_THE_DOOR = 4096
"""Connections that the system holds for us; its own limit (``net.core.somaxconn``) may be lower."""
END_SECONDS = 0.5
"""How long the threads, and then the lane, may take to end after that: their requests have had
``GRACE_SECONDS``."""
_TICK_SECONDS = 0.2


class Listening:
    """A bound server: ``run`` serves until ``stop`` is called from a signal or another thread."""

    def __init__(self, server: Any, url: str, together: Collection[str]) -> None:
        self._server = server
        self._together = together
        self._wake_loop = server.pull_trigger
        server.pull_trigger = self._wake
        self._lane = Lane(self._wake_loop)
        self._server.ends = False
        self._server.served = 0
        self._stopping = False
        self._looked_at = time.monotonic()
        self._served_before = 0
        self._most_waiting = FEW
        self._accept_one = server.handle_accept
        server.handle_accept = self._accept
        server.add_task = self._take
        self.url = url

    def run(self) -> None:
        """Serve; after ``stop``, take no new connection and finish what has begun."""
        while not self._stopping:
            self._turn(timeout=1.0)
        # Who has connected already would be cut off by the closing: the system, not we, let him in.
        let_nobody_in(self._server.socket)
        while self._accept():
            pass
        self._server.accepting = False
        self._server.del_channel()
        self._server.socket.close()
        told = time.monotonic()
        while self._must_go_on(time.monotonic() - told):
            self._turn(timeout=_TICK_SECONDS)
        self._server.task_dispatcher.shutdown(timeout=END_SECONDS)
        self._lane.stop(END_SECONDS)
        # Connections that are still open and the pipe that wakes the loop.
        self._server.asyncore.close_all(self._server._map)  # noqa: SLF001

    def stop(self) -> None:
        """Ask ``run`` to end; safe in a signal handler."""
        self._stopping = self._server.ends = True
        # select() resumes after a signal (PEP 475): the trigger is what wakes it. The loop may have
        # turned on its own since the line above, ended, and closed the trigger.
        with contextlib.suppress(OSError):
            self._server.trigger.pull_trigger()

    def _wake(self) -> None:
        """Wake the loop to what a thread has done; the lane does so once for all of a turn."""
        if not self._lane.is_current():
            self._wake_loop()

    def _turn(self, *, timeout: float) -> None:
        server = self._server
        server.asyncore.loop(timeout=timeout, map=server._map, use_poll=True, count=1)  # noqa: SLF001
        self._lane.release()
        now = time.monotonic()
        if now >= self._looked_at + 1.0:
            self._look(now)

    def _look(self, now: float) -> None:
        """Cut what takes too long to arrive, and see how many requests are served a second."""
        since, self._looked_at = self._looked_at, now
        before, self._served_before = self._served_before, self._server.served
        in_time = (self._served_before - before) / (now - since) * QUEUE_SECONDS
        self._most_waiting = max(FEW, int(in_time))
        for channel in self._channels():
            if channel.is_late(now):
                channel.handle_close()

    def _accept(self) -> bool:
        """Let some of those in who wait at the door; say whether there may be more."""
        server = self._server
        let_in = 0
        for _ in range(TURN_AWAY_AT_ONCE):
            if self._lets_nobody_in():
                if not self._turn_away_next():
                    return False
                continue
            if let_in == ACCEPT_AT_ONCE:
                break
            let_in += 1
            before = len(server._map)  # noqa: SLF001
            self._accept_one()
            if not before < len(server._map) < MOST_CONNECTIONS:  # noqa: SLF001
                return False
        return True

    def _turn_away_next(self) -> bool:
        """Answer the next connection 503 without making a channel of it; False: there is none.

        A tenth of the work, so that a crowd does not take the processor from those who wait.
        """
        try:
            link, _ = self._server.socket.accept()
        except OSError:
            return False
        metrics.turned_away.inc()
        with link, contextlib.suppress(OSError):
            link.send(TURNED_AWAY, socket.MSG_DONTWAIT)
            # What is closed unread is reset, and the answer with it.
            link.recv(65536, socket.MSG_DONTWAIT)
        return True

    def _take(self, channel: Channel) -> None:
        """Let a request wait for a thread, or turn it away when others have waited too long."""
        threads = self._server.task_dispatcher
        # One that could not be read has no path.
        is_for_lane = getattr(channel.requests[0], "path", None) in self._together
        # Each by its own queue: a store that hangs shuts nobody out of the desk.
        if self._is_behind(self._lane.queue if is_for_lane else threads.queue):
            metrics.turned_away.inc()
            channel.turn_away()
            return
        channel.waiting_since = time.monotonic()
        if is_for_lane:
            self._lane.add(channel)
        else:
            threads.add_task(channel)

    def _lets_nobody_in(self) -> bool:
        """Say whether those who come now are turned away unread: mostly, a crowd of reports."""
        is_crowded = len(self._lane.queue) >= self._most_waiting
        return is_crowded or self._is_behind(self._server.task_dispatcher.queue)

    def _is_behind(self, queue: deque[Any]) -> bool:
        return len(queue) >= self._most_waiting or _has_waited_long(queue)

    def _must_go_on(self, seconds: float) -> bool:
        """Say whether a connection must still be served so long after the end was told."""
        channels = self._channels()
        if seconds < LINGER_SECONDS:
            return bool(channels)
        return seconds < GRACE_SECONDS and any(channel.is_busy() for channel in channels)

    def _channels(self) -> list[Channel]:
        return list(self._server.active_channels.values())


def _has_waited_long(queue: deque[Any]) -> bool:
    try:
        return time.monotonic() - float(queue[0].waiting_since) > LONGEST_WAIT_SECONDS
    except IndexError:  # nobody waits, or a thread has just taken the only one
        return False


def listen(
    app: Any,
    bind: str,
    *,
    threads: int = 8,
    behind_proxy: bool = False,
    together: Collection[str] = (),
) -> Listening:
    """Bind ``host:port`` (port 0: any free one) and return the server, not yet running.

    ``together``: paths whose requests one thread answers side by side (``lane.py``).
    """
    # It warns of each request that waits for a thread: nothing is wrong with waiting.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    server: Any = create_server(
        app,
        listen=bind,
        threads=threads,
        ident=None,
        # The app reads the proxy's headers itself and only when told how many proxies there are;
        # from anybody else they are thrown away here.
        clear_untrusted_proxy_headers=not behind_proxy,
        max_request_body_size=1024 * 1024,
        connection_limit=MOST_CONNECTIONS,
        channel_timeout=30,
        backlog=MOST_AT_THE_DOOR,
    )
    server.channel_class = Channel
    url = f"http://{server.effective_host}:{server.effective_port}"
    return Listening(server, url, together)
