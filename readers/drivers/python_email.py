"""Reads the messages of a folder with Python's email: python_email.py POLICY FOLDER"""

import sys
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.utils import getaddresses

from reading import attachment, print_readings


def read_by_default_policy(octets):
    message = message_from_bytes(octets, policy=policy.default)
    plain = message.get_body(("plain",))
    html = message.get_body(("html",))

    def addresses(field):
        header = message[field]
        found = header.addresses if header is not None else ()
        return [[address.display_name, printable(address.addr_spec)] for address in found]

    return {
        "subject": message["subject"],
        "from": addresses("from"),
        "to": addresses("to"),
        "cc": addresses("cc"),
        "text": plain and plain.get_content(),
        "html": html and html.get_content(),
        "attachments": attachments(message, (plain, html)),
    }


def read_by_compat32(octets):
    """compat32 leaves it to its caller to unfold fields, and to decode words and character sets."""
    message = message_from_bytes(octets, policy=policy.compat32)

    def decoded(text):
        return text and str(make_header(decode_header(unfolded(text))))

    def addresses(field):
        found = getaddresses(message.get_all(field, []))
        return [[decoded(name), mailbox] for name, mailbox in found]

    def body(kind):
        for part in leaves(message):
            if part.get_content_type() == kind and not is_attachment(part):
                return part
        return None

    def text(part):
        return part and part.get_payload(decode=True).decode(part.get_content_charset("ascii"))

    plain, html = body("text/plain"), body("text/html")
    return {
        "subject": decoded(message["subject"]),
        "from": addresses("from"),
        "to": addresses("to"),
        "cc": addresses("cc"),
        "text": text(plain),
        "html": text(html),
        "attachments": attachments(message, (plain, html)),
    }


def unfolded(text):
    return str(text).replace("\r\n", "")


def printable(text):
    """Octets that are not ASCII, which Python keeps as lone surrogates, cannot be printed."""
    return text.encode(errors="surrogateescape").decode("ascii", errors="replace")


def attachments(message, bodies):
    return [
        attachment(part.get_filename(), part.get_content_type(), content(part), part["content-id"])
        for part in leaves(message)
        if part not in bodies
    ]


def leaves(part):
    if part.get_content_maintype() != "multipart":
        yield part
        return
    for inner in part.get_payload():
        yield from leaves(inner)


def is_attachment(part):
    return part.get_content_disposition() == "attachment"


def content(part):
    if part.get_content_type() != "message/rfc822":
        return part.get_payload(decode=True)
    message = part.get_payload(0)
    # Long lines of the header as they stand.
    unchanged = policy.SMTP.clone(refold_source="none", max_line_length=0)
    return message.as_bytes(policy=unchanged)


readers = {"default": read_by_default_policy, "compat32": read_by_compat32}
print_readings(readers[sys.argv[1]], sys.argv[2])
