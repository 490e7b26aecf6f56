from componentize_py_types import Err
from wit_world import WitWorld as Guest
from wit_world.imports import smtp
from wit_world.imports.smtp import Phase


class WitWorld(Guest):
    def welcome(self, server: str, to: str) -> str:
        message = (
            f"From: shop@example.org\nTo: {to}\nSubject: Welcome\n\nGood to have you here.\n"
        )
        try:
            receipt = smtp.send_mail(server, "shop@example.org", [to], message.encode())
        except Err as error:
            # What is raised becomes the `err` of welcome's result.
            raise Err(why(error.value)) from None
        return "\n".join(receipt.accepted[0].reply.lines)


def why(error: smtp.Error) -> str:
    """Why a message was not sent, for people."""
    match error:
        case (
            smtp.Error_InvalidArgument(what)
            | smtp.Error_LookupFailed(what)
            | smtp.Error_ConnectFailed(what)
            | smtp.Error_TlsFailed((_, what))
        ):
            return what
        case smtp.Error_Rejected(rejection):  # 4yz is worth another try, 5yz is not.
            return f"the server refuses at {name(rejection.phase)}: {words(rejection.reply)}"
        case smtp.Error_RecipientsRefused(refused):
            return "; ".join(
                f"the server refuses {one.recipient}: {words(one.reply)}" for one in refused
            )
        case smtp.Error_Timeout(Phase.ACCEPTANCE) | smtp.Error_Disconnected(Phase.ACCEPTANCE):
            # Whoever sends it again may deliver it twice.
            return "the server did not answer to the message, which is perhaps delivered"
        case smtp.Error_Timeout(phase) | smtp.Error_Disconnected(phase):
            return f"the server did not answer at {name(phase)}, and nothing is delivered"
        case other:
            return str(other)


def name(phase: Phase) -> str:
    return phase.name.lower()


def words(reply: smtp.Reply) -> str:
    return f"{reply.code} {' '.join(reply.lines)}"
