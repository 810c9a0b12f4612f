"""E-mail: out by SMTP, bounces and replies in by IMAP. What is known of neither the desk nor an account stands here, and nothing else."""

from collect_tui.channels.mail.port import MailPort

__all__ = ["MailPort"]
