"""The live model in a browser: a session that steps, a server that only this machine can reach, and a page."""
