"""Where a database lies, for operators: a relative address is another file in each folder."""

from pathlib import Path

from sqlalchemy import URL, make_url


def file_of(url: str) -> Path | None:
    """Return where the file of a SQLite database lies; None: it is no file."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        return None
    return Path(parsed.database).absolute()


def is_relative(url: str) -> bool:
    """Say whether the address names another file in each working directory."""
    return file_of(url) is not None and not Path(str(make_url(url).database)).is_absolute()


def address_of(file: Path) -> str:
    """Return the address of a SQLite file, good in every working directory."""
    return URL.create("sqlite", database=str(file.absolute())).render_as_string()


def in_words(url: str) -> str:
    """Say which database this is, without its password."""
    file = file_of(url)
    if file is not None:
        return str(file)
    parsed = make_url(url)
    host = parsed.host or parsed.query.get("host") or "this machine"
    port = f":{parsed.port}" if parsed.port else ""
    return f"{parsed.database} on {host}{port}"
