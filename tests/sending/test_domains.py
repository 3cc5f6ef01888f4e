from datetime import UTC, datetime, timedelta

from mailer.sending.brake import CALM, EASE
from mailer.sending.domains import KEPT, TOLD, Domains, domain_of
from mailer.sending.pace import Rate

NOON = datetime(2024, 5, 1, 12, 0, tzinfo=UTC)


def sent(domains: Domains, domain: str, now: float, times: int = 1) -> None:
    for _ in range(times):
        domains.begin(domain, now)
        domains.end(domain, now)


def test_reads_the_domain_of_an_address() -> None:
    assert domain_of("someone@mail.example.org") == "mail.example.org"


def test_a_domain_without_a_rate_never_waits() -> None:
    domains = Domains({"slow.test": (Rate(1, 1.0),)})
    sent(domains, "fast.test", 0.0, 1000)
    assert domains.delay("fast.test", 0.0) == 0.0


def test_a_named_domain_keeps_its_own_rates() -> None:
    domains = Domains({"slow.test": (Rate(2, 1.0), Rate(3, 60.0))})
    sent(domains, "slow.test", 0.0, 2)
    assert domains.delay("slow.test", 0.0) == 1.0
    sent(domains, "slow.test", 1.0)
    assert domains.delay("slow.test", 2.0) == 58.0
    assert domains.longest == 60.0


def test_each_domain_that_is_not_named_has_the_star_rate_to_itself() -> None:
    domains = Domains({"*": (Rate(1, 1.0),), "fast.test": (Rate(100, 1.0),)})
    for domain in ("a.test", "b.test", "fast.test"):
        sent(domains, domain, 0.0)
    assert [domains.delay(one, 0.5) for one in ("a.test", "b.test", "fast.test", "c.test")] == [
        0.5,
        0.5,
        0,
        0,
    ]


def test_domains_that_wait_no_longer_are_forgotten() -> None:
    domains = Domains({"*": (Rate(1, 1.0),)})
    for number in range(20 * KEPT):
        sent(domains, f"d{number}.test", number / 100)
    assert len(domains._limiters) <= 2 * KEPT


def test_a_message_that_is_dropped_frees_its_place() -> None:
    domains = Domains({"a.test": (Rate(1, 60.0),)})
    domains.begin("a.test", 0.0)
    assert domains.delay("a.test", 0.0) > 0
    domains.drop("a.test", 0.0)
    assert domains.delay("a.test", 0.0) == 0.0


def test_a_domain_that_asks_for_it_gets_half_of_what_it_got() -> None:
    domains = Domains()
    for tick in range(100):
        sent(domains, "a.test", tick / 10, 4)
        sent(domains, "b.test", tick / 10, 1)
    domains.slow("a.test", "421 4.7.0 too fast", 10.0, NOON)
    (told,) = domains.slow_downs
    assert (told.domain, told.since, told.reason) == ("a.test", NOON, "421 4.7.0 too fast")
    assert told.rate == Rate(20, 1.0)
    sent(domains, "a.test", 10.0, 20)
    assert domains.delay("a.test", 10.0) > 0
    assert domains.delay("b.test", 10.0) == 0


def test_a_slow_down_recovers_and_the_report_keeps_its_worst() -> None:
    domains = Domains()
    sent(domains, "a.test", 0.0, 8)
    domains.slow("a.test", "first", 1.0, NOON)
    domains.slow("a.test", "second", 1.0 + CALM, NOON + timedelta(seconds=CALM))
    (told,) = domains.slow_downs
    assert (told.rate, told.since, told.reason) == (Rate(2, 1.0), NOON, "second")
    domains.recover(1.0 + CALM + EASE)
    assert domains.slow_downs[0].rate == Rate(3, 1.0)
    domains.recover(1.0 + CALM + 10 * EASE)
    assert domains.slow_downs == ()
    assert domains.delay("a.test", 1000.0) == 0.0
    assert domains.slowed == (told,)


def test_what_left_before_a_slow_down_may_arrive_after_it() -> None:
    domains = Domains()
    for _ in range(3):
        domains.begin("a.test", 0.0)
    domains.end("a.test", 1.0)
    domains.slow("a.test", "421", 1.0, NOON)
    assert domains.slow_downs[0].rate == Rate(2, 1.0)
    assert domains.delay("a.test", 1.0) > 0
    domains.end("a.test", 50.0)
    assert domains.delay("a.test", 50.5) == 0.5
    assert domains.delay("a.test", 51.0) == 0.0


def test_a_report_does_not_grow_with_the_domains() -> None:
    domains = Domains()
    for number in range(2 * TOLD):
        sent(domains, f"d{number}.test", 0.0)
        domains.slow(f"d{number}.test", "421", 0.0, NOON)
    assert len(domains.slowed) == TOLD
