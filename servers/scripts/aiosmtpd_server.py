"""aiosmtpd on loopback, with its mailbox in inbox/new of the current folder.

Writes the file `ready` once both ports are open, and ends with its standard input.
"""
import asyncio, hmac, itertools, os, pathlib, secrets, ssl, sys
from aiosmtpd.smtp import SMTP, AuthResult

USER, PASSWORD = os.environ["SMTP_USER"], os.environ["SMTP_PASSWORD"]
inbox = pathlib.Path("inbox")
numbers = itertools.count(1)
tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
tls.load_cert_chain("certificate.pem", "key.pem")


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address == "rejected@example.test":
            return "550 5.1.1 No such user"
        if address == "later@example.test":
            return "450 4.2.1 Try again later"
        if not address.endswith("@example.test"):
            return "550 5.7.1 Relaying denied"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server, session, envelope):
        name = f"{next(numbers):06}.eml"
        (inbox / "tmp" / name).write_bytes(envelope.original_content)
        os.rename(inbox / "tmp" / name, inbox / "new" / name)
        return "250 2.0.0 OK"

    async def auth_CRAM__MD5(self, server, args):
        challenge = f"<{secrets.token_hex(8)}@mail.test>"
        answer = await server.challenge_auth(challenge)
        right = f"{USER} {hmac.new(PASSWORD.encode(), challenge.encode(), 'md5').hexdigest()}"
        return AuthResult(success=answer == right.encode(), handled=False, auth_data=USER)


class Server(SMTP):
    # The default is 1001, as in RFC 5321; these tests are not about the limit.
    line_length_limit = 1 << 20


def authenticate(server, session, envelope, mechanism, data):
    right = data.login == USER.encode() and data.password == PASSWORD.encode()
    return AuthResult(success=right, handled=False, auth_data=USER)


def protocol(loop, starttls):
    return lambda: Server(Handler(), loop=loop, hostname="mail.test", ident="aiosmtpd", tls_context=starttls,
                          data_size_limit=int(os.environ["SIZE"]), enable_SMTPUTF8=True,
                          authenticator=authenticate, auth_require_tls=False)


async def main():
    loop = asyncio.get_running_loop()
    await loop.create_server(protocol(loop, tls), "127.0.0.1", int(os.environ["PORT"]))
    await loop.create_server(protocol(loop, None), "127.0.0.1", int(os.environ["TLS_PORT"]), ssl=tls)
    pathlib.Path("ready").touch()
    await loop.run_in_executor(None, sys.stdin.buffer.read)


for folder in "tmp", "new":
    (inbox / folder).mkdir(parents=True)
asyncio.run(main())
