def main() -> None:
    raise SystemExit("p09: no command yet")
