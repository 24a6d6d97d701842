"""TLS before PostgreSQL and Valkey, whose wheels are built without it: functions speak to both as they do in AWS."""
