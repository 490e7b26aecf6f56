"""Reads the messages of a folder with GMime: gmime.py FOLDER"""

import sys

import gi

gi.require_version("GMime", "3.0")
from gi.repository import GMime  # noqa: E402

from reading import attachment, print_readings  # noqa: E402


def read(octets):
    parser = GMime.Parser.new_with_stream(GMime.StreamMem.new_with_buffer(octets))
    message = parser.construct_message(None)
    parts = list(leaves(message.get_mime_part()))
    plain, html = body(parts, "text/plain"), body(parts, "text/html")

    def addresses(kind):
        return list(mailboxes(message.get_addresses(kind)))

    return {
        "subject": message.get_subject(),
        "from": addresses(GMime.AddressType.FROM),
        "to": addresses(GMime.AddressType.TO),
        "cc": addresses(GMime.AddressType.CC),
        "text": plain and plain.get_text(),
        "html": html and html.get_text(),
        "attachments": [
            attachment(name(part), kind(part), content(part), part.get_content_id())
            for part in parts
            if part not in (plain, html)
        ],
    }


def leaves(part):
    if not isinstance(part, GMime.Multipart):
        yield part
        return
    for index in range(part.get_count()):
        yield from leaves(part.get_part(index))


def body(parts, wanted):
    for part in parts:
        if kind(part) == wanted and not part.is_attachment():
            return part
    return None


def mailboxes(addresses):
    for index in range(addresses.length()):
        address = addresses.get_address(index)
        if isinstance(address, GMime.InternetAddressGroup):
            yield from mailboxes(address.get_members())
        else:
            yield [address.get_name(), address.get_addr()]


def kind(part):
    return part.get_content_type().get_mime_type()


def name(part):
    """GMime names no message; its fields do."""
    if isinstance(part, GMime.Part):
        return part.get_filename()
    return part.get_content_disposition_parameter("filename")


def content(part):
    stream = GMime.StreamMem.new()
    if isinstance(part, GMime.MessagePart):
        # Lines as they are sent; LF by default.
        options = GMime.FormatOptions.new()
        options.set_newline_format(GMime.NewLineFormat.DOS)
        part.get_message().write_to_stream(options, stream)
    else:
        part.get_content().write_to_stream(stream)
    return stream.get_byte_array()


GMime.init()
print_readings(read, sys.argv[1])
