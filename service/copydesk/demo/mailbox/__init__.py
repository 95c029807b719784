"""A mail catcher: an SMTP server that keeps what it gets, and a page to read it."""

from copydesk.demo.mailbox.catcher import catching_mail
from copydesk.demo.mailbox.mailbox import CaughtMail, Mailbox
from copydesk.demo.mailbox.view import create_mail_view

__all__ = ["CaughtMail", "Mailbox", "catching_mail", "create_mail_view"]
