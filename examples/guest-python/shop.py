from componentize_py_types import Err
from wit_world import WitWorld as Guest
from wit_world.imports import smtp


class WitWorld(Guest):
    def welcome(self, server: str, to: str) -> str:
        message = (
            f"From: shop@example.org\nTo: {to}\nSubject: Welcome\n\nGood to have you here.\n"
        )
        try:
            receipt = smtp.send_mail(server, "shop@example.org", [to], message.encode())
        except Err as error:
            # What is raised becomes the `err` of welcome's result.
            raise Err(smtp.explain(error.value).sentence) from None
        return "\n".join(receipt.accepted[0].reply.lines)
