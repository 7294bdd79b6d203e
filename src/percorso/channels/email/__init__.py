"""Email: assembled byte by byte, and handed over by an SMTP client that can stop before the dot."""
