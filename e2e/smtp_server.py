"""A mail server for tests: aiosmtpd, which says on standard output what it took.

The first line is its port. Then, for each message it took, one line of JSON: the envelope, and the
message as Python's own email package reads it. By the name before the @ of the addressee it refuses:
gone is refused for good, busy is put off the first time, full is refused for good without being gone.
"""

import asyncio
import email
import email.policy
import json
import sys

from aiosmtpd.smtp import SMTP


class Handler:
    def __init__(self):
        self.busy = set()

    async def handle_RCPT(self, server, session, envelope, address, options):
        name = address.split("@")[0]
        if name == "gone":
            return f"550 5.1.1 <{address}>: no such user"
        if name == "full":
            return "552 5.2.2 mailbox full"
        if name == "busy" and address not in self.busy:
            self.busy.add(address)
            return "451 4.3.0 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        parts = {
            part.get_content_type(): part.get_content()
            for part in message.walk()
            if not part.is_multipart()
        }
        taken = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "headers": [[name, str(value)] for name, value in message.items()],
            "defects": [str(defect) for defect in message.defects],
            "parts": parts,
        }
        print(json.dumps(taken), flush=True)
        return "250 2.0.0 queued as TEST"


async def serve():
    loop = asyncio.get_running_loop()
    handler = Handler()
    server = await loop.create_server(lambda: SMTP(handler), host="127.0.0.1", port=0)
    print(server.sockets[0].getsockname()[1], flush=True)
    # Ends when the test closes standard input.
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


asyncio.run(serve())
