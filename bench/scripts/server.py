"""The server of all TLS measurements: accepts mail on loopback and discards it, with Python's OpenSSL.

server.py CHAIN KEY prints its TLS port, its port without TLS, and OpenSSL's version; it ends with its
standard input.
"""

import socket
import ssl
import sys
import threading

CHUNK = 256 * 1024


def serve(connection, context):
    try:
        if context:
            connection = context.wrap_socket(connection, server_side=True)
        with connection:
            converse(connection)
    except OSError:
        pass  # The client has left.


def converse(connection):
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connection.sendall(b"220 bench ESMTP\r\n")
    waiting = b""
    while received := connection.recv(CHUNK):
        lines = (waiting + received).split(b"\r\n")
        waiting = lines.pop()
        replies = b""
        for line in lines:
            verb = line[:4].upper()
            if verb == b"EHLO":
                replies += b"250-bench\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 AUTH PLAIN\r\n"
            elif verb == b"AUTH":
                replies += b"235 2.7.0 Welcome\r\n"
            elif verb == b"DATA":
                connection.sendall(replies + b"354 Go ahead\r\n")
                replies = b"250 2.0.0 Taken\r\n"
                skip_message(connection)
            elif verb == b"QUIT":
                connection.sendall(replies + b"221 2.0.0 Bye\r\n")
                return
            else:
                replies += b"250 2.0.0 Ok\r\n"
        connection.sendall(replies)


def skip_message(connection):
    """Reads up to the final dot."""
    tail = b"\r\n"
    while not tail.endswith(b"\r\n.\r\n"):
        received = connection.recv(CHUNK)
        if not received:
            raise OSError("the client left in a message")
        tail = (tail + received)[-5:]


def listen(context):
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)

    def accept():
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=serve, args=(connection, context), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    return listener.getsockname()[1]


context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[1], sys.argv[2])
# The client chooses the cipher suite.
context.options &= ~ssl.OP_CIPHER_SERVER_PREFERENCE
print(listen(context), listen(None), ssl.OPENSSL_VERSION, flush=True)
sys.stdin.read()
