"""``copydesk.wsgi:app``: the web for a WSGI server such as gunicorn, by the usual settings.

Imported once in each web process (never before a fork: database connections and locks must not be
shared). The work is done elsewhere, by ``copydesk worker``. Raises ``UsageError`` or
``SettingsInvalid`` when it can't serve: gunicorn then logs the reason and ends.
"""

from flask import Flask

from copydesk.app import create_app
from copydesk.errors import UsageError
from copydesk.logs import configure_logs
from copydesk.memory import settle_memory
from copydesk.services import build_services
from copydesk.settings import load_settings
from copydesk.store.migrate import is_current, refuse_newer


def build() -> Flask:
    """Return the application over the settings of this process's environment."""
    settings = load_settings()
    configure_logs(settings.log)
    services = build_services(settings)
    services.database.serve_alone()
    with services.database.reading() as session:
        refuse_newer(session)
    if not is_current(services.database):
        raise UsageError("the database is not up to date: run `copydesk migrate`")
    made = create_app(services)
    settle_memory()
    return made


app = build()
