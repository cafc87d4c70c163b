"""People, teams, organizations and tenants; who may sign in."""
