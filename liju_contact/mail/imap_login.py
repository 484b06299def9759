"""Signs in to an IMAP server, by password or by an OAuth2 token that the operator's own command prints."""

from __future__ import annotations

import subprocess

from imapclient import IMAPClient

from liju_contact.config_mail import ImapSettings
from liju_contact.domain.errors import MailboxTrouble

_COMMAND_SECONDS = 30


def log_in(client: IMAPClient, settings: ImapSettings) -> None:
    """Sign in with what the settings have; neither password nor token is ever part of an error."""
    if settings.token_command:
        token = _token(settings.token_command)
        if client.has_capability("AUTH=OAUTHBEARER"):
            client.oauthbearer_login(settings.username, token)
        else:
            client.oauth2_login(settings.username, token)
    elif client.has_capability("AUTH=PLAIN"):  # unlike LOGIN it takes every character, in both
        client.plain_login(settings.username, settings.password or "")
    else:
        client.login(settings.username, settings.password or "")


def _token(command: tuple[str, ...]) -> str:
    try:
        ended = subprocess.run(  # noqa: S603  # the operator's own command, and no shell
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=_COMMAND_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise MailboxTrouble(f"The token command did not end within {_COMMAND_SECONDS} s.") from None
    except OSError as error:
        raise MailboxTrouble(f"The token command cannot be run: {error.strerror}.") from error
    line = ended.stdout.decode("utf-8", "replace").partition("\n")[0].strip()
    if ended.returncode or not line:
        raise MailboxTrouble(f"The token command gave no token (exit status {ended.returncode}).")
    return line
