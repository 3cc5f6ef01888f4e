"""What every ledger does, whatever it is made of."""

from tests.ledger.spec_batches import BatchesSpec
from tests.ledger.spec_delivery import DeliverySpec
from tests.ledger.spec_freezing import FreezingSpec
from tests.ledger.spec_key import KeySpec
from tests.ledger.spec_pace import PaceSpec
from tests.ledger.spec_records import RecordsSpec
from tests.ledger.spec_state import StateSpec


class LedgerSpec(FreezingSpec, DeliverySpec, StateSpec, RecordsSpec, PaceSpec, KeySpec, BatchesSpec):
    """Inherit, provide the fixture `ledger` (empty and writable), name the class Test…."""
