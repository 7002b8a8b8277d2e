"""Handing mails to a mail server (ports.Mailer)."""
