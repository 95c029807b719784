"""A process is told to end once, whatever comes while it is ending."""

import signal
import threading

import pytest

from copydesk.stop_signals import STOP_SIGNALS, on_stop_signals, stop_told


@pytest.mark.parametrize("second", STOP_SIGNALS)
def test_a_signal_that_comes_while_one_is_handled_is_not(second: signal.Signals) -> None:
    calls = []
    lock = threading.Lock()  # entered twice, it waits for ever

    def stop() -> None:
        assert lock.acquire(timeout=1)
        calls.append(second)
        signal.raise_signal(second)
        lock.release()

    with on_stop_signals(stop):
        signal.raise_signal(signal.SIGTERM)
    assert calls == [second]


def test_a_signal_that_comes_before_the_wait_is_not_missed() -> None:
    with stop_told() as wait:
        signal.raise_signal(signal.SIGINT)
        wait()


def test_handlers_are_put_back() -> None:
    before = [signal.getsignal(number) for number in STOP_SIGNALS]
    with stop_told():
        assert [signal.getsignal(number) for number in STOP_SIGNALS] != before
    assert [signal.getsignal(number) for number in STOP_SIGNALS] == before
