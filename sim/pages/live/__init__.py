"""The real model in a browser on this machine: a session that steps, a server that only this machine reaches, a page."""
