"""The power goes at any moment: what was acknowledged is on the disk, and the file is whole."""

import random
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

from sqlalchemy import make_url

from tests.faults.figures import Figure, told
from tests.faults.process import COPYDESK, running
from tests.faults.readers import Readers
from tests.faults.scene import Scene
from tests.faults.traced_disk import STRACE, TracedDisk

CARELESS = ("-m", "tests.faults.careless")
RATE = 50.0
_UNOWED = """
    SELECT count(*) FROM report WHERE NOT EXISTS (
        SELECT 1 FROM outbox_job
        WHERE unique_key = 'read:' || report.erratum_id || ':' || report.id)
"""


def replayed(
    scene: Scene, folder: Path, *, reports: int, cuts: int, seed: int, careless: bool = False
) -> list[Figure]:
    """Record a run over a SQLite file and cut the power at ``cuts`` moments of it, in both models.

    ``careless``: the run is one with ``synchronous=NORMAL``.
    """
    database = Path(make_url(scene.database_url).database or "")
    log = database.with_name(f"{database.name}-wal")
    record = folder / "record"
    disk = TracedDisk(database, log)
    program = CARELESS if careless else COPYDESK
    before = [*STRACE, "-o", str(record)]
    with (
        running(scene, "--no-worker", program=program, before=before) as service,
        Readers(scene, service.port, rate=RATE) as readers,
    ):
        readers.wait_for(reports)
    chance = random.Random(seed)
    with record.open(encoding="ascii") as text:
        lines = sum(1 for _ in text)
    moments = sorted(chance.sample(range(lines), min(cuts, lines)))
    found = Counter({"acknowledged": len(readers.book.acknowledged)})
    with closing(disk.play(record)) as played:
        for moment in moments:
            next(number for number in played if number == moment)
            for model in (None, chance):
                found += _after_cut(disk, folder / "cut.db", (database, log), model)
    return [
        told("acknowledged", found["acknowledged"]),
        told("cuts", 2 * len(moments)),
        told("acknowledged at the last cut", len(disk.acknowledged)),
        Figure("lost", found["lost"]),
        Figure("cuts that lost any", found["cuts with losses"]),
        Figure("damaged files", found["damaged"]),
        Figure("reports without their step", found["unowed"]),
    ]


def _after_cut(
    disk: TracedDisk, path: Path, files: tuple[Path, Path], chance: random.Random | None
) -> Counter[str]:
    """Open what the cut has left as the next start would, and look for what was acknowledged."""
    log = path.with_name(f"{path.name}-wal")
    path.with_name(f"{path.name}-shm").unlink(missing_ok=True)
    for file, target in zip(files, (path, log), strict=True):
        target.write_bytes(disk.files[str(file)].after_cut(chance))
    with closing(sqlite3.connect(path)) as connection:
        try:
            if connection.execute("PRAGMA integrity_check").fetchone() != ("ok",):
                return Counter({"damaged": 1})
            stored = {row[0] for row in connection.execute("SELECT token FROM report")}
            unowed = connection.execute(_UNOWED).fetchone()[0]
        except sqlite3.DatabaseError:
            return Counter({"damaged": 1})
    lost = len(disk.acknowledged - stored)
    return Counter({"lost": lost, "cuts with losses": int(lost > 0), "unowed": unowed})
