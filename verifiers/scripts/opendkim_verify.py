"""Verifies messages with libopendkim: a file with a name and a record on each line, then files. Prints a line for
each file with the result of each signature: `pass`, or `fail` and why."""

import ctypes
import sys

# Of dkim.h.
OP_SETOPT = 1
OPTS_QUERYMETHOD, OPTS_QUERYINFO = 6, 7
QUERY_FILE = 1
SIGFLAG_PASSED = 4
SIGBH_MATCH = 0

opendkim = ctypes.CDLL("libopendkim.so.11")
Pointer = ctypes.c_void_p
for name in ("dkim_init", "dkim_verify"):
    getattr(opendkim, name).restype = Pointer
opendkim.dkim_sig_geterrorstr.restype = ctypes.c_char_p

library = Pointer(opendkim.dkim_init(None, None))
method = ctypes.c_int(QUERY_FILE)
keys = sys.argv[1].encode()
for option, value, size in (
    (OPTS_QUERYMETHOD, ctypes.byref(method), ctypes.sizeof(method)),
    (OPTS_QUERYINFO, keys, len(keys)),
):
    status = opendkim.dkim_options(library, OP_SETOPT, option, value, ctypes.c_size_t(size))
    if status != 0:
        sys.exit("dkim_options: status %d" % status)


def result(handle, signature):
    opendkim.dkim_sig_process(handle, signature)
    passed = opendkim.dkim_sig_getflags(signature) & SIGFLAG_PASSED
    if passed and opendkim.dkim_sig_getbh(signature) == SIGBH_MATCH:
        return "pass"
    why = opendkim.dkim_sig_geterrorstr(opendkim.dkim_sig_geterror(signature))
    return "fail(%s)" % "_".join((why or b"").decode().split())


def verify(message):
    status = ctypes.c_int()
    handle = Pointer(opendkim.dkim_verify(library, b"message", None, ctypes.byref(status)))
    opendkim.dkim_chunk(handle, message, ctypes.c_size_t(len(message)))
    opendkim.dkim_chunk(handle, None, ctypes.c_size_t(0))
    status = opendkim.dkim_eom(handle, None)
    signatures, count = ctypes.POINTER(Pointer)(), ctypes.c_int()
    opendkim.dkim_getsiglist(handle, ctypes.byref(signatures), ctypes.byref(count))
    results = [result(handle, Pointer(signatures[index])) for index in range(count.value)]
    opendkim.dkim_free(handle)
    return results or ["error(status_%d)" % status]


for path in sys.argv[2:]:
    with open(path, "rb") as file:
        print(" ".join(verify(file.read())))
