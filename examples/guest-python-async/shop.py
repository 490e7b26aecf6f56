import asyncio

from componentize_py_types import Err, Ok, Result
from wit_world import WitWorld as Guest
from wit_world.imports import smtp_async
from wit_world.imports.compose import Address, Composed, Draft
from wit_world.imports.smtp_async import Envelope, Mailer, Timeout

SENDER = "shop@example.org"
# 20 seconds for each message, in nanoseconds, because the caller waits.
TIMEOUT = 20_000_000_000
# What a server allows to one client.
CONNECTIONS = 4


class WitWorld(Guest):
    async def announce(self, server: str, to: list[str]) -> list[Result[str, str]]:
        # A raised string becomes the `err` of announce's result.
        try:
            mailer = Mailer.from_url(server)
        except Err as error:
            raise Err(smtp_async.explain(error.value).sentence) from None
        with mailer:
            mailer.set_timeout(Timeout.TOTAL, TIMEOUT)
            mailer.set_connections(CONNECTIONS)
            sent = await asyncio.gather(*(send(mailer, address) for address in to))
            await mailer.close()
            return sent


async def send(mailer: Mailer, to: str) -> Result[str, str]:
    try:
        mail = compose(to)
    except Err as invalid:
        return Err(f"{invalid.value.field}: {invalid.value.reason}")
    try:
        envelope = Envelope(mail.sender, mail.recipients)
        receipt = await mailer.send(envelope, mail.message, None)
    except Err as error:
        return Err(smtp_async.explain(error.value).sentence)
    # There is one recipient: if it was refused, `send` has failed.
    return Ok(receipt.accepted[0].reply.text)


def compose(to: str) -> Composed:
    with Draft() as draft:
        draft.set_from([Address("The Shop", SENDER)])
        draft.set_to([Address(None, to)])
        draft.set_subject("The café opens on Monday")
        draft.set_text("See you there.\n")
        return draft.compose()
