"""An editor who reads the desk while things break."""

from datetime import timedelta

import requests

from copydesk.clock import utc_now
from copydesk.desk.sessions import TOUCH_EVERY, open_session
from tests.factories import make_editor
from tests.faults.process import Service
from tests.faults.scene import Scene

LONGEST_SECONDS = 30.0
COOKIE = "copydesk"
"""Its name where the service is reached without TLS."""


class Editor:
    """Signed in, and away for so long that the next page is to be noted."""

    def __init__(self, scene: Scene) -> None:
        self.refused = 0
        now = utc_now() - TOUCH_EVERY - timedelta(minutes=1)
        with scene.database() as database, database.transaction() as session:
            self._token = open_session(
                session, make_editor(session, now), user_agent="", now=now
            ).token

    def look(self, service: Service) -> None:
        """Open the inbox, and count it when it is refused."""
        answer = requests.get(
            f"http://127.0.0.1:{service.port}/desk/",
            cookies={COOKIE: self._token},
            timeout=LONGEST_SECONDS,
            allow_redirects=False,
        )
        self.refused += answer.status_code != requests.codes.ok
