from componentize_py_types import Err
from wit_world import WitWorld as Guest
from wit_world.imports import smtp

# 20 seconds, in nanoseconds, because the caller waits.
TIMEOUT = 20_000_000_000


class WitWorld(Guest):
    def welcome(self, server: str, to: str) -> str:
        message = (
            f"From: shop@example.org\nTo: {to}\nSubject: Welcome\n\nGood to have you here.\n"
        )
        try:
            receipt = smtp.send_mail(
                server, "shop@example.org", [to], message.encode(), TIMEOUT
            )
        except Err as error:
            # The raised string becomes the `err` of welcome's result.
            raise Err(smtp.explain(error.value).sentence) from None
        # If there are several recipients, some may be refused while others get the message.
        if receipt.refused:
            refused = receipt.refused[0]
            raise Err(f"{refused.recipient}: {refused.reply.text}")
        return receipt.accepted[0].reply.text
