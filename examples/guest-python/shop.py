from componentize_py_types import Err
from wit_world import WitWorld as Guest
from wit_world.imports import smtp
from wit_world.imports.compose import Address, Attachment, Composed, Draft

SENDER = "shop@example.org"
# 20 seconds, in nanoseconds, because the caller waits.
TIMEOUT = 20_000_000_000


class WitWorld(Guest):
    def welcome(self, server: str, to: str) -> str:
        # A raised string becomes the `err` of welcome's result.
        try:
            mail = compose(to)
        except Err as invalid:
            raise Err(f"{invalid.value.field}: {invalid.value.reason}") from None
        try:
            receipt = smtp.send_mail(
                server, SENDER, mail.recipients, mail.message, TIMEOUT
            )
        except Err as error:
            raise Err(smtp.explain(error.value).sentence) from None
        # If there are several recipients, some may be refused while others get the message.
        if receipt.refused:
            refused = receipt.refused[0]
            raise Err(f"{refused.recipient}: {refused.reply.text}")
        return receipt.accepted[0].reply.text


def compose(to: str) -> Composed:
    with Draft() as draft:
        draft.set_from([Address("The Shop", SENDER)])
        draft.set_to([Address(None, to)])
        draft.set_subject("Welcome to our café")
        draft.set_text("Good to have you here.\n")
        draft.set_html("<p>Good to have you <b>here</b>.</p>\n")
        draft.attach(Attachment("voucher.txt", "text/plain", b"CAFE10\n", None))
        return draft.compose()
