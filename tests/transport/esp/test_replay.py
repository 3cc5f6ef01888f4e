"""How often a request is made, and for how long that is safe."""

from tests.sending.scripted import FakeTime

from mailer.transport.esp import replay
from mailer.transport.esp.exchange import Answer, Reply, Request, Silence
from mailer.transport.esp.providers import BREVO, POSTMARK, RESEND
from mailer.transport.esp.replay import Clock, ask_until_clear

REQUEST = Request("POST", "https://api.example.com/", {}, b"x")
SILENCE = Silence("no answer in time", begun=True, timeout=True)


def asked(provider: object, *answers: Answer, each: float = 0.0) -> tuple[int, Answer]:
    time, left = FakeTime(), list(answers)

    def ask(_request: Request) -> Answer:
        time.seconds += each
        return left.pop(0)

    answered = ask_until_clear(ask, REQUEST, provider, Clock(lambda: time.seconds, time.sleep))  # type: ignore[arg-type]
    return len(answers) - len(left), answered.answer


def test_a_clear_answer_is_asked_for_once() -> None:
    for answer in (Reply(200), Reply(422), Reply(401), Reply(429), Silence("cannot be reached", begun=False)):
        assert asked(RESEND, answer, Reply(200)) == (1, answer)


def test_without_a_key_nothing_is_asked_twice() -> None:
    assert asked(POSTMARK, SILENCE, Reply(200)) == (1, SILENCE)


def test_with_a_key_an_unclear_answer_is_asked_for_again_a_few_times() -> None:
    assert asked(RESEND, SILENCE, Reply(500), Reply(200)) == (3, Reply(200))
    assert asked(RESEND, SILENCE, SILENCE, SILENCE, Reply(200)) == (3, SILENCE)


def test_a_request_that_is_still_worked_on_is_asked_for_again() -> None:
    assert asked(RESEND, SILENCE, Reply(409), Reply(200)) == (3, Reply(200))
    assert asked(RESEND, Reply(409), Reply(200)) == (1, Reply(409))


def test_nothing_is_repeated_once_the_key_may_be_forgotten() -> None:
    assert BREVO.idempotency
    lasting = BREVO.idempotency.seconds
    assert asked(BREVO, SILENCE, SILENCE, Reply(200), each=lasting / 2) == (2, SILENCE)
    assert asked(BREVO, SILENCE, Reply(200), each=lasting) == (1, SILENCE)


def test_replays_wait_longer_each_time() -> None:
    assert sorted(replay.WAITS) == list(replay.WAITS)
