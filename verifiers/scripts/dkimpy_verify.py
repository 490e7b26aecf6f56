"""Verifies messages with dkimpy: the port of a DNS server on 127.0.0.1, then files. Prints a line for each file
with the result of each signature: `pass`, `fail` or `error` and why."""

import sys

import dkim
import dns.resolver

resolver = dns.resolver.Resolver(configure=False)
resolver.nameservers = ["127.0.0.1"]
resolver.port = int(sys.argv[1])


def record(name, timeout=5):
    answer = resolver.resolve(name.decode(), "TXT", lifetime=timeout)
    return b"".join(answer[0].strings)


def verify(message, index):
    try:
        passed = dkim.DKIM(message).verify(idx=index, dnsfunc=record)
        return "pass" if passed else "fail"
    except Exception as error:
        return "error(%s)" % "_".join(str(error).split())


for path in sys.argv[2:]:
    with open(path, "rb") as file:
        message = file.read()
    try:
        headers = dkim.DKIM(message).headers
        count = sum(name.lower() == b"dkim-signature" for name, _ in headers)
        results = [verify(message, index) for index in range(count)]
    except Exception as error:
        results = ["error(%s)" % "_".join(str(error).split())]
    print(" ".join(results))
