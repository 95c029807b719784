"""The same report many times: at once, after an answer that was lost, with another body."""

import contextlib
import json
import socket
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.faults.figures import Figure, told
from tests.faults.process import running
from tests.faults.readers import post, token_of
from tests.faults.scene import Scene

AT_ONCE = 32


def of_each_kind(scene: Scene, *, rounds: int) -> list[Figure]:
    """Send each of ``rounds`` reports in all those ways."""
    wrong: Counter[str] = Counter()
    with running(scene) as service, ThreadPoolExecutor(AT_ONCE) as pool:
        for _ in range(rounds):
            body = scene.report()
            for _ in range(4):
                _hang_up(service.port, scene, body)
            answers = list(pool.map(lambda _: post(scene, service.port, body), range(AT_ONCE)))  # noqa: B023
            wrong["other answers to a repeat"] += len({token_of(one[1]) for one in answers}) - 1
            wrong["repeats refused"] += sum(one[0] not in {200, 201} for one in answers)
            wrong["stored as new again"] += max(0, sum(one[0] == 201 for one in answers) - 1)
            reused = post(scene, service.port, body | {"comment": "something else"})
            wrong["reused ids taken"] += reused[0] != 409
            mended = scene.report()
            refused = post(scene, service.port, mended | {"quote": {}})
            taken = post(scene, service.port, mended)
            wrong["ids burnt by a refusal"] += (refused[0], taken[0]) != (422, 201)
        left = scene.wait_until_idle()
    return [
        told("reports", 2 * rounds),
        Figure("rows too many or too few", abs(scene.rows() - 2 * rounds)),
        Figure("reports without a mail", scene.without_mail()),
        Figure("mails too many or too few", abs(scene.mails.copies.total() - 2 * rounds)),
        Figure("steps left over", left),
        *(Figure(name, number) for name, number in wrong.items()),
    ]


def _hang_up(port: int, scene: Scene, body: dict[str, Any]) -> None:
    """Send the whole report and go without waiting for the answer."""
    text = json.dumps(body).encode()
    head = (
        f"POST /api/v1/reports HTTP/1.1\r\nHost: here\r\nOrigin: {scene.press_url}\r\n"
        f"Content-Type: text/plain\r\nContent-Length: {len(text)}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", port)) as link, contextlib.suppress(OSError):
        link.sendall(head.encode() + text)
