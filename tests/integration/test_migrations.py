from sqlalchemy import inspect

from copydesk.store.database import Database
from copydesk.store.migrate import current_revision, differences, downgrade, is_current, upgrade
from copydesk.store.tables import Base


def test_up_down_up_ends_without_a_difference(database_url: str) -> None:
    database = Database(database_url)
    upgrade(database)
    assert is_current(database)
    assert differences(database) == []

    downgrade(database, "base")
    assert current_revision(database) is None
    assert set(inspect(database.engine).get_table_names()) <= {"alembic_version"}

    upgrade(database)
    upgrade(database)
    assert differences(database) == []
    assert set(Base.metadata.tables) <= set(inspect(database.engine).get_table_names())
    database.close()


def test_an_empty_database_is_not_current(database_url: str) -> None:
    database = Database(database_url)
    assert not is_current(database)
    database.close()
