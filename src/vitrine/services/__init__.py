"""The verbs: what Vitrine does, over a session and the ports; nothing here knows a vendor."""
