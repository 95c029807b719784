"""The service is asked to end while readers report, as at each upgrade."""

from tests.faults.figures import Figure, losses, seconds, told
from tests.faults.process import running
from tests.faults.readers import Book, Readers
from tests.faults.scene import Scene

RATE = 50.0
LONGEST_EXIT_SECONDS = 10.0


def under_load(scene: Scene, *, times: int) -> list[Figure]:
    """Stop it so many times; whoever was let in is answered.

    Who comes when nobody listens any more is refused by the system, and comes again.
    """
    whole, longest = Book(), 0.0
    for _ in range(times):
        with (
            running(scene) as service,
            Readers(scene, service.port, rate=RATE, again=False) as readers,
        ):
            readers.wait_for(10)
            longest = max(longest, service.stop())
        whole.add(readers.book)
    with running(scene):  # what is owed is sent by the next one
        figures = losses(scene, whole)
    return [
        *(figure for figure in figures if figure.name != "given up"),
        told("stops", times),
        Figure("requests cut", whole.cut),
        Figure("put off", whole.statuses[503]),
        seconds("longest exit, s", longest, LONGEST_EXIT_SECONDS),
    ]
