"""What is at the other end of a webhook: it keeps what it is sent, under the address that it was sent to.

It is a proxy too, which answers for whatever server it is asked to reach, by a certificate of its own. So a message for
hooks.slack.com or api.sendgrid.com comes here as it would go there, and nothing leaves the machine.
"""

import json
import ssl
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DAY = timedelta(days=1)


class Receiver(ThreadingHTTPServer):
    """`heard` has the bodies of requests, by host and path; `answers` is the status of each answer."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", 0), Keep)
        self.tls, self.answers = tls, 200
        self.heard = defaultdict[str, list[Any]](list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def at(self, host: str) -> list[str]:
        """What was sent to a host, each body as text."""
        found = (bodies for address, bodies in self.heard.items() if address.startswith(f"{host}/"))
        return [json.dumps(body) for bodies in found for body in bodies]


class Keep(BaseHTTPRequestHandler):
    server: Receiver

    def do_CONNECT(self) -> None:
        """Speak TLS from here on, as the server that is asked for."""
        assert self.server.tls is not None, "it is no proxy"
        self.send_response(200)
        self.end_headers()
        self.connection = self.server.tls.wrap_socket(self.connection, server_side=True)
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", 0)
        self.close_connection = False

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.heard[self.headers["Host"] + self.path.partition("?")[0]].append(json.loads(body))
        self.send_response(self.server.answers)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")
        self.close_connection = True

    def finish(self) -> None:
        super().finish()
        self.connection.close()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def receiving(tls: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """A receiver that answers until the end."""
    with Receiver(tls) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def certified(hosts: Sequence[str], folder: Path) -> tuple[ssl.SSLContext, Path]:
    """What a server for these hosts needs, and the certificate that its clients have to trust."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, hosts[0])])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now - DAY, now + DAY)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host) for host in hosts]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    certificate, both = folder / "certificate.pem", folder / "server.pem"
    certificate.write_bytes(made.public_bytes(pem))
    both.write_bytes(private + made.public_bytes(pem))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(both)
    return context, certificate
