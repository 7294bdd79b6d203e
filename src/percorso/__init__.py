"""Customer journeys and marketing automation on PostgreSQL alone; start at docs/architecture/ and cli.py."""
