"""The server side of ``imap_server``: pymap with its mails in memory, and with any of its abilities taken away."""

from __future__ import annotations

import argparse
import asyncio
import re
import socket
from collections.abc import Sequence
from typing import Any

from proxyprotocol.reader import ProxyProtocolReader
from pymap.backend.dict import Config, DictBackend, Login
from pymap.imap import IMAPServer
from pysasl import SASLAuth
from pysasl.creds.plain import PlainCredentials
from pysasl.hashing import BuiltinHash
from pysasl.mechanism import ServerChallenge, ServerMechanism
from pysasl.mechanism.plain import PlainMechanism

from tests.mail.imap_server import CERTIFICATES, PASSWORD, USER, Abilities


def serve(listening: socket.socket, abilities: Abilities) -> None:
    """Serve until killed."""
    asyncio.run(_answer(listening, abilities))


class _Bearer(ServerMechanism):
    """An OAuth2 mechanism; the user's password stands for the token."""

    def __init__(self, name: bytes, pattern: bytes) -> None:
        super().__init__(name)
        self._pattern = pattern

    def server_attempt(self, responses: Sequence[Any]) -> tuple[PlainCredentials, None]:
        if not responses:
            raise ServerChallenge(b"")
        found = re.fullmatch(self._pattern, responses[0].response)
        assert found is not None, responses
        return PlainCredentials(found[1].decode(), found[2].decode()), None


_MECHANISMS = {
    "PLAIN": PlainMechanism(),
    "XOAUTH2": _Bearer(b"XOAUTH2", rb"user=([^\x01]+)\x01auth=Bearer ([^\x01]+)\x01\x01"),
    "OAUTHBEARER": _Bearer(b"OAUTHBEARER", rb"n,a=([^\x01]+),\x01auth=Bearer ([^\x01]+)\x01\x01"),
}


async def _answer(listening: socket.socket, abilities: Abilities) -> None:
    class Announcing(Config):
        @property
        def login_capability(self) -> list[bytes]:
            return [name for name in super().login_capability if name.decode() not in abilities.without]

        @property
        def tls_auth(self) -> SASLAuth:
            return SASLAuth([_MECHANISMS[name] for name in abilities.mechanisms])

    config = Announcing(
        argparse.Namespace(passlib_cfg=None, proxy_protocol=None),
        host=None,
        port=0,
        demo_data=False,
        demo_user=USER,
        demo_password=PASSWORD,
        tls_enabled=abilities.security == "starttls",
        cert_file=str(CERTIFICATES / f"{abilities.certificate}.pem"),
        hash_context=BuiltinHash(rounds=1),
        invalid_user_sleep=0,
    )
    config.apply_context()
    login = Login(config)
    await DictBackend._add_demo_user(config, login)
    answering = ProxyProtocolReader(config.proxy_protocol).get_callback(IMAPServer(login, config))
    tls = config.ssl_context if abilities.security == "tls" else None
    server = await asyncio.start_server(answering, sock=listening, ssl=tls)
    await server.serve_forever()
