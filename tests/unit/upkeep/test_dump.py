import pytest
from sqlalchemy import make_url

from copydesk.upkeep.dump import without_password

PASSWORD = "p@ss:w/%rd"
QUOTED = "p%40ss%3Aw%2F%25rd"


@pytest.mark.parametrize(
    ("given", "plain"),
    [
        (f"postgresql://keeper:{QUOTED}@db:5433/desk", "postgresql://keeper@db:5433/desk"),
        (f"postgresql+psycopg://keeper:{QUOTED}@db/desk", "postgresql://keeper@db/desk"),
        (
            f"postgresql://keeper@/desk?password={QUOTED}&host=/run/pg",
            "postgresql://keeper@/desk?host=%2Frun%2Fpg",
        ),
    ],
)
def test_the_password_goes_by_the_environment_alone(given: str, plain: str) -> None:
    address, environment = without_password(make_url(given))
    assert address == plain
    assert environment == {"PGPASSWORD": PASSWORD}


def test_without_a_password_libpq_looks_where_it_always_does() -> None:
    address, environment = without_password(make_url("postgresql://keeper@db/desk"))
    assert (address, environment) == ("postgresql://keeper@db/desk", {})
