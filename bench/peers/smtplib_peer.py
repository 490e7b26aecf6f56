"""Python's smtplib. Reads the task from its environment; prints when each receipt came."""

import os
import smtplib
import ssl
import time

env = os.environ
recipients = [f"r{i}@example.test" for i in range(int(env["RECIPIENTS"]))]
size = int(env["SIZE"])
line = b"x" * 76 + b"\r\n"
message = b"Subject: bench\r\n\r\n" + (line * (size // 78 + 1))[: max(size - 20, 0)] + b"\r\n"

context = ssl.create_default_context(cafile=env["ROOT"])
if env["SECURITY"] == "tls":
    client = smtplib.SMTP_SSL("127.0.0.1", int(env["PORT"]), context=context)
else:
    client = smtplib.SMTP("127.0.0.1", int(env["PORT"]))
    if env["SECURITY"] == "starttls":
        client.starttls(context=context)
if env["MECHANISM"] != "none":
    client.ehlo_or_helo_if_needed()
    # Otherwise smtplib tries CRAM-MD5 first, which takes one more round trip.
    client.user, client.password = env["USERNAME"], env["PASSWORD"]
    client.auth("PLAIN", client.auth_plain)

receipts = []
for _ in range(int(env["COUNT"])):
    client.sendmail("sender@example.test", recipients, message)
    receipts.append(time.time_ns())
client.quit()
print("\n".join(map(str, receipts)))
