"""A mail server for tests: aiosmtpd, which says on standard output what it took.

The first line is its port: the one it was started with, else any. Then, for each message it took, one
line of JSON: the envelope, the message as Python's own email package reads it, and what html5lib finds
wrong with its HTML. By the name before the @ of the addressee it does as servers do:

gone    the address does not exist (550 5.1.1)
full    the mailbox is full (552 5.2.2)
spam    the message is not wanted (554 5.7.1), said after the message
busy    put off the first time (451)
lost    takes the message the first time and loses the connection before it answers
locked  wants somebody to sign in first (530), the first time
"""

import asyncio
import email
import email.policy
import hashlib
import json
import sys

import html5lib
from aiosmtpd.smtp import SMTP


def mistakes(page):
    parser = html5lib.HTMLParser()
    parser.parse(page)
    return [str(code) for _position, code, _words in parser.errors]


def part_of(part):
    content = part.get_content()
    if isinstance(content, bytes):
        content = hashlib.sha256(content).hexdigest()
    return {
        "type": part.get_content_type(),
        "name": part.get_filename(),
        "disposition": part.get_content_disposition(),
        "content": content,
    }


class Handler:
    def __init__(self):
        self.seen = set()

    def first(self, address):
        """True the first time it is asked about an address."""
        first = address not in self.seen
        self.seen.add(address)
        return first

    async def handle_RCPT(self, server, session, envelope, address, options):
        name = address.split("@")[0]
        if name == "gone":
            return f"550 5.1.1 <{address}>: no such user"
        if name == "full":
            return "552 5.2.2 mailbox full"
        if name == "busy" and self.first(address):
            return "451 4.3.0 try again later"
        if name == "locked" and self.first(address):
            return "530 5.7.0 authentication required"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        name = envelope.rcpt_tos[0].split("@")[0]
        if name == "spam":
            return "554 5.7.1 not wanted here"
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        parts = [part_of(part) for part in message.walk() if not part.is_multipart()]
        taken = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "headers": [[name, str(value)] for name, value in message.items()],
            "structure": [part.get_content_type() for part in message.walk()],
            "defects": [str(defect) for part in message.walk() for defect in part.defects],
            "parts": parts,
            "html_mistakes": [
                found
                for part in parts
                if part["type"] == "text/html"
                for found in mistakes(part["content"])
            ],
        }
        print(json.dumps(taken), flush=True)
        if name == "lost" and self.first(envelope.rcpt_tos[0]):
            server.transport.abort()
        return "250 2.0.0 queued as TEST"


async def serve():
    loop = asyncio.get_running_loop()
    handler = Handler()
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 0
    server = await loop.create_server(lambda: SMTP(handler), host="127.0.0.1", port=port)
    print(server.sockets[0].getsockname()[1], flush=True)
    # Ends when the test closes standard input.
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


asyncio.run(serve())
